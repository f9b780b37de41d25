using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using LeitherCluster.LoadTests.Measuring;

namespace LeitherCluster.LoadTests.Reports;

/// <summary>Prints a run.</summary>
internal static class ReportWriter
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static void Write(BenchmarkRun run, ReportFormat format, TextWriter output)
    {
        if (format == ReportFormat.Json)
        {
            output.WriteLine(JsonSerializer.Serialize(run, s_json));
        }
        else
        {
            WriteMarkdown(run, output);
        }
    }

    private static void WriteMarkdown(BenchmarkRun run, TextWriter output)
    {
        Machine machine = run.Machine;
        output.WriteLine($"`{run.Command}`, {machine.Date}, commit {machine.Commit}");
        output.WriteLine(
            $"{machine.Processor}, {machine.Cores} cores, {Figure.Short(machine.MemoryGibibytes)} GiB, {machine.System}, {machine.Framework}, "
            + $"vectors: {machine.Vectors}, load at the start: {Figure.Short(machine.LoadAtStart)}");
        foreach (BenchmarkReport report in run.Reports)
        {
            output.WriteLine();
            output.WriteLine($"## {report.Title}");
            foreach (ReportTable table in report.Tables)
            {
                output.WriteLine();
                output.WriteLine(table.Caption);
                output.WriteLine();
                WriteTable(table.Columns, table.Rows, output);
            }

            if (report.Thresholds.Count > 0)
            {
                output.WriteLine();
                WriteTable(["must reach", "required", "measured", ""], [.. report.Thresholds.Select(Row)], output);
            }

            output.WriteLine();
            foreach (string note in report.Notes)
            {
                output.WriteLine($"- {note}");
            }
        }
    }

    private static string[] Row(Threshold threshold) =>
    [
        threshold.What,
        (threshold.IsUpperBound ? "at most " : "at least ") + Figure.Short(threshold.Required),
        Figure.Short(threshold.Measured),
        threshold.IsMet ? "met" : "MISSED",
    ];

    /// <summary>Writes a table in Markdown, its columns aligned.</summary>
    public static void WriteTable(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows, TextWriter output)
    {
        int[] widths = [.. columns.Select((column, index) => Math.Max(3, rows.Select(row => row[index].Length).Append(column.Length).Max()))];
        WriteRow(columns, widths, output);
        output.WriteLine("| " + string.Join(" | ", widths.Select((width, index) =>
            index == 0 ? new string('-', width) : new string('-', width - 1) + ":")) + " |");
        foreach (IReadOnlyList<string> row in rows)
        {
            WriteRow(row, widths, output);
        }
    }

    private static void WriteRow(IReadOnlyList<string> cells, int[] widths, TextWriter output) =>
        output.WriteLine("| " + string.Join(" | ", cells.Select((cell, index) =>
            index == 0 ? cell.PadRight(widths[index]) : cell.PadLeft(widths[index]))) + " |");
}
