using System.CommandLine;
using System.Globalization;
using LeitherCluster.Client;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.LoadTests.Benchmarks.Pipeline;
using LeitherCluster.LoadTests.FrontDoor;
using LeitherCluster.LoadTests.Runs;
using LeitherCluster.LoadTests.Runs.Reports;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests;

/// <summary>
/// <c>run SCENARIO|FILE</c>. Exit codes: 0 passed, 1 failed (a threshold, the audit, or the load ended early), 2 bad input, 3 the ledger cannot be reached,
/// 130 interrupted.
/// </summary>
internal sealed class RunCommand
{
    private const int Failed = 1;
    private const int BadInput = 2;
    private const int Unreachable = 3;
    private const int Interrupted = 130;
    private const int NodesMax = 9;
    private const int GeneratorsMax = 64;

    private readonly Argument<string> _which = new("scenario") { Description = "A built-in one by name (leither-load scenarios lists them), or a JSON file." };
    private readonly Option<string?> _target = new("--target") { Description = "Load a ledger that runs already, through its nodes' HTTP API.", HelpName = "HOST:PORT[,HOST:PORT...]" };
    private readonly Option<string?> _key = new("--key") { Description = "The organization's key file, which funds the parties, for --target.", HelpName = "FILE" };
    private readonly Option<int?> _devnet = new("--devnet") { Description = $"Load a development network of so many nodes, 1 to {NodesMax}, made for this run.", HelpName = "N" };
    private readonly Option<bool> _node = new("--node") { Description = "Load a node of its own, made for this run: through the front door, too." };
    private readonly Option<int> _generators = new("--generators") { Description = $"Send from so many processes, 1 to {GeneratorsMax}; more than one go through the front door.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<double?> _rate = new("--rate") { Description = "Instead of the scenario's highest rate, transfers a second; its other rates in proportion.", HelpName = "N" };
    private readonly Option<string?> _during = new("--during") { Description = "Instead of the length of the scenario's load, like 5s; its parts in proportion.", HelpName = "TIME" };
    private readonly Option<string?> _session = new("--session") { Description = "A name for the run; scenario and time when left out.", HelpName = "NAME" };
    private readonly Option<string> _reports = new("--reports") { Description = "Under this folder the report's is made, by the session's name.", HelpName = "DIR", DefaultValueFactory = _ => "reports" };
    private readonly Option<string?> _report = new("--report") { Description = "Write the JSON report to this file, too.", HelpName = "FILE" };
    private readonly Option<string?> _data = new("--data") { Description = "Under this folder the ledger's is made, and removed again; the system's temporary one when left out.", HelpName = "DIR" };
    private readonly Option<string?> _prepared = new("--prepared") { Description = "Keep signed transfers in this folder, for later runs with the same parameters.", HelpName = "DIR" };
    private readonly Option<int?> _parties = new("--parties") { Description = "Instead of the scenario's number of accounts.", HelpName = "N" };
    private readonly Option<JournalKind?> _journal = new("--journal") { Description = "Instead of the scenario's journal, in this process.", HelpName = "files|postgres" };
    private readonly Option<string?> _cycle = new("--cycle") { Description = "Instead of the scenario's pulse cycle, like 250ms.", HelpName = "TIME" };
    private readonly Option<int?> _seed = new("--seed") { Description = "Instead of the scenario's seed.", HelpName = "N" };
    private readonly Option<string[]> _plugins = PluginsOption();
    private readonly Option<RunOutput> _output = new("--output", "-o") { Description = "How the report is printed.", HelpName = "text|json", DefaultValueFactory = _ => RunOutput.Text };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var run = new RunCommand();
        var command = new Command(
            "run",
            "Runs a scenario, audits it, and writes a report: on a ledger in this process, or through the front door with --node, --devnet or --target. "
            + "For example: leither-load run uniform; leither-load run mixed --devnet 3 --during 10s; leither-load run bundles --target 127.0.0.1:7700 --key data/organization.key. "
            + "Exit codes: 0 passed, 1 failed, 2 bad input, 3 unreachable, 130 interrupted.")
        {
            run._which, run._target, run._key, run._devnet, run._node, run._generators, run._rate, run._during, run._session, run._reports, run._report, run._data, run._prepared,
            run._parties, run._journal, run._cycle, run._seed, run._plugins, run._output,
        };
        command.SetAction(run.ExecuteAsync);
        return command;
    }

    private async Task<int> ExecuteAsync(ParseResult arguments, CancellationToken cancel)
    {
        // Ctrl-C is listened to from when this first gives way, and a load keeps its thread.
        await Task.Yield();
        try
        {
            Scenario scenario = ScenarioOf(arguments);
            string name = arguments.GetValue(_session) ?? string.Create(CultureInfo.InvariantCulture, $"{scenario.Name}-{DateTime.UtcNow:yyyyMMdd-HHmmss}");
            string asked = string.Join(' ', arguments.Tokens.Select(token => token.Value).Prepend("leither-load"));
            var progress = RunProgress.OnConsole();
            RunReport report = IsFrontDoor(arguments, scenario)
                ? await RunFrontDoorAsync(arguments, scenario, name, asked, progress, cancel)
                : await RunInProcessAsync(arguments, scenario, name, asked, progress, cancel);
            return Finish(report, arguments, Path.Combine(arguments.GetRequiredValue(_reports), name), cancel);
        }
        catch (ScenarioException exception)
        {
            return Fail(BadInput, exception.Message);
        }
        catch (CommandFailedException exception)
        {
            return Fail((int)exception.ExitCode, exception.Message);
        }
        catch (LedgerClientException exception)
        {
            return Fail(Unreachable, exception.Message);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return Fail(Interrupted, "Interrupted before the load began; there is nothing to report.");
        }
    }

    private static int Fail(int exitCode, string message)
    {
        Console.Error.WriteLine($"leither-load: {message}");
        return exitCode;
    }

    private bool IsFrontDoor(ParseResult arguments, Scenario scenario) =>
        scenario.NeedsFrontDoor || arguments.GetValue(_target) is not null || arguments.GetValue(_devnet) is not null || arguments.GetValue(_node) || arguments.GetValue(_generators) > 1;

    private async Task<RunReport> RunInProcessAsync(ParseResult arguments, Scenario scenario, string session, string asked, RunProgress progress, CancellationToken cancel)
    {
        using var run = new ScenarioRun(scenario, arguments.GetValue(_data), progress);
        return await run.RunAsync(session, asked, cancel);
    }

    private async Task<RunReport> RunFrontDoorAsync(ParseResult arguments, Scenario scenario, string session, string asked, RunProgress progress, CancellationToken cancel)
    {
        using var folder = new TemporaryFolder(arguments.GetValue(_data));
        using LoadTarget target = TargetOf(arguments, scenario, folder.Path);
        var run = new FrontDoorRun(scenario, target, arguments.GetValue(_prepared) ?? folder.Path, progress, arguments.GetValue(_generators));
        try
        {
            return await run.RunAsync(session, asked, cancel);
        }
        catch (LedgerClientException failure) when (target.LastSaid.Length != 0)
        {
            throw new LedgerClientException(failure.Fault, $"{failure.Message} It said last: {target.LastSaid}");
        }
        catch (ScenarioException failure) when (target.LastSaid.Length != 0)
        {
            throw new ScenarioException($"{failure.Message} It said last: {target.LastSaid}");
        }
    }

    private LoadTarget TargetOf(ParseResult arguments, Scenario scenario, string folder)
    {
        string? addresses = arguments.GetValue(_target);
        int? nodes = arguments.GetValue(_devnet) ?? (addresses is null && scenario.KillAfter is not null ? 3 : null);
        if (addresses is not null && nodes is not null)
        {
            throw new ScenarioException("--target and --devnet are two ledgers: name one.");
        }

        if (addresses is not null)
        {
            var target = new AddressTarget(addresses, arguments.GetValue(_key));
            return scenario.KillAfter is null ? target : throw new ScenarioException($"{scenario.Name} kills a node, which --target does not allow: use --devnet 3.");
        }

        if (nodes is < 1 or > NodesMax)
        {
            throw new ScenarioException($"--devnet must be from 1 to {NodesMax}, not {nodes}.");
        }

        return nodes is { } count ? new DevnetTarget(folder, count, scenario.Cycle) : new OwnNodeTarget(folder, scenario.Cycle, scenario.Seed);
    }

    private Scenario ScenarioOf(ParseResult arguments)
    {
        string text = arguments.GetRequiredValue(_which);
        Scenario? known = BuiltInScenarios.Find(text);
        Scenario scenario = known
            ?? (File.Exists(text)
                ? ScenarioFile.Read(text)
                : throw new ScenarioException($"There is no scenario '{text}', and no such file. There are {string.Join(", ", BuiltInScenarios.All.Select(each => each.Name))}."));
        if (known is not null && IsFrontDoor(arguments, scenario))
        {
            scenario = BuiltInScenarios.ThroughFrontDoor(scenario);
        }

        scenario = scenario with
        {
            Parties = arguments.GetValue(_parties) ?? scenario.Parties,
            Journal = arguments.GetValue(_journal) ?? scenario.Journal,
            Cycle = CycleOf(arguments.GetValue(_cycle)) ?? scenario.Cycle,
            Seed = arguments.GetValue(_seed) ?? scenario.Seed,
            Plugins = [.. scenario.Plugins, .. arguments.GetValue(_plugins) ?? []],
        };
        if (arguments.GetValue(_generators) is < 1 or > GeneratorsMax)
        {
            throw new ScenarioException($"--generators must be from 1 to {GeneratorsMax}, not {arguments.GetValue(_generators)}.");
        }

        if (scenario.Parties < 2)
        {
            throw new ScenarioException($"--parties must be at least 2, not {scenario.Parties}.");
        }

        if (arguments.GetValue(_rate) is { } rate)
        {
            scenario = rate is >= 0.001 and <= 1e9 && scenario.HighestRate > 0
                ? scenario.WithRate(rate)
                : throw new ScenarioException($"--rate must be a number from 0.001 to 1000000000, of a scenario that has rates, not {rate.ToString(CultureInfo.InvariantCulture)}.");
        }

        return arguments.GetValue(_during) is { } during ? scenario.WithLength(TimeOf("--during", during, TimeSpan.FromMilliseconds(100))) : scenario;
    }

    private static Option<string[]> PluginsOption()
    {
        var option = new Option<string[]>("--plugins") { Description = "Watch along and add tables to the report.", HelpName = string.Join('|', PluginNames.All), AllowMultipleArgumentsPerToken = true };
        option.AcceptOnlyFromAmong([.. PluginNames.All]);
        return option;
    }

    private static TimeSpan? CycleOf(string? text) => text is null ? null : TimeOf("--cycle", text, ScenarioFile.ShortestCycle);

    private static TimeSpan TimeOf(string option, string text, TimeSpan least) => TimeText.TryParse(text, out TimeSpan time) && time >= least
        ? time
        : throw new ScenarioException($"{option} must be a time of at least {TimeText.Format(least)}, like 250ms or 10s, not '{text}'.");

    private int Finish(RunReport report, ParseResult arguments, string folder, CancellationToken cancel)
    {
        IReadOnlyList<string> files = ReportFolder.Write(report, folder);
        if (arguments.GetValue(_report) is { } file)
        {
            File.WriteAllText(file, RunJson.Write(report) + "\n");
        }

        if (arguments.GetValue(_output) == RunOutput.Json)
        {
            Console.WriteLine(RunJson.Write(report));
        }
        else
        {
            RunMarkdown.Write(report, Console.Out);
        }

        Console.Error.WriteLine($"{report.Scenario.Name}: {RunTables.Verdict(report)}; {files[0]}");
        return cancel.IsCancellationRequested ? Interrupted : report.Passed ? 0 : Failed;
    }

    /// <summary>How a report is printed.</summary>
    private enum RunOutput
    {
        Text,
        Json,
    }
}
