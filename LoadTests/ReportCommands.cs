using System.CommandLine;
using LeitherCluster.LoadTests.Runs.Reports;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests;

/// <summary><c>compare A B</c> and <c>scenarios</c>.</summary>
internal static class ReportCommands
{
    private const int BadInput = 2;

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
}
