using System.Runtime.CompilerServices;

namespace LeitherCluster.Ledger.Keys;

/// <summary>
/// An Ed25519 private key (RFC 8032, section 5.1.5). Seed and expanded key are held by libcrypto, outside managed
/// memory, where no copy of them is left behind, and are overwritten when the key is disposed of. Any thread may sign.
/// </summary>
public sealed unsafe class PrivateKey : IDisposable
{
    public const int SeedLength = 32;

    private readonly LibCrypto.KeyHandle _handle;

    private PrivateKey(LibCrypto.KeyHandle handle)
    {
        _handle = handle;
        byte* bytes = stackalloc byte[Keys.PublicKey.ByteLength];
        nuint length = Keys.PublicKey.ByteLength;
        LibCrypto.Require(LibCrypto.GetPublicKey(handle, bytes, &length) == 1 && length == Keys.PublicKey.ByteLength);
        PublicKey = new PublicKey(new ReadOnlySpan<byte>(bytes, Keys.PublicKey.ByteLength));
    }

    /// <summary>The public key that belongs to this one. Stays readable after disposal.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>
    /// A new key from libcrypto's random generator: the one place in the ledger where chance does not come in as an
    /// argument, so that a seed never lies in managed memory. For people and tools that make keys; nothing that is
    /// replayed may call it.
    /// </summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">libcrypto gave none.</exception>
    public static PrivateKey Generate()
    {
        using LibCrypto.KeyContextHandle context = LibCrypto.NewKeyContext(LibCrypto.Ed25519Type, 0);
        LibCrypto.Require(!context.IsInvalid);
        LibCrypto.Require(LibCrypto.StartGeneration(context) == 1);
        LibCrypto.Require(LibCrypto.Generate(context, out LibCrypto.KeyHandle handle) == 1);
        return new PrivateKey(handle);
    }

    /// <summary>The key of a 32-byte seed, RFC 8032's "private key". The caller overwrites its own copy.</summary>
    /// <exception cref="ArgumentException">The seed has not 32 bytes.</exception>
    public static PrivateKey FromSeed(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != SeedLength)
        {
            throw new ArgumentException($"A seed has {SeedLength} bytes, not {seed.Length}.", nameof(seed));
        }

        fixed (byte* bytes = seed)
        {
            LibCrypto.KeyHandle handle = LibCrypto.NewPrivateKey(LibCrypto.Ed25519Type, 0, bytes, SeedLength);
            LibCrypto.Require(!handle.IsInvalid);
            return new PrivateKey(handle);
        }
    }

    /// <summary>Signs a message (RFC 8032, section 5.1.6): deterministic, so the same message gives the same signature.</summary>
    /// <exception cref="ObjectDisposedException">The key has been disposed of.</exception>
    [SkipLocalsInit]
    public Signature Sign(ReadOnlySpan<byte> message)
    {
        Signature signature;
        nuint length = Signature.ByteLength;
        nint context = DigestContext.OfThisThread();
        fixed (byte* bytes = message)
        {
            try
            {
                LibCrypto.Require(LibCrypto.StartSigning(context, 0, 0, 0, _handle) == 1);
                LibCrypto.Require(
                    LibCrypto.Sign(context, (byte*)&signature, &length, bytes, (nuint)message.Length) == 1
                    && length == Signature.ByteLength);
            }
            finally
            {
                DigestContext.Empty(context);
            }
        }

        return signature;
    }

    /// <summary>Writes the 32-byte seed; whoever asks for it overwrites it after use.</summary>
    /// <exception cref="ArgumentException">The destination has not 32 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The key has been disposed of.</exception>
    public void CopySeedTo(Span<byte> destination)
    {
        if (destination.Length != SeedLength)
        {
            throw new ArgumentException($"A seed has {SeedLength} bytes, not {destination.Length}.", nameof(destination));
        }

        nuint length = SeedLength;
        fixed (byte* bytes = destination)
        {
            LibCrypto.Require(LibCrypto.GetPrivateKey(_handle, bytes, &length) == 1 && length == SeedLength);
        }
    }

    public void Dispose() => _handle.Dispose();
}
