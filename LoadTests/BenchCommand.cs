using System.CommandLine;
using System.Runtime.InteropServices;
using LeitherCluster.LoadTests.Benchmarks;
using LeitherCluster.LoadTests.Benchmarks.Hashing;
using LeitherCluster.LoadTests.Benchmarks.Http;
using LeitherCluster.LoadTests.Benchmarks.Nodes;
using LeitherCluster.LoadTests.Benchmarks.Peers;
using LeitherCluster.LoadTests.Benchmarks.Pipeline;
using LeitherCluster.LoadTests.Benchmarks.Signatures;
using LeitherCluster.LoadTests.Benchmarks.Trees;
using LeitherCluster.LoadTests.Measuring;
using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests;

/// <summary>
/// <c>bench NAME</c> runs one benchmark, <c>bench all</c> all of them. The exit code is 1 if a figure that must be reached was
/// missed.
/// </summary>
internal static class BenchCommand
{
    private const int Missed = 1;
    private const int Interrupted = 130;

    private static readonly IBenchmark[] s_benchmarks =
    [
        new HashBenchmark(), new TreeBenchmark(), new SignatureBenchmark(), new PipelineBenchmark(), new JournalsBenchmark(), new RecoveryBenchmark(), new SignedBenchmark(), new HttpBenchmark(), new PeersBenchmark(),
        new RemotingBenchmark(),
    ];

    private static readonly Option<ReportFormat> s_format = new("--output", "-o")
    {
        Description = "How the figures are printed.",
        DefaultValueFactory = _ => ReportFormat.Markdown,
        Recursive = true,
    };

    private static readonly Option<int> s_core = CreateCoreOption();

    public static Command Create()
    {
        var command = new Command("bench", "Measures parts of the ledger, each beside its limit. Exit code 1: a figure was missed.")
        {
            s_format,
            s_core,
        };
        foreach (IBenchmark benchmark in s_benchmarks)
        {
            command.Add(Create(benchmark.Name, benchmark.Purpose, [benchmark]));
        }

        command.Add(Create("all", "Runs all of them, one after the other.", s_benchmarks));
        return command;
    }

    /// <summary><c>peers</c>, which is a benchmark too.</summary>
    public static Command CreatePeers()
    {
        var peers = new PeersBenchmark();
        Command command = Create(peers.Name, peers.Purpose, [peers]);
        command.Add(s_format);
        command.Add(s_core);
        return command;
    }

    private static Option<int> CreateCoreOption()
    {
        int[] allowed = ThreadCore.Allowed();
        var option = new Option<int>("--core")
        {
            Description = "The core that what says 'one core' runs on.",
            DefaultValueFactory = _ => allowed[^1],
            Recursive = true,
        };
        option.Validators.Add(result =>
        {
            if (!allowed.Contains(result.GetValueOrDefault<int>()))
            {
                result.AddError($"This process may use the cores {string.Join(", ", allowed)}.");
            }
        });
        return option;
    }

    private static Command Create(string name, string purpose, IReadOnlyList<IBenchmark> benchmarks)
    {
        var command = new Command(name, purpose);
        foreach (Option option in benchmarks.SelectMany(benchmark => benchmark.Options))
        {
            command.Add(option);
        }

        command.SetAction(arguments => Run(arguments, benchmarks));
        return command;
    }

    // A figure that is half measured is none: who is told to end does so at once. Servers and folders of the run go with the process, see PrivateServer and
    // TemporaryFolder.
    private static int Run(ParseResult arguments, IReadOnlyList<IBenchmark> benchmarks)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        PosixSignalRegistration[] signals =
        [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                told.TrySetResult();
            })),
        ];
        Task<int> measuring = Task.Factory.StartNew(() => Measure(arguments, benchmarks), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (Task.WaitAny(measuring, told.Task) == 1)
        {
            Environment.Exit(Interrupted);
        }

        Array.ForEach(signals, static signal => signal.Dispose());
        return measuring.GetAwaiter().GetResult();
    }

    private static int Measure(ParseResult arguments, IReadOnlyList<IBenchmark> benchmarks)
    {
        Machine machine = Machine.Current();
        int core = arguments.GetValue(s_core);
        var reports = new List<BenchmarkReport>();
        foreach (IBenchmark benchmark in benchmarks)
        {
            Console.Error.WriteLine($"{benchmark.Name}: {benchmark.Purpose}");
            reports.Add(benchmark.Run(arguments, core));
        }

        string command = string.Join(' ', arguments.Tokens.Select(token => token.Value).Prepend("leither-load"));
        var run = new BenchmarkRun(command, machine, reports);
        ReportWriter.Write(run, arguments.GetValue(s_format), Console.Out);
        return run.AllMet ? 0 : Missed;
    }
}
