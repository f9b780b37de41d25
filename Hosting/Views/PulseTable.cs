using LeitherCluster.Hosting.Api.Contracts;
using Spectre.Console;

namespace LeitherCluster.Hosting.Views;

/// <summary>The last beats as a table that is drawn anew with each.</summary>
internal sealed class PulseTable(string title)
{
    private const int RowCountMax = 15;

    private readonly Queue<PulseResult> _pulses = new(RowCountMax);

    public void Add(PulseResult pulse)
    {
        if (_pulses.Count == RowCountMax)
        {
            _pulses.Dequeue();
        }

        _pulses.Enqueue(pulse);
    }

    /// <summary>The table as it is now, with a line of text below.</summary>
    public Table Draw(string caption)
    {
        var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle(Markup.Escape(title)), Caption = new TableTitle(Markup.Escape(caption)) };
        table.AddColumn(new TableColumn("pulse").RightAligned());
        table.AddColumn(new TableColumn("beat").RightAligned());
        table.AddColumn("time (UTC)");
        table.AddColumn("root");
        table.AddColumn(new TableColumn("transfers").RightAligned());
        table.AddColumn(new TableColumn("branches").RightAligned());
        table.AddColumn(new TableColumn("committed after").RightAligned());
        foreach (PulseResult pulse in _pulses)
        {
            table.AddRow(
                pulse.Sequence.ToString(),
                pulse.Beat,
                pulse.At[11..23],
                pulse.Changed ? pulse.Root[..PulseLine.RootDigits] : "[grey]unchanged[/]",
                pulse.Changed ? pulse.Transfers.ToString("N0") : "",
                pulse.Changed ? pulse.Branches.ToString() : "",
                pulse.Changed ? $"{PulseLine.Milliseconds(pulse.CommittedUs)} ms" : "");
        }

        return table;
    }
}
