using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Runs.Reports;

/// <summary>A run's report as Markdown.</summary>
internal static class RunMarkdown
{
    public static void Write(RunReport run, TextWriter output)
    {
        output.WriteLine($"# {run.Scenario.Name}: {RunTables.Verdict(run)}");
        output.WriteLine();
        output.WriteLine($"`{run.Command}`, session {run.Session}");
        output.WriteLine();
        output.WriteLine(RunTables.Origin(run));
        output.WriteLine();
        output.WriteLine(RunTables.Settings(run));
        foreach (ReportTable table in RunTables.Of(run))
        {
            output.WriteLine();
            output.WriteLine($"## {table.Caption}");
            output.WriteLine();
            ReportWriter.WriteTable(table.Columns, table.Rows, output);
        }
    }
}
