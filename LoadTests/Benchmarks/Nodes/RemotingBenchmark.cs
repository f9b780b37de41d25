using System.CommandLine;
using LeitherCluster.LoadTests.Benchmarks.Pipeline;
using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Benchmarks.Nodes;

/// <summary>
/// What the engine's messages cost: telling within a node beside a bare bounded channel, the bulk lane between nodes beside a bare TLS stream. Each pair
/// in turns, so that both meet the same machine.
/// </summary>
internal sealed class RemotingBenchmark : IBenchmark
{
    private const double RequiredTell = 50;
    private const double RequiredBulk = 60;

    private static readonly Option<int> s_runs = new("--runs") { Description = "Runs of each, in turns.", DefaultValueFactory = _ => 7 };
    private static readonly Option<int> s_messages = new("--messages") { Description = "Messages in a run within a node.", DefaultValueFactory = _ => 2_000_000 };
    private static readonly Option<int> s_megabytes = new("--megabytes") { Description = "MiB in a run of the bulk lane.", DefaultValueFactory = _ => 512 };
    private static readonly Option<int> s_answered = new("--answered") { Description = "Messages in a run of the control lane.", DefaultValueFactory = _ => 200_000 };

    public string Name => "remoting";

    public string Purpose => "messages within a node and between two, beside a bare channel and a bare TLS stream";

    public IReadOnlyList<Option> Options => [s_runs, s_messages, s_megabytes, s_answered];

    public BenchmarkReport Run(ParseResult arguments, int core)
    {
        int runs = arguments.GetValue(s_runs);
        int messages = arguments.GetValue(s_messages);
        int pieces = arguments.GetValue(s_megabytes) * (1 << 20) / BulkLane.PieceBytes;
        int answered = arguments.GetValue(s_answered);
        (double[] channel, double[] tell) = InTurns(runs, _ => LocalTell.ChannelPerSecond(messages), _ => LocalTell.TellPerSecond(messages));
        using TemporaryFolder folder = new(null);
        using NodePair nodes = new(folder.Path);
        (double[] stream, double[] bulk) = InTurns(runs, _ => BulkLane.StreamPerSecond(nodes, pieces), run => BulkLane.LanePerSecond(nodes, pieces, run));
        (double[] control, _) = InTurns(runs, run => ControlLane.AnsweredPerSecond(nodes, answered, run), _ => 0);
        return new BenchmarkReport
        {
            Benchmark = Name,
            Title = "Messages within a node and between two",
            Tables =
            [
                new ReportTable(
                    "A second: the best run, and the median run in brackets; what it is of its limit, in the best runs:",
                    ["what", "a second", "of the limit"],
                    [
                        ["messages through a bounded channel", BestAndMedian(channel, 1e6, "million"), ""],
                        ["messages told to an actor of this node", BestAndMedian(tell, 1e6, "million"), Figure.Percent(tell.Max() / channel.Max())],
                        ["bytes through an SslStream", BestAndMedian(stream, 1e6, "MB"), ""],
                        ["bytes of messages of the bulk lane", BestAndMedian(bulk, 1e6, "MB"), Figure.Percent(bulk.Max() / stream.Max())],
                        ["messages of the control lane, answered", BestAndMedian(control, 1e3, "thousand"), ""],
                    ]),
            ],
            Thresholds =
            [
                new Threshold { What = "local tell, % of a bare bounded channel", Measured = 100 * tell.Max() / channel.Max(), Required = RequiredTell },
                new Threshold { What = "bulk lane, % of a bare SslStream copy", Measured = 100 * bulk.Max() / stream.Max(), Required = RequiredBulk },
            ],
            Notes =
            [
                $"One producer and one consumer; mailbox and channel hold 4,096. The bulk lane's messages have {BulkLane.PieceBytes / 1024} KiB, and so have the writes to the bare stream; "
                + "both under TLS 1.3 with the same certificates over loopback, from memory into memory.",
                $"The control lane's messages and their answers have {ControlLane.MessageBytes} bytes; {Figure.Count(ControlLane.UnderWay)} are under way at a time, both nodes in this process.",
                $"{runs} runs of each, in turns with its limit.",
            ],
        };
    }

    private static (double[] First, double[] Second) InTurns(int runs, Func<int, double> first, Func<int, double> second)
    {
        double[] firsts = new double[runs];
        double[] seconds = new double[runs];

        // The first of each is for the compiler.
        first(-1);
        second(-1);
        for (int run = 0; run < runs; run++)
        {
            firsts[run] = first(run);
            seconds[run] = second(run);
        }

        return (firsts, seconds);
    }

    private static string BestAndMedian(double[] perSecond, double unit, string name)
        => $"{Figure.Short(perSecond.Max() / unit)} ({Figure.Short(perSecond.Order().ElementAt(perSecond.Length / 2) / unit)}) {name}";
}
