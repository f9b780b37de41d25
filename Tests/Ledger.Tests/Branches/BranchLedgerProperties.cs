using FsCheck;
using FsCheck.Fluent;
using LeitherCluster.Ledger.Values;
using Outcome = LeitherCluster.Ledger.Values.Outcome;

namespace LeitherCluster.Tests.Ledger.Branches;

/// <summary>Whole ledgers against the oracle, for any story.</summary>
public sealed class BranchLedgerProperties
{
    [Fact]
    public void Branches_AnyStory_DoWhatTheOracleDoes() => Prop.ForAll(LedgerCase.Any, story =>
    {
        using var ledger = new LedgerStory(story);
        for (int step = 0; step < story.Steps; step++)
        {
            ledger.Step();
        }

        ledger.Pulse(restarts: true);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Branches_HoweverMany_GiveTheSameOutcomesAndBalances() => Prop.ForAll(LedgerCase.Any, story =>
    {
        var tellings = new List<(Outcome[] Outcomes, Dictionary<AccountId, ulong> Balances)>();
        for (int depthBits = 0; depthBits <= 3; depthBits++)
        {
            using var ledger = new LedgerStory(story with { DepthBits = depthBits, Tight = false });
            for (int step = 0; step < story.Steps; step++)
            {
                ledger.PlainStep();
            }

            ledger.Pulse(restarts: false);
            tellings.Add((ledger.Outcomes, ledger.Balances));
        }

        Assert.All(tellings, telling => Assert.Equal(tellings[0].Outcomes, telling.Outcomes));
        Assert.All(tellings, telling => Assert.Equal(tellings[0].Balances, telling.Balances));
        Assert.DoesNotContain(Outcome.Pending, tellings[0].Outcomes);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));
}
