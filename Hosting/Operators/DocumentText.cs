using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeitherCluster.Hosting.Operators.Contracts;

namespace LeitherCluster.Hosting.Operators;

/// <summary>A document as people read it: facts one below the other, and a table whose columns stand under their names. Numbers stand to the right.</summary>
internal static class DocumentText
{
    private const string Gap = "  ";
    private const string Bold = "\u001b[1m";
    private const string Plain = "\u001b[0m";

    /// <summary>Writes it.</summary>
    public static void Write(TextWriter output, OperatorDocument document, bool isColoured = false)
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

            WriteTable(output, document, isColoured);
        }
    }

    /// <summary>A text comes from elsewhere: nothing in it may move the cursor of whoever looks.</summary>
    public static string Clean(string text) => string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character));

    private static void WriteTable(TextWriter output, OperatorDocument document, bool isColoured)
    {
        string[][] cells = [.. document.Rows.Select(row => row.Select(TextOf).ToArray())];
        int[] widths = [.. document.Columns.Select((column, i) => cells.Select(row => row[i].Length).Append(column.Length).Max())];
        bool[] right = [.. document.Columns.Select((_, i) => document.Rows.Count > 0 && document.Rows.All(row => row[i] is null || row[i]!.GetValueKind() == JsonValueKind.Number))];
        string head = LineOf(document.Columns);
        output.WriteLine(isColoured ? $"{Bold}{head}{Plain}" : head);
        foreach (string[] row in cells)
        {
            output.WriteLine(LineOf(row));
        }

        string LineOf(IReadOnlyList<string> row) => string.Join(Gap, row.Select((cell, i) => right[i] ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).TrimEnd();
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
