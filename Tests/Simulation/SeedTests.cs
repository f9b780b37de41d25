using System.Diagnostics;
using LeitherCluster.Runtime.Simulation;
using Xunit.Abstractions;

namespace LeitherCluster.Tests.Simulation;

/// <summary>Seeds, many of them. <c>SEED=123 dotnet test Tests/Simulation --filter Seeds</c> replays one; <c>SEEDS=10000</c> runs more.</summary>
public sealed class SeedTests(ITestOutputHelper output)
{
    private const int SeedsByDefault = 50;

    [Fact]
    public void Seeds_UnderFaults_EveryRuleHolds()
    {
        ulong[] seeds = Seeds();
        var results = new RunResult[seeds.Length];
        var clock = Stopwatch.StartNew();
        Parallel.For(0, seeds.Length, new ParallelOptions { MaxDegreeOfParallelism = 2 }, i => results[i] = LedgerRun.Run(seeds[i], seeds.Length == 1 ? 20_000 : 128));
        clock.Stop();
        var table = new FaultTable();
        foreach (RunResult result in results)
        {
            table.Add(result.Table);
        }

        output.WriteLine($"{seeds.Length} seeds in {clock.Elapsed.TotalSeconds:F1} s, {results.Sum(r => r.Steps)} steps, {results.Sum(r => r.Pulses)} pulses, {results.Sum(r => r.Transfers)} transfers");
        output.WriteLine(table.ToString());
        RunResult[] broken = [.. results.Where(static result => result.Broken is not null)];
        foreach (IGrouping<Checks.Rule?, RunResult> group in broken.GroupBy(static result => result.Broken))
        {
            output.WriteLine($"{group.Key}: seeds {string.Join(", ", group.Select(static result => result.Seed))}");
        }

        foreach (RunResult result in broken)
        {
            File.WriteAllText($"/tmp/sim/{result.Seed}.txt", result.Report);
        }

        Assert.True(broken.Length == 0, broken.Length == 0 ? "" : $"{broken.Length} seeds of {seeds.Length}; replay: SEED={broken[0].Seed} dotnet test Tests/Simulation --filter Seeds\n{broken[0].Report}");
    }

    private static ulong[] Seeds()
    {
        if (ulong.TryParse(Environment.GetEnvironmentVariable("SEED"), out ulong seed))
        {
            return [seed];
        }

        int count = int.TryParse(Environment.GetEnvironmentVariable("SEEDS"), out int wanted) ? wanted : SeedsByDefault;
        return [.. Enumerable.Range(1, count).Select(static number => (ulong)number)];
    }
}
