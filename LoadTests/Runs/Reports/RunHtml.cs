using System.Net;
using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Runs.Reports;

/// <summary>A run's report as one HTML file that needs nothing else: tables, and charts as drawings that print as they look.</summary>
internal static class RunHtml
{
    private const string Style =
        "body{font:15px/1.45 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}"
        + "h1{font-size:1.5rem}h2{font-size:1.1rem;margin:1.8rem 0 .4rem}.passed{color:#0a6b2d}.failed{color:#b00020}"
        + "table{border-collapse:collapse;margin:.3rem 0;font-variant-numeric:tabular-nums}td,th{padding:.15rem .7rem;border-bottom:1px solid #ddd;text-align:right}"
        + "td:first-child,th:first-child{text-align:left;padding-left:0}small,figcaption{color:#555}figure{margin:1rem 0}svg{width:100%;height:auto}"
        + "code{background:#f4f4f4;padding:.1rem .3rem}@media print{body{margin:0;max-width:none}figure,tr{break-inside:avoid}h2{break-after:avoid}}";

    public static void Write(RunReport run, TextWriter output)
    {
        string verdict = RunTables.Verdict(run);
        output.WriteLine("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">");
        output.WriteLine($"<title>{Text(run.Scenario.Name)}: {Text(verdict)}</title><style>{Style}</style></head><body>");
        output.WriteLine($"<h1>{Text(run.Scenario.Name)}: <span class=\"{(run.Passed ? "passed" : "failed")}\">{Text(verdict)}</span></h1>");
        output.WriteLine($"<p><code>{Text(run.Command)}</code>, session {Text(run.Session)}</p><p><small>{Text(RunTables.Origin(run))}</small></p><p>{Text(RunTables.Settings(run))}</p>");
        WriteCharts(run, output);
        foreach (ReportTable table in RunTables.Of(run))
        {
            WriteTable(table, output);
        }

        output.WriteLine("</body></html>");
    }

    private static void WriteCharts(RunReport run, TextWriter output)
    {
        double[] at = [.. run.Intervals.Select(each => each.At)];
        LineChart.Write(
            output,
            "Transfers a second over time; commits come in whole pulses",
            at,
            [
                new("due", [.. run.Intervals.Select(each => each.Scheduled)]),
                new("sent", [.. run.Intervals.Select(each => each.Sent)]),
                new("committed", [.. run.Intervals.Select(each => each.Committed)]),
            ]);

        // Between two pulses nothing is committed, and there is nothing to be late.
        RunInterval[] answered = [.. run.Intervals.Where(each => each.Committed > 0)];
        LineChart.Write(
            output,
            "From when due to commit over time, ms",
            [.. answered.Select(each => each.At)],
            [new("median", [.. answered.Select(each => each.P50)]), new("99 %", [.. answered.Select(each => each.P99)])]);
        LineChart.Write(
            output,
            "Steps of each pulse, ms since its beat",
            [.. run.Pulses.Select(each => each.At)],
            [
                new("sealed", [.. run.Pulses.Select(each => each.SealedMs)]),
                new("durable", [.. run.Pulses.Select(each => each.DurableMs)]),
                new("credited", [.. run.Pulses.Select(each => each.CreditedMs)]),
                new("signed and durable", [.. run.Pulses.Select(each => each.CommittedMs)]),
            ]);
        LineChart.Write(output, "Memory and journal over time, MiB", at, [new("resident", [.. run.Intervals.Select(each => each.MemoryMiB)]), new("journal, on disk", [.. run.Intervals.Select(each => each.JournalMiB)])]);
    }

    private static void WriteTable(ReportTable table, TextWriter output)
    {
        output.WriteLine($"<h2>{Text(table.Caption)}</h2><table><tr>{string.Concat(table.Columns.Select(column => $"<th>{Text(column)}</th>"))}</tr>");
        foreach (IReadOnlyList<string> row in table.Rows)
        {
            output.WriteLine($"<tr>{string.Concat(row.Select(cell => $"<td>{Text(cell)}</td>"))}</tr>");
        }

        output.WriteLine("</table>");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
