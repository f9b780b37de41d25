using System.CommandLine;
using System.Diagnostics;
using LeitherCluster.LoadTests.Benchmarks.Pipeline;
using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Benchmarks.Clusters;

/// <summary>
/// The same load on development networks of several sizes, each with its nodes as processes and a PostgreSQL server on this machine: what is committed, and what nodes send each
/// other for it.
/// </summary>
internal sealed class ClusterBenchmark : IBenchmark
{
    // An answer to one that asked for what was late, besides the offer itself.
    private const double ExchangePerPairMax = 2;
    private const double PartShown = 0.01;

    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(4);

    private static readonly Option<int[]> s_nodes = new("--nodes")
    {
        Description = "How many nodes, one network after the other.",
        DefaultValueFactory = _ => [1, 2, 3, 4],
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<int> s_seconds = new("--seconds") { Description = "Seconds for which each is measured.", DefaultValueFactory = _ => 10 };

    public string Name => "cluster";

    public string Purpose => "transfers a second of networks of 1 to 4 nodes on this machine, and what nodes send each other for them";

    public IReadOnlyList<Option> Options => [s_nodes, s_seconds, ClusterOptions.Parties, ClusterOptions.Cycle, ClusterOptions.Bundles, ClusterOptions.UnderWay];

    /// <summary>What a network does when as much is sent as is answered.</summary>
    /// <param name="network">to be sent to</param>
    /// <param name="load">from the network's parties</param>
    /// <param name="underWay">requests at a time</param>
    /// <param name="seconds">for how long it is measured, after a warm-up</param>
    public static ClusterFigures Measure(NetworkUnderTest network, BundleLoad load, int underWay, int seconds)
    {
        load.Start(underWay);
        Thread.Sleep(s_warmUp);
        NodeTraffic before = network.Traffic();
        ulong firstPulse = PulseOf(network);
        long committed = load.Committed;
        long start = Stopwatch.GetTimestamp();
        Thread.Sleep(TimeSpan.FromSeconds(seconds));
        committed = load.Committed - committed;
        double measured = Stopwatch.GetElapsedTime(start).TotalSeconds;
        ulong pulses = PulseOf(network) - firstPulse;
        NodeTraffic sent = network.Traffic().Since(before);
        load.End();
        return committed == 0 || pulses == 0
            ? throw new InvalidOperationException($"Nothing was committed in {seconds} s. {load.FirstFailure}")
            : new ClusterFigures { Nodes = network.Count, Committed = committed, Seconds = measured, Pulses = pulses, Sent = sent, ClientBytes = load.BytesPerTransfer };
    }

    public BenchmarkReport Run(ParseResult arguments, int core)
    {
        List<ClusterFigures> figures = [];
        List<string> notes = [];
        foreach (int nodes in arguments.GetValue(s_nodes)!)
        {
            using var folder = new TemporaryFolder(null);
            using var network = new NetworkUnderTest(folder.Path, nodes, TimeSpan.FromMilliseconds(arguments.GetValue(ClusterOptions.Cycle)));
            using var load = new BundleLoad(network, arguments.GetValue(ClusterOptions.Parties), arguments.GetValue(ClusterOptions.Bundles));
            ClusterFigures found = Measure(network, load, arguments.GetValue(ClusterOptions.UnderWay), arguments.GetValue(s_seconds));
            figures.Add(found);
            Console.Error.WriteLine($"cluster: {nodes} nodes: {Figure.Short(found.PerSecond)} transfers/s, {Figure.Short(found.BytesPerTransfer)} bytes each between nodes");
            string journal = network.VerifyJournal();
            notes.Add($"{nodes} nodes: {Figure.Count(load.Committed)} transfers were answered 'committed', {Figure.Count(load.Failed)} otherwise{(load.Failed == 0 ? "" : $" ({load.FirstFailure})")}; the journal holds ({journal}).");
        }

        return Report(figures, arguments, notes);
    }

    private static ulong PulseOf(NetworkUnderTest network) => network.All.PulseAsync(null, CancellationToken.None).GetAwaiter().GetResult().Sequence;

    private static BenchmarkReport Report(List<ClusterFigures> figures, ParseResult arguments, List<string> notes)
    {
        ClusterFigures[] several = [.. figures.Where(each => each.Nodes > 1)];
        return new BenchmarkReport
        {
            Benchmark = "cluster",
            Title = $"Networks on this machine: {Figure.Count(arguments.GetValue(ClusterOptions.Parties))} accounts, 256 branches, a pulse every {arguments.GetValue(ClusterOptions.Cycle)} ms, PostgreSQL journal",
            Tables =
            [
                new ReportTable(
                    "Transfers, and what nodes send each other for one; the bytes beside those that must go from node to node:",
                    ["nodes", "transfers/s", "of the first", "messages/1,000", "bytes each", "necessary"],
                    [.. figures.Select(each => new[]
                    {
                        Figure.Count(each.Nodes), Figure.Short(each.PerSecond), Figure.Percent(each.PerSecond / figures[0].PerSecond), Figure.Short(each.MessagesPerThousand),
                        Figure.Short(each.BytesPerTransfer), Figure.Short(each.NecessaryBytes),
                    })]),
                new ReportTable(
                    "Messages in a pulse, of all nodes together:",
                    ["nodes", "pairs", "of the exchange", "a pair", "of all kinds"],
                    [.. figures.Select(each => new[]
                    {
                        Figure.Count(each.Nodes), Figure.Count(each.Pairs), Figure.Short(each.ExchangePerPulse), each.Pairs == 0 ? "" : Figure.Short(each.ExchangePerPulse / each.Pairs),
                        Figure.Short(each.Sent.Count / (double)each.Pulses),
                    })]),
                new ReportTable(
                    "Bytes between nodes for a transfer, by the type of the messages (docs/PROTOCOL.md, section 16):",
                    ["type", .. several.Select(each => $"{each.Nodes} nodes")],
                    [.. several.SelectMany(each => each.Sent.MessageBytes.Where(sent => sent.Value > PartShown * each.Sent.Bytes)).Select(sent => sent.Key).Distinct().Order(StringComparer.Ordinal).Select(type =>
                        (string[])[type, .. several.Select(each => Figure.Short(each.Sent.MessageBytes.GetValueOrDefault(type) / (double)each.Committed))])]),
            ],
            Thresholds =
            [
                .. several.Select(each => new Threshold
                {
                    What = $"{each.Nodes} nodes: messages of the exchange in a pulse, for each pair of nodes in each direction (branches: 256)",
                    Measured = each.ExchangePerPulse / each.Pairs,
                    Required = ExchangePerPairMax,
                    IsUpperBound = true,
                }),
            ],
            Notes =
            [
                "Nodes, PostgreSQL and the generator are processes that share this machine's cores: a node more is no core more.",
                $"Bundles of {BundleLoad.ItemsPerBundle} transfers, signed by their senders, {arguments.GetValue(ClusterOptions.Bundles)} in a request, to random accounts under their standing acceptances; "
                + $"{arguments.GetValue(ClusterOptions.UnderWay)} requests under way, to the nodes in turn.",
                "Necessary: a bundle goes whole from the node that got it to that of its sender's branch, and a credit of 32 bytes from there to its receiver's; of n nodes each has a share of 1/n. "
                + "Bytes are those of frames, before TLS, signs of life included. Messages: those of leither_peers_messages_total.",
                .. notes,
            ],
        };
    }
}
