using System.Numerics;
using LeitherCluster.Ledger.Keys;

namespace LeitherCluster.Tests.Ledger.Keys;

public sealed class Ed25519Tests
{
    [Fact]
    public void Verify_Rfc8032Vectors_Holds()
    {
        Assert.Equal(5, Rfc8032Vectors.Cases.Count);
        Assert.All(Rfc8032Vectors.Cases, known => Assert.True(Ed25519.Verify(known.PublicKey, known.Message, known.Signature)));
    }

    [Fact]
    public void Verify_AnyBitOfSignatureFlipped_Fails()
    {
        Rfc8032Vectors.Case known = Rfc8032Vectors.Short;
        for (int bit = 0; bit < 8 * Signature.ByteLength; bit++)
        {
            Assert.False(Ed25519.Verify(known.PublicKey, known.Message, new Signature(Flip(known.Signature.AsSpan(), bit))));
        }
    }

    [Fact]
    public void Verify_AnyBitOfKeyFlipped_Fails()
    {
        Rfc8032Vectors.Case known = Rfc8032Vectors.Short;
        for (int bit = 0; bit < 8 * PublicKey.ByteLength; bit++)
        {
            Assert.False(Ed25519.Verify(new PublicKey(Flip(known.PublicKey.AsSpan(), bit)), known.Message, known.Signature));
        }
    }

    [Fact]
    public void Verify_AnyByteOfMessageFlippedOrCutOrAdded_Fails()
    {
        foreach (Rfc8032Vectors.Case known in Rfc8032Vectors.Cases)
        {
            for (int at = 0; at < known.Message.Length; at++)
            {
                Assert.False(Ed25519.Verify(known.PublicKey, Flip(known.Message, 8 * at), known.Signature));
            }

            Assert.False(Ed25519.Verify(known.PublicKey, [.. known.Message, 0], known.Signature));
            Assert.True(known.Message.Length == 0 || !Ed25519.Verify(known.PublicKey, known.Message.AsSpan(1), known.Signature));
        }
    }

    [Fact]
    public void Verify_SPlusGroupOrder_Fails()
    {
        Rfc8032Vectors.Case known = Rfc8032Vectors.Short;
        BigInteger s = new(known.Signature.AsSpan()[32..], isUnsigned: true);
        byte[] bytes = new byte[Signature.ByteLength];
        known.Signature.AsSpan()[..32].CopyTo(bytes);
        (s + EdwardsCurve.Order).ToByteArray(isUnsigned: true).CopyTo(bytes, 32);

        Assert.False(Ed25519.Verify(known.PublicKey, known.Message, new Signature(bytes)));
    }

    [Fact]
    public void IsSmallOrder_EveryEncodingOfEverySmallOrderPoint_IsTrue()
    {
        List<PublicKey> encodings = SmallOrderEncodings();

        // Five y coordinates; those of 0 and 1 once more plus p; each with either sign bit.
        Assert.Equal(14, encodings.Distinct().Count());
        Assert.All(encodings, key => Assert.True(Ed25519.IsSmallOrder(key)));
    }

    [Fact]
    public void IsSmallOrder_AnyBitButTheSignFlipped_IsFalseUnlessAnotherEncoding()
    {
        List<PublicKey> encodings = SmallOrderEncodings();
        foreach (PublicKey key in encodings)
        {
            for (int bit = 0; bit < 255; bit++)
            {
                PublicKey other = new(Flip(key.AsSpan(), bit));
                Assert.Equal(encodings.Contains(other), Ed25519.IsSmallOrder(other));
            }
        }
    }

    [Fact]
    public void IsSmallOrder_Rfc8032Keys_IsFalse()
        => Assert.All(Rfc8032Vectors.Cases, known => Assert.False(Ed25519.IsSmallOrder(known.PublicKey)));

    [Fact]
    public void Verify_SmallOrderKeyAndSignatureThatFitsAnyMessage_Fails()
    {
        // R = the neutral element, s = 0 satisfies the equation under the neutral element as key: ZIP-215 alone accepts it.
        byte[] neutral = new byte[32];
        neutral[0] = 1;
        byte[] signature = new byte[64];
        signature[0] = 1;

        Assert.False(Ed25519.Verify(new PublicKey(neutral), "anything"u8, new Signature(signature)));
    }

    [Fact]
    public void Verify_KeyOnNoPoint_Fails()
    {
        BigInteger y = 2;
        while (EdwardsCurve.Decode(y) != null)
        {
            y++;
        }

        byte[] bytes = new byte[32];
        y.TryWriteBytes(bytes, out _, isUnsigned: true);
        Assert.False(Ed25519.Verify(new PublicKey(bytes), Rfc8032Vectors.Short.Message, Rfc8032Vectors.Short.Signature));
    }

    [Fact]
    public void Verify_ValidAndInvalid_AllocatesNothing()
    {
        Rfc8032Vectors.Case known = Rfc8032Vectors.Short;
        Signature wrong = new(Flip(known.Signature.AsSpan(), 300));
        bool VerifyBoth() => Ed25519.Verify(known.PublicKey, known.Message, known.Signature) && !Ed25519.Verify(known.PublicKey, known.Message, wrong);

        Assert.True(VerifyBoth());
        Assert.Equal(0, Allocation.FewestBytes(() => VerifyBoth()));
    }

    private static List<PublicKey> SmallOrderEncodings()
    {
        List<PublicKey> encodings = [];
        foreach (BigInteger y in EdwardsCurve.SmallOrderPoints().Select(point => point.Y).Distinct())
        {
            for (BigInteger encoded = y; encoded < BigInteger.Pow(2, 255); encoded += EdwardsCurve.P)
            {
                byte[] bytes = new byte[32];
                Assert.True(encoded.TryWriteBytes(bytes, out _, isUnsigned: true));
                encodings.Add(new PublicKey(bytes));
                encodings.Add(new PublicKey(Flip(bytes, 255)));
            }
        }

        return encodings;
    }

    private static byte[] Flip(ReadOnlySpan<byte> bytes, int bit)
    {
        byte[] flipped = bytes.ToArray();
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }
}
