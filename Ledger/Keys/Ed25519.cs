
namespace LeitherCluster.Ledger.Keys;

/// <summary>
/// Verification of Ed25519 signatures, by libcrypto. It is stricter than ZIP-215, the ledger's rule: it checks
/// RFC 8032's equation without the cofactor and compares the encoding of R. Signatures made as RFC 8032 says are
/// judged alike by both; only crafted ones, with R or a key outside the prime-order group or not canonically
/// encoded, are valid there and refused here.
/// </summary>
public static unsafe class Ed25519
{
    private const byte SignBit = 0x80;

    /// <summary>
    /// The y coordinates, without the sign bit, of all encodings of points of small order: 0 and 1; two of order 8;
    /// p - 1; and p and p + 1, which encode 0 and 1 once more. The points have 8 P = neutral element.
    /// </summary>
    private static ReadOnlySpan<byte> SmallOrderEncodings =>
    [
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4, 0x89, 0xF2, 0xEF, 0x98, 0xF0,
        0xD5, 0xDF, 0xAC, 0x05, 0xD3, 0xC6, 0x33, 0x39, 0xB1, 0x38, 0x02, 0x88, 0x6D, 0x53, 0xFC, 0x05,
        0xC7, 0x17, 0x6A, 0x70, 0x3D, 0x4D, 0xD8, 0x4F, 0xBA, 0x3C, 0x0B, 0x76, 0x0D, 0x10, 0x67, 0x0F,
        0x2A, 0x20, 0x53, 0xFA, 0x2C, 0x39, 0xCC, 0xC6, 0x4E, 0xC7, 0xFD, 0x77, 0x92, 0xAC, 0x03, 0x7A,
        0xEC, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F,
        0xED, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F,
        0xEE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F,
    ];

    /// <summary>
    /// Whether the signature is the key's, over the message. A key of small order verifies nothing. Allocates no
    /// managed memory.
    /// </summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">
    /// libcrypto could not decide, for want of memory: that is no verdict.
    /// </exception>
    public static bool Verify(in PublicKey publicKey, ReadOnlySpan<byte> message, in Signature signature)
    {
        fixed (byte* messageBytes = message)
        fixed (byte* keyBytes = publicKey.AsSpan())
        fixed (byte* signatureBytes = signature.AsSpan())
        {
            return Verify(keyBytes, messageBytes, message.Length, signatureBytes);
        }
    }

    /// <summary>
    /// Whether these bytes encode a point of small order, canonically or not. Such a key has no private key to
    /// itself (some signatures verify under it for any message), so it is refused wherever a key is taken.
    /// </summary>
    public static bool IsSmallOrder(in PublicKey publicKey)
    {
        fixed (byte* bytes = publicKey.AsSpan())
        {
            return IsSmallOrder(bytes);
        }
    }

    internal static bool Verify(byte* publicKey, byte* message, int messageLength, byte* signature)
    {
        if (IsSmallOrder(publicKey))
        {
            return false;
        }

        nint context = DigestContext.OfThisThread();
        nint key = LibCrypto.NewPublicKey(LibCrypto.Ed25519Type, 0, publicKey, PublicKey.ByteLength);
        LibCrypto.Require(key != 0);
        try
        {
            LibCrypto.Require(LibCrypto.StartVerifying(context, 0, 0, 0, key) == 1);
            int verdict = LibCrypto.Verify(context, signature, Signature.ByteLength, message, (nuint)messageLength);
            LibCrypto.Require(verdict >= 0);
            if (verdict == 0)
            {
                LibCrypto.ClearErrors();
            }

            return verdict == 1;
        }
        finally
        {
            DigestContext.Empty(context);
            LibCrypto.FreeKey(key);
        }
    }

    private static bool IsSmallOrder(byte* publicKey)
    {
        Span<byte> y = stackalloc byte[PublicKey.ByteLength];
        new ReadOnlySpan<byte>(publicKey, PublicKey.ByteLength).CopyTo(y);
        y[^1] &= unchecked((byte)~SignBit);
        for (int at = 0; at < SmallOrderEncodings.Length; at += PublicKey.ByteLength)
        {
            if (y.SequenceEqual(SmallOrderEncodings.Slice(at, PublicKey.ByteLength)))
            {
                return true;
            }
        }

        return false;
    }
}
