using LeitherCluster.Client.Contracts;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace LeitherCluster.Hosting.Views;

/// <summary>The last beats as a table that is drawn anew with each, made to measure: no line of it is wider than the terminal, and none wraps.</summary>
internal sealed class PulseTable(string title)
{
    private const int RowCountMax = 30;
    private const int RowCountMin = 3;
    private const int WideColumns = 100;
    private const int NarrowRootDigits = 8;

    // Title, three lines of header, the bottom, and the line that the cursor is left on.
    private const int OtherLines = 6;

    private readonly Queue<PulseResult> _pulses = new(RowCountMax);

    public void Add(PulseResult pulse)
    {
        if (_pulses.Count == RowCountMax)
        {
            _pulses.Dequeue();
        }

        _pulses.Enqueue(pulse);
    }

    /// <summary>The table as it is now, with lines of text below, for a terminal of so many columns and lines.</summary>
    public IRenderable Draw(IReadOnlyList<string> caption, int width, int height)
    {
        bool isWide = width >= WideColumns;
        int rowCount = Math.Clamp(height - OtherLines - caption.Count, RowCountMin, RowCountMax);
        Table table = Empty(isWide);
        foreach (PulseResult pulse in _pulses.TakeLast(rowCount))
        {
            table.AddRow([.. CellsOf(pulse, isWide).Select(cell => new Text(cell))]);
        }

        return new Rows([new Text(title).Ellipsis(), table, .. caption.Select(line => new Text(line).Ellipsis())]);
    }

    private static Table Empty(bool isWide)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn(Column("pulse").RightAligned());
        table.AddColumn(Column("beat").RightAligned());
        table.AddColumn(Column("time (UTC)"));
        table.AddColumn(Column("root"));
        table.AddColumn(Column("transfers").RightAligned());
        if (isWide)
        {
            table.AddColumn(Column("branches").RightAligned());
            table.AddColumn(Column("durable after").RightAligned());
        }

        table.AddColumn(Column(isWide ? "committed after" : "latency").RightAligned());
        return table;
    }

    private static TableColumn Column(string name) => new TableColumn(name).NoWrap();

    private static IEnumerable<string> CellsOf(PulseResult pulse, bool isWide)
    {
        yield return pulse.Sequence.ToString();
        yield return pulse.Beat;
        yield return pulse.At[11..23];
        yield return !pulse.Changed ? "same" : pulse.Root[..(isWide ? PulseLine.RootDigits : NarrowRootDigits)];
        yield return pulse.Changed ? pulse.Transfers.ToString("N0") : "";
        if (isWide)
        {
            yield return pulse.Changed ? pulse.Branches.ToString() : "";
            yield return pulse.Changed ? $"{PulseLine.Milliseconds(pulse.DurableUs)} ms" : "";
        }

        yield return pulse.Changed ? $"{PulseLine.Milliseconds(pulse.CommittedUs)} ms" : "";
    }
}
