using System.Security.Cryptography;
using System.Text;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;

namespace LeitherCluster.Hosting.Keys;

/// <summary>
/// Keys that follow from an organization's key and a name, so that demonstrations and imports can name accounts instead of keeping a key
/// file for each: seed = BLAKE3 derive_key("LeitherCluster demo account v1", organization's seed | name in UTF-8). Whoever
/// holds the organization's key holds them all.
/// </summary>
internal sealed class DemoKeys : IDisposable
{
    private const string Context = "LeitherCluster demo account v1";

    private readonly byte[] _organizationSeed = new byte[PrivateKey.SeedLength];

    public DemoKeys(PrivateKey organization) => organization.CopySeedTo(_organizationSeed);

    /// <summary>The key that goes with a name; the caller disposes of it.</summary>
    public PrivateKey KeyOf(string name)
    {
        byte[] material = new byte[_organizationSeed.Length + Encoding.UTF8.GetByteCount(name)];
        Span<byte> seed = stackalloc byte[PrivateKey.SeedLength];
        try
        {
            _organizationSeed.CopyTo(material, 0);
            Encoding.UTF8.GetBytes(name, material.AsSpan(_organizationSeed.Length));
            Blake3.DeriveKey(Context, material, seed);
            return PrivateKey.FromSeed(seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(material);
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_organizationSeed);
}
