using Xunit.Abstractions;

namespace LeitherCluster.Tests.Simulation.Cluster;

/// <summary>How long hand-overs take. <c>REBALANCES=100000 dotnet test Tests/Simulation --filter HandOver</c> measures so many.</summary>
[Collection(EveryCore.Name)]
public sealed class HandOverTests(ITestOutputHelper output)
{
    private const int CountByDefault = 2_000;
    private const int PerSeed = 200;

    [Fact]
    public void HandOvers_SlowNetworkAndDisksAndNodesThatDie_NoneTakesLongerThanFiveSeconds()
    {
        int wanted = int.TryParse(Environment.GetEnvironmentVariable("REBALANCES"), out int count) ? count : CountByDefault;
        var results = new HandOverResult[(wanted + PerSeed - 1) / PerSeed];
        Parallel.For(0, results.Length, EveryCore.Options, i => results[i] = HandOverRun.Run((ulong)i + 1, Math.Min(PerSeed, wanted - (i * PerSeed))));

        TimeSpan[] times = [.. results.SelectMany(static result => result.Times).Order()];
        output.WriteLine(
            $"{times.Length} rebalances over {HandOverRun.NodeCount} nodes, {results.Sum(static r => r.Crashes)} nodes died in them, {results.Sum(static r => r.Steps)} steps; messages take 0.1 to 1 ms at the "
            + $"best and 0.1 to {HandOverRun.DelayMaxMs} ms at the worst, up to {HandOverRun.LossMax:P0} are lost; commits take 0.3 to 3 ms times 1 to {HandOverRun.DiskFactorMax}");
        output.WriteLine($"virtual time of a hand-over: median {At(times, 0.5)}, p99 {At(times, 0.99)}, p99.9 {At(times, 0.999)}, longest {times[^1].TotalMilliseconds:F0} ms");
        HandOverResult[] broken = [.. results.Where(static result => result.Broken.Length != 0)];
        Assert.True(broken.Length == 0, string.Join("\n\n", broken.Select(static result => $"seed {result.Seed}: {result.Broken}")));
        Assert.InRange(times[^1], TimeSpan.Zero, HandOverRun.LongestAllowed);
    }

    private static string At(TimeSpan[] sorted, double share) => $"{sorted[(int)(share * (sorted.Length - 1))].TotalMilliseconds:F0} ms";
}
