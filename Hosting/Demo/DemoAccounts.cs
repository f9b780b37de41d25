using LeitherCluster.Hosting.Keys;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Demo;

/// <summary>The demonstration accounts with their keys and standing acceptances, in memory.</summary>
internal sealed class DemoAccounts : IDisposable
{
    private static readonly TimeSpan AcceptanceValidity = TimeSpan.FromDays(3_650);

    private readonly PrivateKey[] _keys;

    public DemoAccounts(PrivateKey organization, LedgerId ledger, DateTimeOffset now)
    {
        using var names = new DemoKeys(organization);
        _keys = [.. Enumerable.Range(1, DemoLedger.AccountCount).Select(number => names.KeyOf(DemoLedger.NameOf(number)))];
        Ids = [.. _keys.Select(key => AccountIds.Of(key.PublicKey))];
        var expiry = new Timestamp((ulong)(now + AcceptanceValidity).ToUnixTimeMilliseconds());
        Acceptances = [.. Enumerable.Range(0, _keys.Length).Select(i => StandingAcceptance.Sign(
            new StandingTerms
            {
                Version = StandingTerms.CurrentVersion,
                Ledger = ledger,
                Receiver = Ids[i],
                LargestAmount = new Amount(ulong.MaxValue),
                Expiry = expiry,
            },
            _keys[i]))];
    }

    public IReadOnlyList<PrivateKey> Keys => _keys;

    public IReadOnlyList<AccountId> Ids { get; }

    public IReadOnlyList<StandingAcceptance> Acceptances { get; }

    public void Dispose()
    {
        foreach (PrivateKey key in _keys)
        {
            key.Dispose();
        }
    }
}
