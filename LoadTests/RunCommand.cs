using System.CommandLine;
using System.Globalization;
using LeitherCluster.LoadTests.Runs;
using LeitherCluster.LoadTests.Runs.Reports;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests;

/// <summary><c>run SCENARIO|FILE</c>, <c>compare A B</c> and <c>scenarios</c>. Exit codes: 0 passed, 1 failed, 2 bad input, 130 interrupted.</summary>
internal static class RunCommand
{
    private const int Failed = 1;
    private const int BadInput = 2;
    private const int Interrupted = 130;

    /// <summary>Runs a scenario.</summary>
    public static Command Create()
    {
        var which = new Argument<string>("scenario") { Description = "A built-in one by name (leither-load scenarios lists them), or a JSON file." };
        var session = new Option<string?>("--session") { Description = "A name for the run; scenario and time when left out.", HelpName = "NAME" };
        var reports = new Option<string>("--reports") { Description = "Under this folder the report's is made, by the session's name.", HelpName = "DIR", DefaultValueFactory = _ => "reports" };
        var data = new Option<string?>("--data") { Description = "Under this folder the ledger's is made, and removed again; the system's temporary one when left out.", HelpName = "DIR" };
        var parties = new Option<int?>("--parties") { Description = "Instead of the scenario's number of accounts.", HelpName = "N" };
        var journal = new Option<JournalKind?>("--journal") { Description = "Instead of the scenario's journal.", HelpName = "files|postgres" };
        var cycle = new Option<string?>("--cycle") { Description = "Instead of the scenario's pulse cycle, like 250ms.", HelpName = "TIME" };
        var seed = new Option<int?>("--seed") { Description = "Instead of the scenario's seed.", HelpName = "N" };
        var json = new Option<bool>("--json") { Description = "Write the JSON report to standard output." };
        var command = new Command("run", "Runs a scenario on a ledger of its own in this process, audits it, and writes a report. For example: leither-load run uniform; leither-load run payday.json --journal postgres")
        {
            which, session, reports, data, parties, journal, cycle, seed, json,
        };
        command.SetAction(async (arguments, cancel) =>
        {
            try
            {
                Scenario scenario = ScenarioOf(arguments.GetRequiredValue(which));
                scenario = scenario with
                {
                    Parties = arguments.GetValue(parties) ?? scenario.Parties,
                    Journal = arguments.GetValue(journal) ?? scenario.Journal,
                    Cycle = CycleOf(arguments.GetValue(cycle)) ?? scenario.Cycle,
                    Seed = arguments.GetValue(seed) ?? scenario.Seed,
                };
                string name = arguments.GetValue(session) ?? string.Create(CultureInfo.InvariantCulture, $"{scenario.Name}-{DateTime.UtcNow:yyyyMMdd-HHmmss}");
                string asked = string.Join(' ', arguments.Tokens.Select(token => token.Value).Prepend("leither-load"));
                using var run = new ScenarioRun(scenario, arguments.GetValue(data), new RunProgress(Console.Error));
                RunReport report = await run.RunAsync(name, asked, cancel);
                return Finish(report, Path.Combine(arguments.GetRequiredValue(reports), name), arguments.GetValue(json), cancel);
            }
            catch (ScenarioException exception)
            {
                await Console.Error.WriteLineAsync($"leither-load: {exception.Message}");
                return BadInput;
            }
        });
        return command;
    }

    /// <summary>Compares two reports.</summary>
    public static Command CreateCompare()
    {
        var first = new Argument<string>("a") { Description = "The report.json of a run." };
        var second = new Argument<string>("b") { Description = "That of another." };
        var command = new Command("compare", "Puts two runs side by side. For example: leither-load compare reports/monday/report.json reports/today/report.json") { first, second };
        command.SetAction(arguments =>
        {
            try
            {
                RunComparison.Write(RunJson.Read(arguments.GetRequiredValue(first)), RunJson.Read(arguments.GetRequiredValue(second)), Console.Out);
                return 0;
            }
            catch (ScenarioException exception)
            {
                Console.Error.WriteLine($"leither-load: {exception.Message}");
                return BadInput;
            }
        });
        return command;
    }

    /// <summary>Lists the built-in scenarios.</summary>
    public static Command CreateList()
    {
        var command = new Command("scenarios", "Lists the scenarios that can be run by name, and what thresholds may be about.");
        command.SetAction(_ =>
        {
            foreach (Scenario scenario in BuiltInScenarios.All)
            {
                Console.WriteLine($"{scenario.Name,-14} {scenario.Description}");
            }

            Console.WriteLine();
            foreach (Metric metric in Metric.All)
            {
                Console.WriteLine($"{metric.Name,-18} {(metric.Unit.Length == 0 ? metric.Meaning : $"{metric.Unit}, {metric.Meaning}")}");
            }
        });
        return command;
    }

    private static Scenario ScenarioOf(string text) =>
        BuiltInScenarios.Find(text)
        ?? (File.Exists(text)
            ? ScenarioFile.Read(text)
            : throw new ScenarioException($"There is no scenario '{text}', and no such file. There are {string.Join(", ", BuiltInScenarios.All.Select(scenario => scenario.Name))}."));

    private static TimeSpan? CycleOf(string? text)
    {
        if (text is null)
        {
            return null;
        }

        return TimeText.TryParse(text, out TimeSpan cycle) && cycle >= ScenarioFile.ShortestCycle
            ? cycle
            : throw new ScenarioException($"--cycle must be a time of at least {TimeText.Format(ScenarioFile.ShortestCycle)}, like 250ms, not '{text}'.");
    }

    private static int Finish(RunReport report, string folder, bool toOutput, CancellationToken cancel)
    {
        IReadOnlyList<string> files = ReportFolder.Write(report, folder);
        if (toOutput)
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
}
