using System.Diagnostics;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Simulation.Checks;
using Xunit.Abstractions;

namespace LeitherCluster.Tests.Simulation.Cluster;

/// <summary>
/// Seeds over 3 to 7 nodes. <c>CLUSTER_SEED=123 dotnet test Tests/Simulation --filter ClusterSeeds</c> replays one, with a long trace; <c>CLUSTER_SEEDS=10000</c> runs more, <c>CLUSTER_SEEDS=2001-3000</c> others.
/// </summary>
[Collection(EveryCore.Name)]
public sealed class ClusterSeedTests(ITestOutputHelper output)
{
    private const int CountByDefault = 2_000;
    private const int TraceLengthOfMany = 128;
    private const int TraceLengthOfOne = 200_000;

    [Fact]
    public void ClusterSeeds_UnderFaults_EveryRuleHolds()
    {
        ulong[] seeds = SeedRange.Of("CLUSTER_SEED", "CLUSTER_SEEDS", CountByDefault);
        int traceLength = seeds.Length == 1 ? TraceLengthOfOne : TraceLengthOfMany;
        var results = new RunResult[seeds.Length];
        var clock = Stopwatch.StartNew();
        TimeSpan before = EveryCore.ProcessorTime();
        Parallel.For(0, seeds.Length, EveryCore.Options, i => results[i] = ClusterRun.Run(seeds[i], traceLength));
        clock.Stop();
        Print(results, clock.Elapsed, EveryCore.ProcessorTime() - before);

        RunResult[] broken = [.. results.Where(static result => result.Broken is not null)];
        if (broken.Length > 0)
        {
            Assert.Fail($"{broken.Length} seeds of {seeds.Length} broke a rule. Replay: CLUSTER_SEED={broken[0].Seed} dotnet test Tests/Simulation --filter ClusterSeeds\n{broken[0].Report}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void ClusterSeed_RunAgain_IsTheSameRunToTheLastStep(ulong seed)
    {
        RunResult first = ClusterRun.Run(seed);
        RunResult second = ClusterRun.Run(seed, TraceLengthOfOne);
        Assert.Equal((first.TraceHash, first.Steps, first.Transfers), (second.TraceHash, second.Steps, second.Transfers));
        Assert.NotEqual(first.TraceHash, ClusterRun.Run(seed + 1).TraceHash);
    }

    private void Print(RunResult[] results, TimeSpan time, TimeSpan processorTime)
    {
        var table = new FaultTable();
        foreach (RunResult result in results)
        {
            table.Add(result.Table);
        }

        output.WriteLine(
            $"{results.Length} seeds in {time.TotalSeconds:F1} s on {Environment.ProcessorCount} cores ({processorTime.TotalSeconds:F1} s of their time): {results.Sum(static r => r.Steps)} steps, "
            + $"{results.Sum(static r => r.Transfers)} transfers; each at least {results.Min(static r => r.Pulses)} pulses under at least {results.Min(static r => r.Faults)} faults");
        output.WriteLine(FaultMatrix.Of(table));
        foreach (IGrouping<Rule?, RunResult> group in results.Where(static result => result.Broken is not null).GroupBy(static result => result.Broken))
        {
            output.WriteLine($"{group.Key}: seeds {string.Join(", ", group.Select(static result => result.Seed))}");
            output.WriteLine(string.Join('\n', group.Select(static result => $"  {result.Seed}: {result.Report.AsSpan(0, Math.Min(300, result.Report.IndexOf('\n', StringComparison.Ordinal)))}")));
        }
    }
}
