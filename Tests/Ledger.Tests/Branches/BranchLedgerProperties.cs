using FsCheck;
using FsCheck.Fluent;

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
}
