using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeitherCluster.Hosting.Operators.Contracts;

namespace LeitherCluster.Hosting.Operators;

/// <summary>A document as people read it: facts one below the other, and a table whose columns stand under their names. Numbers stand to the right.</summary>
internal static class DocumentText
{
    private const int WidthMin = 8;
    private const string Gap = "  ";
    private const string Bold = "\u001b[1m";
    private const string Plain = "\u001b[0m";

    /// <summary>Writes it.</summary>
    /// <param name="output">where</param>
    /// <param name="document">what</param>
    /// <param name="isColoured">whether the columns' names stand out</param>
    /// <param name="columnsMax">what the terminal has: long cells are cut so that a line fits, but for those of the last column</param>
    public static void Write(TextWriter output, OperatorDocument document, bool isColoured = false, int columnsMax = int.MaxValue)
    {
        int widest = document.Facts.Count == 0 ? 0 : document.Facts.Max(fact => fact.Key.Length);
        foreach ((string name, JsonNode? value) in document.Facts)
        {
            output.WriteLine($"{name.PadRight(widest)}{Gap}{TextOf(value)}".TrimEnd());
        }

        if (document.Columns.Count > 0)
        {
            if (document.Facts.Count > 0)
            {
                output.WriteLine();
            }

            WriteTable(output, document, isColoured, columnsMax);
        }
    }

    /// <summary>A text comes from elsewhere: nothing in it may move the cursor of whoever looks.</summary>
    public static string Clean(string text) => string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character));

    private static void WriteTable(TextWriter output, OperatorDocument document, bool isColoured, int columnsMax)
    {
        string[][] cells = [.. document.Rows.Select(row => row.Select(TextOf).ToArray())];
        int[] widths = [.. document.Columns.Select((column, i) => cells.Select(row => row[i].Length).Append(column.Length).Max())];
        bool[] right = [.. document.Columns.Select((_, i) => document.Rows.Count > 0 && document.Rows.All(row => row[i] is null || row[i]!.GetValueKind() == JsonValueKind.Number))];
        Fit(widths, right, columnsMax);
        string head = LineOf(document.Columns);
        output.WriteLine(isColoured ? $"{Bold}{head}{Plain}" : head);
        foreach (string[] row in cells)
        {
            output.WriteLine(LineOf(row));
        }

        string Cut(string cell, int column) => cell.Length <= widths[column] || column == widths.Length - 1 ? cell : $"{cell[..(widths[column] - 1)]}…";

        string LineOf(IReadOnlyList<string> row) => string.Join(Gap, row.Select((cell, i) => right[i] ? cell.PadLeft(widths[i]) : Cut(cell, i).PadRight(widths[i]))).TrimEnd();
    }

    // The widest texts give way first.
    private static void Fit(int[] widths, bool[] right, int columnsMax)
    {
        int over = widths.Sum() + (Gap.Length * (widths.Length - 1)) - columnsMax;
        while (over > 0)
        {
            int widest = Enumerable.Range(0, widths.Length - 1).Where(i => !right[i]).OrderByDescending(i => widths[i]).DefaultIfEmpty(-1).First();
            if (widest < 0 || widths[widest] <= WidthMin)
            {
                return;
            }

            widths[widest]--;
            over--;
        }
    }

    private static string TextOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null => "",
        JsonValueKind.String => Clean(value.GetValue<string>()),
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        _ => Convert.ToString(value.ToJsonString(), CultureInfo.InvariantCulture),
    };
}
