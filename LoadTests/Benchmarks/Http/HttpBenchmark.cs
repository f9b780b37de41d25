using System.CommandLine;
using System.Diagnostics;
using LeitherCluster.LoadTests.Benchmarks.Pipeline;
using LeitherCluster.LoadTests.Benchmarks.Signatures;
using LeitherCluster.LoadTests.Measuring;
using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Benchmarks.Http;

/// <summary>
/// The program's node in a process of its own, on files, posted to over loopback from this process on the same cores: bundles that are
/// really signed and really verified, answered when they are committed.
/// </summary>
internal sealed class HttpBenchmark : IBenchmark
{
    private const int SettlePulses = 3;

    // What "as fast as answers come" is prepared for.
    private const long PerSecondMax = 1_000_000;

    // Bytes that are written to find the bare disk's rate.
    private const long DiskProbeBytes = 512 << 20;

    private static readonly Option<int> s_parties = new("--payers") { Description = "How many accounts pay each other.", DefaultValueFactory = _ => 10_000 };
    private static readonly Option<int> s_cycle = new("--pulse") { Description = "The node's pulse cycle, in ms.", DefaultValueFactory = _ => 1_000 };
    private static readonly Option<int> s_seconds = new("--seconds") { Description = "Seconds for which each rate is prepared.", DefaultValueFactory = _ => 10 };
    private static readonly Option<int> s_bundles = new("--bundles") { Description = "Bundles in one request.", DefaultValueFactory = _ => 100 };
    private static readonly Option<int> s_items = new("--items") { Description = "Transfers in one bundle.", DefaultValueFactory = _ => 100 };
    private static readonly Option<int> s_connections = new("--connections") { Description = "Connections, each with one request under way.", DefaultValueFactory = _ => 100 };
    private static readonly Option<string?> s_data = new("--folder") { Description = "A folder under which the ledger's is made; it is removed again. The system's temporary one by default." };

    private static readonly Option<long[]> s_rates = new("--offered")
    {
        Description = "Transfers a second to send, one after the other; 0: as many as are answered.",
        DefaultValueFactory = _ => [200_000, 300_000, 500_000, 0],
        AllowMultipleArgumentsPerToken = true,
    };

    public string Name => "http";

    public string Purpose => "signed bundles posted to a node over loopback, until they are committed";

    public IReadOnlyList<Option> Options => [s_parties, s_cycle, s_seconds, s_bundles, s_items, s_connections, s_data, s_rates];

    public BenchmarkReport Run(ParseResult arguments, int core)
    {
        using var folder = new TemporaryFolder(arguments.GetValue(s_data));
        using var ledger = new LoadedLedger(Path.Combine(folder.Path, "ledger"));
        using var parties = new Parties(arguments.GetValue(s_parties), ledger.Id, ledger.Expiry);
        int connections = arguments.GetValue(s_connections);
        var payments = new Payments(parties, ledger, arguments.GetValue(s_bundles), arguments.GetValue(s_items));
        List<HttpFigures> figures = [];
        BundleRequest[] sent = [];
        long committed;
        long memory;
        using (ServerProcess node = ledger.Run(arguments.GetValue(s_cycle)))
        {
            var log = new AnswerLog(node);
            foreach (BundleRequest request in payments.Funding())
            {
                Measure(node, log, [request], 1);
            }

            foreach (long rate in arguments.GetValue(s_rates)!)
            {
                long transfers = arguments.GetValue(s_seconds) * (rate == 0 ? PerSecondMax : rate);
                Console.Error.WriteLine($"http: {Figure.Count(transfers)} payments are signed");
                sent = payments.Make((int)(transfers / payments.TransfersPerRequest));
                HttpFigures at = HttpFigures.Measure(node, log, sent, rate, connections, SettlePulses);
                Console.Error.WriteLine(
                    $"http: {Figure.Count(rate)}/s sent, {Figure.Short(at.PerSecond)} committed, median {Figure.Short(at.Latency(0.5).TotalMilliseconds)} ms, "
                    + $"{Figure.Short(at.ServerNanoseconds)} ns each in the node");
                figures.Add(at);
            }

            committed = log.Committed;
            memory = node.MemoryBytesMax;
            RequireAllCommitted(log);
        }

        Console.Error.WriteLine("http: the journal is verified");
        JournalFindings journal = ledger.Verify();
        RequireSupply(journal, committed, (ulong)parties.Count * Payments.Opening);
        return HttpReport.Of(figures, new HttpSurroundings
        {
            Parties = parties.Count,
            Cycle = TimeSpan.FromMilliseconds(arguments.GetValue(s_cycle)),
            BundlesPerRequest = arguments.GetValue(s_bundles),
            ItemsPerBundle = arguments.GetValue(s_items),
            Connections = connections,
            BytesPerTransfer = sent[0].BodyBytes / (double)sent[0].Transfers,
            MemoryBytesMax = memory,
            Journal = journal,
            SinkPerSecond = PostedToSink(sent, connections),
            SignaturesPerSecond = ThreadCore.Allowed().Take(2).Sum(each => ThreadCore.Run(each, BareSignaturesPerSecond)),
            DiskBytesPerSecond = DiskProbeBytes / DiskLimit.Seconds(folder.Path, DiskProbeBytes, 1 << 20),
        });
    }

    private static void Measure(ServerProcess node, AnswerLog log, BundleRequest[] requests, int connections) =>
        new Generator(node.Address, connections, (request, times, status, body) =>
        {
            Require(status == 200, "the accounts can be funded");
            log.Note(request, times, body);
        }).Run(requests, 0);

    private static double PostedToSink(BundleRequest[] requests, int connections)
    {
        using ServerProcess sink = KestrelSink.Run(requests[0].Frames);
        var generator = new Generator(sink.Address, connections, (_, _, status, _) => Require(status == 200, "the bare server takes it"));
        double best = 0;
        for (int run = 0; run < 3; run++)
        {
            long start = Stopwatch.GetTimestamp();
            generator.Run(requests, 0);
            best = Math.Max(best, requests.Length * (long)requests[0].Transfers / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }

    private static double BareSignaturesPerSecond()
    {
        using var input = new OwnVerification();
        return Sample.OfBatches(OwnVerification.BatchSignatures, 20, () => input.Verify()).BestPerSecond;
    }

    private static void RequireAllCommitted(AnswerLog log) =>
        Require(log.Refused.Count == 0, $"every bundle is committed, and not {string.Join(", ", log.Refused.Select(pair => $"{pair.Value} times {pair.Key}"))}");

    private static void RequireSupply(JournalFindings journal, long committed, ulong issued)
    {
        Require(journal.Transfers == committed, $"the journal's {journal.Transfers} transfers are the {committed} that were answered 'committed'");
        Require(journal.Supply == issued, $"the supply of {journal.Supply} is the {issued} units that were issued");
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"It does not hold that {what}.");
        }
    }
}
