using System.Security.Cryptography;

namespace LeitherCluster.Ledger.Keys;

/// <summary>
/// A private key as text, to be kept in a file: encrypted with a passphrase, or, for development only, plain.
/// </summary>
/// <remarks>
/// <para>
/// The text is one JSON object, UTF-8 without a byte order mark, of at most 4096 bytes. Every field stands exactly
/// once, in any order, and no other field may stand there; nothing is escaped, so there is no backslash. Bytes are
/// hexadecimal, written in lower case, read in either.
/// </para>
/// <code>
/// format         "leither-key"
/// version        1
/// public_key     64 digits: the 32-byte Ed25519 public key
/// protection     "passphrase" or "none"
///
/// with protection "passphrase":
/// kdf            "PBKDF2-HMAC-SHA256"
/// iterations     600000 to 10000000
/// salt           32 digits: 16 random bytes
/// cipher         "AES-256-GCM"
/// nonce          24 digits: 12 random bytes
/// sealed_seed    96 digits: the encrypted 32-byte seed | the 16-byte tag
///
/// with protection "none":
/// seed           64 digits: the 32-byte seed
/// </code>
/// <para>
/// The cipher's key is the first 32 bytes of PBKDF2 over the passphrase's UTF-8. Its associated data is these values
/// as ASCII text, joined by one line feed (0x0A) each, none at the end: format, version, protection, kdf, iterations,
/// salt, cipher, nonce, public_key; numbers in decimal, bytes in lower case. So no field can be changed unnoticed.
/// </para>
/// <para>
/// Salt and nonce are given by the caller, who draws both anew for every encryption. What is in the file is never
/// trusted: reading and opening answer with a <see cref="KeyFileOutcome"/>.
/// </para>
/// </remarks>
public sealed partial class KeyFile
{
    public const int SaltLength = SealedSeed.SaltLength;
    public const int NonceLength = SealedSeed.NonceLength;

    /// <summary>The least number of PBKDF2 iterations, and the default.</summary>
    public const int IterationsMin = 600_000;

    /// <summary>The most: a file must not make a program compute for minutes.</summary>
    public const int IterationsMax = 10_000_000;

    /// <summary>A longer text is malformed.</summary>
    public const int TextBytesMax = 4096;

    internal const string Format = "leither-key";
    internal const int Version = 1;
    internal const string PassphraseProtection = "passphrase";
    internal const string NoProtection = "none";

    private readonly SealedSeed? _sealed;
    private readonly byte[]? _plain;

    private KeyFile(PublicKey publicKey, SealedSeed? sealedSeed, byte[]? plainSeed)
    {
        PublicKey = publicKey;
        _sealed = sealedSeed;
        _plain = plainSeed;
    }

    /// <summary>The public key that the file names. It is proven to be the right one only by opening the file.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>Whether the key lies in the file for anyone to read. A program that uses such a file says so.</summary>
    public bool IsPlain => _plain != null;

    /// <summary>A file with the key unencrypted: for development.</summary>
    public static KeyFile Plain(PrivateKey key)
    {
        byte[] seed = new byte[PrivateKey.SeedLength];
        key.CopySeedTo(seed);
        return new KeyFile(key.PublicKey, null, seed);
    }

    /// <summary>A file with the key encrypted. Takes the time of the iterations: some tenths of a second.</summary>
    /// <param name="key">The key; it stays the caller's.</param>
    /// <param name="passphrase">At least one character; used as UTF-8, without any normalization.</param>
    /// <param name="salt">16 random bytes.</param>
    /// <param name="nonce">12 random bytes.</param>
    /// <param name="iterations">Between <see cref="IterationsMin"/> and <see cref="IterationsMax"/>.</param>
    /// <exception cref="ArgumentException">An argument is not as said.</exception>
    public static KeyFile Encrypt(
        PrivateKey key, ReadOnlySpan<char> passphrase, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> nonce, int iterations = IterationsMin)
    {
        if (passphrase.IsEmpty)
        {
            throw new ArgumentException("A passphrase has at least one character.", nameof(passphrase));
        }

        if (salt.Length != SaltLength)
        {
            throw new ArgumentException($"A salt has {SaltLength} bytes, not {salt.Length}.", nameof(salt));
        }

        if (nonce.Length != NonceLength)
        {
            throw new ArgumentException($"A nonce has {NonceLength} bytes, not {nonce.Length}.", nameof(nonce));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, IterationsMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(iterations, IterationsMax);
        return new KeyFile(key.PublicKey, SealedSeed.Seal(key, passphrase, salt, nonce, iterations), null);
    }

    /// <summary>
    /// The private key, which the caller disposes of. Of an encrypted file it takes the time of its iterations; of a
    /// plain one the passphrase is not looked at.
    /// </summary>
    /// <returns>Success, WrongPassphrase or KeyMismatch; the key is null unless it is Success.</returns>
    public KeyFileOutcome Open(ReadOnlySpan<char> passphrase, out PrivateKey? key)
    {
        key = null;
        Span<byte> seed = stackalloc byte[PrivateKey.SeedLength];
        try
        {
            if (_plain != null)
            {
                _plain.CopyTo(seed);
            }
            else if (!_sealed!.TryOpen(passphrase, PublicKey, seed))
            {
                return KeyFileOutcome.WrongPassphrase;
            }

            PrivateKey opened = PrivateKey.FromSeed(seed);
            if (opened.PublicKey != PublicKey)
            {
                opened.Dispose();
                return KeyFileOutcome.KeyMismatch;
            }

            key = opened;
            return KeyFileOutcome.Success;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }
}
