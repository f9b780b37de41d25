using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LeitherCluster.Ledger.Keys;

/// <summary>
/// A seed encrypted with a passphrase: AES-256-GCM under PBKDF2-HMAC-SHA256 (RFC 8018). Everything that a key file
/// says beside the encrypted seed is authenticated with it. See <see cref="KeyFile"/> for the bytes.
/// </summary>
internal sealed record SealedSeed(int Iterations, byte[] Salt, byte[] Nonce, byte[] Box)
{
    public const string KeyDerivation = "PBKDF2-HMAC-SHA256";
    public const string Cipher = "AES-256-GCM";
    public const int SaltLength = 16;
    public const int NonceLength = 12;
    public const int TagLength = 16;
    public const int BoxLength = PrivateKey.SeedLength + TagLength;
    private const int CipherKeyLength = 32;

    public static SealedSeed Seal(
        PrivateKey key, ReadOnlySpan<char> passphrase, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> nonce, int iterations)
    {
        SealedSeed result = new(iterations, salt.ToArray(), nonce.ToArray(), new byte[BoxLength]);
        Span<byte> seed = stackalloc byte[PrivateKey.SeedLength];
        Span<byte> cipherKey = stackalloc byte[CipherKeyLength];
        try
        {
            key.CopySeedTo(seed);
            result.DeriveCipherKey(passphrase, cipherKey);
            using AesGcm cipher = new(cipherKey, TagLength);
            cipher.Encrypt(
                result.Nonce, seed, result.Box.AsSpan(0, PrivateKey.SeedLength), result.Box.AsSpan(PrivateKey.SeedLength),
                result.Header(key.PublicKey));
            return result;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
            CryptographicOperations.ZeroMemory(cipherKey);
        }
    }

    /// <summary>The seed to <paramref name="seed"/>; false if the passphrase is wrong or anything was changed.</summary>
    public bool TryOpen(ReadOnlySpan<char> passphrase, in PublicKey publicKey, Span<byte> seed)
    {
        Span<byte> cipherKey = stackalloc byte[CipherKeyLength];
        try
        {
            DeriveCipherKey(passphrase, cipherKey);
            using AesGcm cipher = new(cipherKey, TagLength);
            cipher.Decrypt(
                Nonce, Box.AsSpan(0, PrivateKey.SeedLength), Box.AsSpan(PrivateKey.SeedLength), seed, Header(publicKey));
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
        catch (EncoderFallbackException)
        {
            // Half a surrogate pair is no text: no file was encrypted with it.
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(cipherKey);
        }
    }

    private void DeriveCipherKey(ReadOnlySpan<char> passphrase, Span<byte> cipherKey)
        => Rfc2898DeriveBytes.Pbkdf2(passphrase, Salt, cipherKey, Iterations, HashAlgorithmName.SHA256);

    private byte[] Header(in PublicKey publicKey)
        => Encoding.ASCII.GetBytes(string.Join(
            '\n',
            KeyFile.Format,
            KeyFile.Version.ToString(CultureInfo.InvariantCulture),
            KeyFile.PassphraseProtection,
            KeyDerivation,
            Iterations.ToString(CultureInfo.InvariantCulture),
            Convert.ToHexStringLower(Salt),
            Cipher,
            Convert.ToHexStringLower(Nonce),
            publicKey.ToString()));
}
