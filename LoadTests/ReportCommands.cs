using System.CommandLine;
using LeitherCluster.LoadTests.Runs;
using LeitherCluster.LoadTests.Runs.Reports;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests;

/// <summary><c>compare A B</c> and <c>scenarios</c>.</summary>
internal static class ReportCommands
{
    private const int BadInput = 2;
    private const string Json = "json";

    /// <summary>Compares two reports.</summary>
    public static Command CreateCompare()
    {
        var first = new Argument<string>("a") { Description = "The report.json of a run." };
        var second = new Argument<string>("b") { Description = "That of another." };
        Option<string> output = Output();
        var command = new Command("compare", "Puts two runs side by side. For example: leither-load compare reports/monday/report.json reports/today/report.json") { first, second, output };
        command.SetAction(arguments =>
        {
            try
            {
                RunReport a = RunJson.Read(arguments.GetRequiredValue(first));
                RunReport b = RunJson.Read(arguments.GetRequiredValue(second));
                if (arguments.GetValue(output) == Json)
                {
                    RunComparison.WriteJson(a, b, Console.Out);
                }
                else
                {
                    RunComparison.Write(a, b, Console.Out);
                }

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
        Option<string> output = Output();
        var command = new Command("scenarios", "Lists the scenarios that can be run by name, and what thresholds may be about.") { output };
        command.SetAction(arguments =>
        {
            if (arguments.GetValue(output) == Json)
            {
                Console.WriteLine(RunJson.WriteAny(new
                {
                    scenarios = BuiltInScenarios.All.Select(scenario => new { scenario.Name, scenario.Description }),
                    metrics = Metric.All.Select(metric => new { metric.Name, metric.Unit, metric.Meaning }),
                }));
                return;
            }

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

    private static Option<string> Output()
    {
        var option = new Option<string>("--output", "-o") { Description = "How it is printed.", HelpName = $"text|{Json}", DefaultValueFactory = _ => "text" };
        option.AcceptOnlyFromAmong("text", Json);
        return option;
    }
}
