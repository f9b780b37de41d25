using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Simulation.Faults;

namespace LeitherCluster.Tests.Simulation.Directed;

public sealed class StartTests
{
    [Fact]
    public void Start_InWhateverOrderActorsTakeTurns_RunsAtTheFirstBeat()
    {
        for (ulong seed = 1; seed <= 100; seed++)
        {
            using var ledger = new QuietLedger(Scenario.Plain with { Seed = seed });
            Assert.True(ledger.Simulated.Cluster.Now < Scenario.Plain.Cycle, $"seed {seed} took {ledger.Simulated.Cluster.Now}");
            ledger.Until(() => ledger.Witness.BeatsEnded == 5, "beats follow");
            Assert.True(ledger.Simulated.Cluster.Now < Scenario.Plain.Cycle * 6, $"seed {seed} took {ledger.Simulated.Cluster.Now}");
        }
    }

    [Theory]
    [InlineData("BranchStanding")]
    [InlineData("ChiefStanding")]
    [InlineData("PlacesReady")]
    [InlineData("GroupPersisted")]
    public void Start_GuardianFailsOnTheWay_BeginsAnewAndHeedsNothingFromBefore(string message)
    {
        for (ulong seed = 1; seed <= 100; seed++)
        {
            var trap = new StepTrap(message, StepVerdict.FailAfter);
            using var ledger = new QuietLedger(Scenario.Plain with { Seed = seed }, trap);
            ledger.Until(() => ledger.Witness.BeatsEnded == 5, "beats follow");
            Assert.Equal(1, trap.Snapped);
        }
    }
}
