using System.CommandLine;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.LoadTests.Benchmarks;
using LeitherCluster.LoadTests.Benchmarks.Clusters;
using LeitherCluster.LoadTests.Benchmarks.Hashing;
using LeitherCluster.LoadTests.Benchmarks.Http;
using LeitherCluster.LoadTests.Benchmarks.Nodes;
using LeitherCluster.LoadTests.Benchmarks.Peers;
using LeitherCluster.LoadTests.Benchmarks.Pipeline;
using LeitherCluster.LoadTests.Benchmarks.Signatures;
using LeitherCluster.LoadTests.Benchmarks.Trees;
using LeitherCluster.LoadTests.Groups;
using LeitherCluster.LoadTests.Measuring;
using LeitherCluster.LoadTests.Reports;
using LeitherCluster.LoadTests.Scaling;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests;

/// <summary>
/// <c>bench NAME</c> runs one benchmark, <c>bench all</c> all of them. The exit code is 1 if a figure that must be reached was
/// missed.
/// </summary>
internal static class BenchCommand
{
    private const int Missed = 1;
    private const int BadInput = 2;

    private static readonly IBenchmark[] s_benchmarks =
    [
        new HashBenchmark(), new TreeBenchmark(), new SignatureBenchmark(), new PipelineBenchmark(), new JournalsBenchmark(), new RecoveryBenchmark(), new SignedBenchmark(), new HttpBenchmark(), new PeersBenchmark(),
        new RemotingBenchmark(), new ClusterBenchmark(), new FaultsBenchmark(),
    ];

    /// <summary>Those that take long, and use the whole machine.</summary>
    private static readonly IBenchmark[] s_long = [new ScenariosBenchmark(), new ScalingBenchmark()];

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
        foreach (IBenchmark benchmark in s_benchmarks.Concat(s_long))
        {
            command.Add(Create(benchmark.Name, benchmark.Purpose, [benchmark]));
        }

        command.Add(Create("all", $"Runs all of them but {string.Join(" and ", s_long.Select(benchmark => benchmark.Name))}, one after the other.", s_benchmarks));
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

    // A figure that is half measured is none: who is told to end does so at once.
    private static int Run(ParseResult arguments, IReadOnlyList<IBenchmark> benchmarks)
    {
        using var signals = new EndSignals();
        Machine machine = Machine.Current();
        int core = arguments.GetValue(s_core);
        var reports = new List<BenchmarkReport>();
        try
        {
            foreach (IBenchmark benchmark in benchmarks)
            {
                Console.Error.WriteLine($"{benchmark.Name}: {benchmark.Purpose}");
                reports.Add(benchmark.Run(arguments, core));
            }
        }
        catch (CommandFailedException failure)
        {
            Console.Error.WriteLine($"leither-load: {failure.Message}");
            return (int)failure.ExitCode;
        }
        catch (ScenarioException failure)
        {
            Console.Error.WriteLine($"leither-load: {failure.Message}");
            return BadInput;
        }

        string command = string.Join(' ', arguments.Tokens.Select(token => token.Value).Prepend("leither-load"));
        var run = new BenchmarkRun(command, machine, reports);
        ReportWriter.Write(run, arguments.GetValue(s_format), Console.Out);
        return run.AllMet ? 0 : Missed;
    }
}
