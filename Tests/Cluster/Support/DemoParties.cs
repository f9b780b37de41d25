using System.Text;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Cluster.Support;

/// <summary>
/// The parties of a demonstration ledger as an outsider with the organization's key computes them: keys that follow from the names,
/// and a standing acceptance of each.
/// </summary>
internal sealed class DemoParties : IDisposable
{
    private const string Context = "LeitherCluster demo account v1";

    private readonly PrivateKey[] _keys;
    private readonly Acceptance[] _acceptances;

    private DemoParties(PrivateKey organization, IReadOnlyList<string> names)
    {
        Ledger = new LedgerId(AccountIds.Of(organization.PublicKey));
        _keys = [.. names.Select(name => KeyOf(organization, name))];
        Ids = [.. _keys.Select(key => AccountIds.Of(key.PublicKey))];
        _acceptances = [.. _keys.Select((key, i) => Acceptance.ByStanding(key.PublicKey, StandingAcceptance.Sign(TermsOf(i), key)))];
    }

    public LedgerId Ledger { get; }

    public IReadOnlyList<AccountId> Ids { get; }

    /// <summary>The parties <c>demo-1</c> to <c>demo-COUNT</c> of a data folder.</summary>
    public static DemoParties Of(string folder, int count) => Of(folder, [.. Enumerable.Range(1, count).Select(number => $"demo-{number}")]);

    /// <summary>Named parties of a data folder.</summary>
    public static DemoParties Of(string folder, IReadOnlyList<string> names)
    {
        byte[] text = File.ReadAllBytes(Path.Combine(folder, "organization.key"));
        Assert.Equal(KeyFileOutcome.Success, KeyFile.TryParse(text, out KeyFile? file));
        Assert.Equal(KeyFileOutcome.Success, file!.Open("", out PrivateKey? organization));
        using (organization)
        {
            return new DemoParties(organization!, names);
        }
    }

    public PrivateKey KeyOf(int party) => _keys[party];

    public Acceptance AcceptanceOf(int party) => _acceptances[party];

    public void Dispose()
    {
        foreach (PrivateKey key in _keys)
        {
            key.Dispose();
        }
    }

    private static PrivateKey KeyOf(PrivateKey organization, string name)
    {
        byte[] material = new byte[PrivateKey.SeedLength + Encoding.UTF8.GetByteCount(name)];
        organization.CopySeedTo(material.AsSpan(0, PrivateKey.SeedLength));
        Encoding.UTF8.GetBytes(name, material.AsSpan(PrivateKey.SeedLength));
        byte[] seed = new byte[PrivateKey.SeedLength];
        Blake3.DeriveKey(Context, material, seed);
        return PrivateKey.FromSeed(seed);
    }

    private StandingTerms TermsOf(int party) => new()
    {
        Ledger = Ledger,
        Receiver = Ids[party],
        LargestAmount = new Amount(ulong.MaxValue),
        Expiry = new Timestamp((ulong)DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeMilliseconds()),
    };
}
