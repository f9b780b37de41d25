using LeitherCluster.LoadTests.Reports;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.Runs.Reports;

/// <summary>Two runs side by side.</summary>
internal static class RunComparison
{
    public static void Write(RunReport first, RunReport second, TextWriter output)
    {
        output.WriteLine($"a: {first.Scenario.Name}, {first.Machine.Date}, commit {first.Machine.Commit}, {RunTables.Verdict(first)}");
        output.WriteLine($"b: {second.Scenario.Name}, {second.Machine.Date}, commit {second.Machine.Commit}, {RunTables.Verdict(second)}");
        foreach (string difference in Differences(first, second))
        {
            output.WriteLine($"they differ in {difference}");
        }

        output.WriteLine();
        ReportWriter.WriteTable(["", "a", "b", "b / a"], [.. Figures(first, second).Select(figure => Row(figure.What, figure.A, figure.B))], output);
    }

    /// <summary>The same for programs.</summary>
    public static void WriteJson(RunReport first, RunReport second, TextWriter output) => output.WriteLine(RunJson.WriteAny(new
    {
        a = new { first.Session, first.Scenario.Name, first.Machine.Date, first.Machine.Commit, first.Passed },
        b = new { second.Session, second.Scenario.Name, second.Machine.Date, second.Machine.Commit, second.Passed },
        differences = Differences(first, second),
        figures = Figures(first, second).Select(figure => new { figure.What, figure.A, figure.B, ratio = figure.A == 0 ? (double?)null : figure.B / figure.A }),
    }));

    private static IEnumerable<(string What, double A, double B)> Figures(RunReport first, RunReport second)
    {
        foreach (Metric metric in Metric.All)
        {
            if (first.Metrics.TryGetValue(metric.Name, out double a) && second.Metrics.TryGetValue(metric.Name, out double b))
            {
                yield return (metric.Unit.Length == 0 ? metric.Name + " a second" : $"{metric.Name}, {metric.Unit}", a, b);
            }
        }

        yield return ("core seconds a million", first.Cost.CoreSecondsPerMillion, second.Cost.CoreSecondsPerMillion);
        yield return ("bytes journaled a transfer", first.Cost.BytesJournaled, second.Cost.BytesJournaled);
        yield return ("memory, MiB", first.Cost.MemoryMiBMax, second.Cost.MemoryMiBMax);
    }

    private static string[] Row(string what, double a, double b) => [what, Figure.Short(a), Figure.Short(b), a == 0 ? "" : Figure.Short(b / a)];

    // What would make the figures incomparable.
    private static IEnumerable<string> Differences(RunReport first, RunReport second)
    {
        (string What, string First, string Second)[] settings =
        [
            ("the scenario", RunTables.Settings(first), RunTables.Settings(second)),
            ("the processor", first.Machine.Processor, second.Machine.Processor),
            ("the cores", $"{first.Machine.Cores}", $"{second.Machine.Cores}"),
        ];
        return settings.Where(setting => setting.First != setting.Second).Select(setting => $"{setting.What}: {setting.First} | {setting.Second}");
    }
}
