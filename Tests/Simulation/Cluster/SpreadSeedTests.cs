using LeitherCluster.Tests.Simulation.Checks;
using LeitherCluster.Tests.Simulation.Mutants;
using LeitherCluster.Runtime.Journaling;
using Xunit.Abstractions;

namespace LeitherCluster.Tests.Simulation.Cluster;

/// <summary>
/// Seeds over 1 to 4 nodes whose journal is in two or three databases: groups of which one part is durable and the other is not, and nodes that die then.
/// <c>SPREAD_SEED=123 dotnet test Tests/Simulation --filter SpreadSeeds</c> replays one; <c>SPREAD_SEEDS=10000</c> runs more.
/// </summary>
[Collection(EveryCore.Name)]
public sealed class SpreadSeedTests(ITestOutputHelper output)
{
    private const int CountByDefault = 300;
    private const int MutantSeedsMax = 60;

    [Fact]
    public void SpreadSeeds_UnderFaults_EveryRuleHolds()
    {
        ulong[] seeds = SeedRange.Of("SPREAD_SEED", "SPREAD_SEEDS", CountByDefault);
        var results = new RunResult[seeds.Length];
        Parallel.For(0, seeds.Length, EveryCore.Options, i => results[i] = ClusterRun.Run(ClusterScenario.Spread(seeds[i]), seeds.Length == 1 ? 200_000 : 128));
        var table = new LeitherCluster.Runtime.Simulation.FaultTable();
        foreach (RunResult result in results)
        {
            table.Add(result.Table);
        }

        output.WriteLine(FaultMatrix.Of(table));
        RunResult[] broken = [.. results.Where(static result => result.Broken is not null)];
        if (broken.Length > 0)
        {
            Assert.Fail($"{broken.Length} seeds of {seeds.Length} broke a rule. Replay: SPREAD_SEED={broken[0].Seed} dotnet test Tests/Simulation --filter SpreadSeeds\n{broken[0].Report}");
        }
    }

    [Fact]
    public void SingleNodeTakesTheGroupsOfASpreadJournalForWhole_IsCaught()
    {
        for (ulong seed = 1; seed <= MutantSeedsMax; seed++)
        {
            ClusterScenario scenario = ClusterScenario.Spread(seed) with { NodeCount = 1, PartMissed = 0.5 };
            RunResult result = ClusterRun.Run(scenario, mutant: new ClusterMutant { Journal = static store => new WholeStore(store) });
            if (result.Broken is { } broken)
            {
                output.WriteLine($"caught by seed {seed}: {result.Report.AsSpan(0, Math.Min(300, result.Report.IndexOf('\n', StringComparison.Ordinal)))}");
                Assert.True(broken is Rule.NothingElseFails or Rule.RootFollows or Rule.SealedIsCommitted or Rule.Progress or Rule.EverybodyIsAnswered, result.Report);
                return;
            }
        }

        Assert.Fail($"{MutantSeedsMax} seeds noticed nothing");
    }

    /// <summary>Says that its groups are whole.</summary>
    private sealed class WholeStore(IJournalStore store) : PassingStore(store)
    {
        public override bool IsSpread => false;
    }
}
