using LeitherCluster.Ledger.Values;
using LeitherCluster.Persistence.Sealed;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Simulation.Directed;

/// <summary>Deadlines of holds.</summary>
public sealed class HoldTests
{
    /// <summary>
    /// The first beat and the deadlines come to the exchange on different ways, and the seeds have them race: the branches are ready last.
    /// </summary>
    [Fact]
    public void Hold_FallsDueWhileTheNodeIsDown_IsReleasedAtTheFirstBeat()
    {
        for (ulong seed = 1; seed <= 100; seed++)
        {
            using var ledger = new QuietLedger(Scenario.Plain with { Seed = seed, Index = new SealedIndexOptions { MemoryEntriesMax = 1 } });
            Commit(ledger, ledger.Maker.Issue(0, 1_000, ledger.Later));
            var until = new Timestamp(ledger.Witness.AnnouncedAt.UnixMs + 500);
            ledger.Commit([.. Enumerable.Range(0, 8).Select(party => ledger.Maker.Issue(party, 1_000, ledger.Later))]);
            Commit(ledger, ledger.Maker.Reserve(0, 1, 2, 100, until, ledger.Later));
            AccountId owner = Parties.OfThread.Ids[0];
            Assert.Equal(100ul, ledger.Witness.Ledger.Find(owner)!.Frozen);

            ledger.Node.Crash(CrashKind.PowerLoss, TimeSpan.FromSeconds(2));
            long beats = ledger.Witness.BeatsEnded;
            ledger.Until(() => ledger.Witness.BeatsEnded > beats && ledger.Witness.AnnouncedAt > until, "a beat ends after the hold's end");
            Assert.True(ledger.Witness.Ledger.Find(owner)!.Frozen == 0, $"seed {seed}: the hold is there after the beat at {ledger.Witness.AnnouncedAt}");
        }
    }

    private static void Commit(QuietLedger ledger, byte[] frame) => Assert.Equal(Outcome.Committed, Assert.Single(ledger.Commit(frame)).Outcome);
}
