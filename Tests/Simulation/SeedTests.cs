using System.Diagnostics;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Simulation.Checks;
using Xunit.Abstractions;

namespace LeitherCluster.Tests.Simulation;

/// <summary>
/// Seeds, many of them. <c>SEED=123 dotnet test Tests/Simulation --filter Seeds</c> replays one, with a long trace; <c>SEEDS=10000</c> runs more, <c>SEEDS=2001-3000</c> others.
/// </summary>
[Collection(EveryCore.Name)]
public sealed class SeedTests(ITestOutputHelper output)
{
    private const int CountByDefault = 1_000;
    private const int TraceLengthOfMany = 128;
    private const int TraceLengthOfOne = 20_000;

    [Fact]
    public void Seeds_UnderFaults_EveryRuleHolds()
    {
        ulong[] seeds = SeedRange.Of("SEED", "SEEDS", CountByDefault);
        int traceLength = seeds.Length == 1 ? TraceLengthOfOne : TraceLengthOfMany;
        var results = new RunResult[seeds.Length];
        var clock = Stopwatch.StartNew();
        TimeSpan before = EveryCore.ProcessorTime();
        Parallel.For(0, seeds.Length, EveryCore.Options, i => results[i] = LedgerRun.Run(seeds[i], traceLength));
        clock.Stop();
        Print(results, clock.Elapsed, EveryCore.ProcessorTime() - before);

        RunResult[] broken = [.. results.Where(static result => result.Broken is not null)];
        if (broken.Length > 0)
        {
            Assert.Fail($"{broken.Length} seeds of {seeds.Length} broke a rule. Replay: SEED={broken[0].Seed} dotnet test Tests/Simulation --filter Seeds\n{broken[0].Report}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Seed_RunAgain_IsTheSameRunToTheLastStep(ulong seed)
    {
        RunResult first = LedgerRun.Run(seed);
        RunResult second = LedgerRun.Run(seed, TraceLengthOfOne);
        Assert.Equal((first.TraceHash, first.Steps, first.Transfers), (second.TraceHash, second.Steps, second.Transfers));
        Assert.NotEqual(first.TraceHash, LedgerRun.Run(seed + 1).TraceHash);
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
