using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Simulation.Clients;

/// <content>What clients want to do, by chance; they know the committed balances and take no account of what is under way.</content>
internal sealed partial class Traffic
{
    private byte[]? MakeFrame()
    {
        Timestamp expiry = chance.Hits(0.03) ? new Timestamp(time().UnixMs - chance.Next(3_000)) : Expiry();
        int from = AnyParty();
        ulong spendable = witness.Ledger.Find(Parties.OfThread.Ids[from])?.Spendable ?? 0;
        return (int)chance.Next(100) switch
        {
            < 12 => _maker.Issue(from, Amount(10_000), expiry),
            < 16 => _maker.IssueBundle(SomeParties(), Amount(1_000), expiry),
            < 62 when spendable == 0 => _maker.Issue(from, Amount(10_000), expiry),
            < 62 => _maker.Pay(from, AnyParty(), Amount(spendable), expiry),
            < 74 => _maker.Bundle(from, SomeParties(), Amount((spendable / 4) + 1), expiry),
            < 86 => _maker.Reserve(from, AnyParty(), AnyParty(), Amount((spendable / 2) + 1), HoldEnd(), expiry),
            < 94 => MakePost(expiry),
            < 98 => MakeRelease(expiry),
            _ => _maker.Pay(from, AnyParty(), spendable + 1 + Amount(1_000), expiry),
        };
    }

    private byte[]? MakePost(Timestamp expiry)
    {
        if (AnyHold() is not (AccountId owner, Hold hold))
        {
            return null;
        }

        AccountId signer = chance.Hits(0.5) ? owner : hold.Controller;
        ulong amount = chance.Hits(0.5) ? hold.Amount.Units : Amount(hold.Amount.Units);
        return _maker.Post(owner, hold, signer, amount, expiry);
    }

    private byte[]? MakeRelease(Timestamp expiry)
    {
        if (AnyHold() is not (AccountId owner, Hold hold))
        {
            return null;
        }

        return _maker.Release(owner, hold, chance.Hits(0.5) ? hold.Receiver : hold.Controller, expiry);
    }

    private (AccountId Owner, Hold Hold)? AnyHold()
    {
        (AccountId, Hold)[] holds = [.. witness.Ledger.Accounts.SelectMany(static account => account.Holds.Values.Select(hold => (account.Id, hold)))];
        return holds.Length == 0 ? null : holds[chance.Next((ulong)holds.Length)];
    }

    private int AnyParty() => (int)chance.Next((ulong)scenario.PartyCount);

    private int[] SomeParties() => [.. Enumerable.Range(0, (int)chance.Between(1, 4)).Select(_ => AnyParty())];

    /// <summary>1 up to the most, small ones being as likely as large ones.</summary>
    private ulong Amount(ulong most) => 1 + chance.Next(Math.Max(1, chance.Hits(0.5) ? most : Math.Min(most, 100)));

    private Timestamp HoldEnd() => new(time().UnixMs + (ulong)(scenario.Cycle.TotalMilliseconds * chance.Between(1, 8)));
}
