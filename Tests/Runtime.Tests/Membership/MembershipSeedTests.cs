using System.Diagnostics;
using LeitherCluster.Runtime.Simulation;
using Xunit.Abstractions;

namespace LeitherCluster.Tests.Runtime.Membership;

/// <summary>
/// Seeds of <see cref="MemberRun"/>. <c>SEED=123 dotnet test Tests/Runtime.Tests --filter MembershipSeed</c> replays one, <c>SEEDS=10000</c> runs more.
/// </summary>
public sealed class MembershipSeedTests(ITestOutputHelper output)
{
    private const int CountByDefault = 200;

    [Fact]
    public void Seeds_UnderFaults_EveryRuleHolds()
    {
        ulong[] seeds = Seeds();
        var results = new MemberResult[seeds.Length];
        var clock = Stopwatch.StartNew();
        Parallel.For(0, seeds.Length, i => results[i] = MemberRun.Run(seeds[i]));
        var table = new FaultTable();
        foreach (MemberResult result in results)
        {
            table.Add(result.Table);
        }

        output.WriteLine(
            $"{results.Length} seeds in {clock.Elapsed.TotalSeconds:F1} s: {results.Sum(static r => r.Steps)} steps, {results.Sum(static r => r.Faults)} faults, "
            + $"{results.Sum(static r => r.Changes)} changes of the table, {results.Sum(static r => r.Downs)} lives declared down");
        output.WriteLine(table.ToString());
        MemberResult[] broken = [.. results.Where(static result => result.Broken is not null)];
        foreach (IGrouping<MemberRule?, MemberResult> group in broken.GroupBy(static result => result.Broken))
        {
            output.WriteLine($"{group.Key}: seeds {string.Join(", ", group.Select(static result => result.Seed))}");
        }

        if (broken.Length > 0)
        {
            Assert.Fail($"{broken.Length} seeds of {seeds.Length} broke a rule. Replay: SEED={broken[0].Seed} dotnet test Tests/Runtime.Tests --filter MembershipSeed\n{broken[0].Report}");
        }
    }

    [Fact]
    public void Seed_RunAgain_IsTheSameRunToTheLastStep()
    {
        MemberResult first = MemberRun.Run(5);
        MemberResult second = MemberRun.Run(5);
        Assert.Equal((first.TraceHash, first.Steps, first.Changes), (second.TraceHash, second.Steps, second.Changes));
        Assert.NotEqual(first.TraceHash, MemberRun.Run(6).TraceHash);
    }

    private static ulong[] Seeds()
    {
        if (ulong.TryParse(Environment.GetEnvironmentVariable("SEED"), out ulong seed))
        {
            return [seed];
        }

        int count = int.TryParse(Environment.GetEnvironmentVariable("SEEDS"), out int wanted) ? wanted : CountByDefault;
        return [.. Enumerable.Range(1, count).Select(static number => (ulong)number)];
    }
}
