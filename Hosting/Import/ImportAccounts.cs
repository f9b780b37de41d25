using LeitherCluster.Hosting.Keys;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Import;

/// <summary>The accounts of an import: keys that follow from the organization's and the names, and a standing acceptance of each receiver.</summary>
internal sealed class ImportAccounts : IDisposable
{
    private static readonly TimeSpan AcceptanceValidity = TimeSpan.FromDays(1);

    private readonly PrivateKey[] _keys;
    private readonly StandingAcceptance[] _acceptances;

    public ImportAccounts(IReadOnlyList<string> names, PrivateKey organization, LedgerId ledger, DateTimeOffset now)
    {
        using var derived = new DemoKeys(organization);
        _keys = new PrivateKey[names.Count];
        _acceptances = new StandingAcceptance[names.Count];
        var ids = new AccountId[names.Count];
        var expiry = new Timestamp((ulong)(now + AcceptanceValidity).ToUnixTimeMilliseconds());
        Parallel.For(0, names.Count, i =>
        {
            _keys[i] = derived.KeyOf(names[i]);
            ids[i] = AccountIds.Of(_keys[i].PublicKey);
            var terms = new StandingTerms
            {
                Version = StandingTerms.CurrentVersion,
                Ledger = ledger,
                Receiver = ids[i],
                LargestAmount = new Amount(ulong.MaxValue),
                Expiry = expiry,
            };
            _acceptances[i] = StandingAcceptance.Sign(terms, _keys[i]);
        });
        Ids = ids;
    }

    /// <summary>The account of each name.</summary>
    public IReadOnlyList<AccountId> Ids { get; }

    public PrivateKey KeyOf(int name) => _keys[name];

    public Acceptance AcceptanceOf(int name) => Acceptance.ByStanding(_keys[name].PublicKey, _acceptances[name]);

    public void Dispose()
    {
        foreach (PrivateKey key in _keys)
        {
            key.Dispose();
        }
    }
}
