using System.CommandLine;
using System.Diagnostics;
using LeitherCluster.LoadTests.Benchmarks.Pipeline;
using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Benchmarks.Clusters;

/// <summary>
/// Three nodes as processes, under a quarter of what one takes: each is killed, all are stopped and started in turn, one is paused for 20 s. How long pulses wait, and whether a
/// transfer fails or a write of one that was given up gets in.
/// </summary>
internal sealed class FaultsBenchmark : IBenchmark
{
    private const string Kills = "kills";
    private const string Restarts = "restarts";
    private const string Pauses = "pauses";
    private const int Nodes = 3;
    private const double PartOfHighest = 0.25;
    private const double KilledMaxS = 5;
    private const double KilledFastMaxS = 2;
    private const double StoppedMaxS = 2;

    private static readonly TimeSpan s_calm = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(20);

    private static readonly Option<int> s_highest = new("--highest-seconds") { Description = "Seconds for which one node's highest rate is measured.", DefaultValueFactory = _ => 8 };

    private static readonly Option<string[]> s_faults = new("--faults")
    {
        Description = $"Which ones: {Kills}, {Restarts}, {Pauses}.",
        DefaultValueFactory = _ => [Kills, Restarts, Pauses],
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly List<Incident> _incidents = [];
    private readonly List<string> _notes = [];

    public string Name => "faults";

    public string Purpose => "three nodes under a steady load: each killed, stopped and started, one paused; how long pulses wait";

    public IReadOnlyList<Option> Options => [s_faults, s_highest, ClusterOptions.Parties, ClusterOptions.Cycle, ClusterOptions.Bundles, ClusterOptions.UnderWay];

    public BenchmarkReport Run(ParseResult arguments, int core)
    {
        double highest = HighestOfOne(arguments);
        Console.Error.WriteLine($"faults: one node takes {Figure.Short(highest)} transfers/s; a quarter of that is the load");
        string[] faults = arguments.GetValue(s_faults)!;
        foreach (bool isFast in faults.Contains(Kills) ? new[] { false, true } : [])
        {
            UnderLoad(arguments, highest * PartOfHighest, isFast, (network, pulses) =>
            {
                for (int node = 0; node < Nodes; node++)
                {
                    Kill(network, pulses, node, isFast);
                }
            });
        }

        long? failed = faults.Contains(Restarts) ? UnderLoad(arguments, highest * PartOfHighest, isFast: false, RestartAll) : null;
        long? fencedIn = null;
        if (faults.Contains(Pauses))
        {
            UnderLoad(arguments, highest * PartOfHighest, isFast: false, (network, pulses) => fencedIn = Pause(network, pulses, network.Root()));
        }

        return Report(arguments, highest, failed, fencedIn);
    }

    private static double HighestOfOne(ParseResult arguments)
    {
        using var folder = new TemporaryFolder(null);
        using var network = new NetworkUnderTest(folder.Path, 1, TimeSpan.FromMilliseconds(arguments.GetValue(ClusterOptions.Cycle)));
        using var load = new BundleLoad(network, arguments.GetValue(ClusterOptions.Parties), arguments.GetValue(ClusterOptions.Bundles));
        return ClusterBenchmark.Measure(network, load, arguments.GetValue(ClusterOptions.UnderWay), arguments.GetValue(s_highest)).PerSecond;
    }

    private long UnderLoad(ParseResult arguments, double perSecond, bool isFast, Action<NetworkUnderTest, PulseTimes> work)
    {
        using var folder = new TemporaryFolder(null);
        using var network = new NetworkUnderTest(folder.Path, Nodes, TimeSpan.FromMilliseconds(arguments.GetValue(ClusterOptions.Cycle)), isFast);
        using var load = new BundleLoad(network, arguments.GetValue(ClusterOptions.Parties), arguments.GetValue(ClusterOptions.Bundles));
        using var pulses = new PulseTimes(network);
        load.Start(arguments.GetValue(ClusterOptions.UnderWay), perSecond);
        Calm(network, pulses);
        work(network, pulses);
        load.End();
        string journal = network.VerifyJournal();
        _notes.Add($"{Figure.Count(load.Committed)} transfers were answered 'committed', {Figure.Count(load.Failed)} otherwise{(load.Failed == 0 ? "" : $" ({load.FirstFailure})")}; the journal holds: {journal}.");
        return load.Failed;
    }

    // Pulses come again and again for a while, so that what went before is no part of what comes.
    private static void Calm(NetworkUnderTest network, PulseTimes pulses)
    {
        network.UntilSpread();
        int before = pulses.Count;
        Thread.Sleep(s_calm);
        network.Until("pulses go on", () => pulses.Count > before + 2);
    }

    private void Kill(NetworkUnderTest network, PulseTimes pulses, int node, bool isFast)
    {
        bool wasRoot = network.Root() == node;
        long at = Stopwatch.GetTimestamp();
        network.Kill(node);
        AwaitOthers(network, node, pulses);
        TimeSpan wait = pulses.LongestSince(at).Wait;
        Note(isFast ? "killed, fast profile" : "killed", node, wasRoot, wait, isFast ? KilledFastMaxS : KilledMaxS);
        network.Start(node);
        Calm(network, pulses);
    }

    private void RestartAll(NetworkUnderTest network, PulseTimes pulses)
    {
        for (int node = 0; node < Nodes; node++)
        {
            Restart(network, pulses, node);
        }
    }

    private void Restart(NetworkUnderTest network, PulseTimes pulses, int node)
    {
        bool wasRoot = network.Root() == node;
        long at = Stopwatch.GetTimestamp();
        network.Stop(node);
        network.Start(node);
        Calm(network, pulses);
        Note("stopped and started", node, wasRoot, pulses.LongestSince(at).Gap, StoppedMaxS);
    }

    /// <returns>Groups of blocks that the life that was given up committed after it was continued.</returns>
    private long Pause(NetworkUnderTest network, PulseTimes pulses, int node)
    {
        string life = network.LifeOf(node);
        string writer = network.WriterOf(node);
        int process = network.ProcessOf(node);
        long at = Stopwatch.GetTimestamp();
        network.Pause(node);
        Thread.Sleep(s_pause);
        TimeSpan wait = pulses.LongestSince(at).Wait;
        long before = network.GroupsOf(writer);
        network.Continue(node);
        network.Until($"{life} has ended", () => network.ProcessOf(node) != process);
        Calm(network, pulses);
        long after = network.GroupsOf(writer);
        Note("paused for 20 s", node, wasRoot: true, wait, null);
        _notes.Add($"{life} had committed {Figure.Count(before)} groups of blocks when it was continued, and {Figure.Count(after)} in the end; {NetworkUnderTest.NameOf(node)} is back as {network.LifeOf(node)}.");
        return before == 0 ? throw new InvalidOperationException($"{life} wrote nothing before it was paused.") : after - before;
    }

    // The break is over when pulses come again for some time without the node.
    private static void AwaitOthers(NetworkUnderTest network, int node, PulseTimes pulses)
    {
        int witness = (node + 1) % Nodes;
        network.Until("the others have all branches", () =>
        {
            try
            {
                return network.ClientOf(witness).GetAsync("/v1/cluster", Client.Contracts.ApiJson.Default.ClusterResult, null, CancellationToken.None).GetAwaiter().GetResult()
                    .Members.All(member => member.State == "up" || member.Branches == 0);
            }
            catch (Client.LedgerClientException)
            {
                return false;
            }
        });
        int before = pulses.Count;
        network.Until("pulses go on", () => pulses.Count > before + 3);
    }

    private void Note(string what, int node, bool wasRoot, TimeSpan time, double? limitS)
    {
        _incidents.Add(new Incident(what, NetworkUnderTest.NameOf(node), wasRoot, time, limitS));
        Console.Error.WriteLine($"faults: {NetworkUnderTest.NameOf(node)}{(wasRoot ? ", which kept the root," : "")} {what}: {time.TotalMilliseconds:0} ms");
    }

    private BenchmarkReport Report(ParseResult arguments, double highest, long? failed, long? fencedIn) => new()
    {
        Benchmark = Name,
        Title = $"Three nodes on this machine, and what befalls them: a pulse every {arguments.GetValue(ClusterOptions.Cycle)} ms, PostgreSQL journal, {Figure.Short(highest * PartOfHighest)} transfers/s",
        Tables =
        [
            new ReportTable(
                "After a kill or a pause: how long the next committed pulse was awaited, from the moment itself, and of the pulses after it the longest wait. Of a node stopped and started in good order: the longest time between two pulses until all was even again.",
                ["what", "node", "kept the root", "s", "limit"],
                [.. _incidents.Select(each => new[]
                {
                    each.What, each.Node, each.WasRoot ? "yes" : "", Figure.Short(each.Time.TotalSeconds), each.LimitS is { } limit ? Figure.Short(limit) : "",
                })]),
        ],
        Thresholds =
        [
            .. _incidents.Where(each => each.LimitS is not null).GroupBy(each => (each.What, Limit: each.LimitS!.Value)).Select(same => new Threshold
            {
                What = $"{same.Key.What}: the longest of {same.Count()}, s",
                Measured = same.Max(each => each.Time.TotalSeconds),
                Required = same.Key.Limit,
                IsUpperBound = true,
            }),
            .. None("transfers that failed while all nodes were stopped and started in turn", failed),
            .. None("groups of blocks that a node committed which was given up while it was paused", fencedIn),
        ],
        Notes =
        [
            $"The load is a quarter of {Figure.Short(highest)} transfers/s, which one node took in this run: bundles of {BundleLoad.ItemsPerBundle}, to all three nodes in turn, sent at their times whether answers come or not.",
            "Pulses are those that any living node tells of, at the time when the first one does. Nodes, PostgreSQL and the generator share this machine's cores.",
            .. _notes,
        ],
    };

    private static IEnumerable<Threshold> None(string what, long? count) => count is { } seen ? [new Threshold { What = what, Measured = seen, Required = 0, IsUpperBound = true }] : [];

    private sealed record Incident(string What, string Node, bool WasRoot, TimeSpan Time, double? LimitS);
}
