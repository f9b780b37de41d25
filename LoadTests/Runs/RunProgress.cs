using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Runs;

/// <summary>
/// Shows on a console how a run goes: what it is about, and while it loads on a terminal a table that is drawn anew at every interval, elsewhere a line an interval.
/// </summary>
internal sealed class RunProgress
{
    private const int HeadEvery = 20;

    private readonly TextWriter _output;
    private readonly LiveArea? _live;
    private readonly LiveTable _table = new();
    private int _shown;
    private bool _isLineOpen;

    /// <param name="output">where it is shown</param>
    /// <param name="terminalWidth">gives the columns of the terminal that this is; null when it is none</param>
    public RunProgress(TextWriter output, Func<int>? terminalWidth = null)
    {
        _output = output;
        _live = terminalWidth is null ? null : new LiveArea(output, terminalWidth);
    }

    /// <summary>On the error stream of this process, which may be a terminal.</summary>
    public static RunProgress OnConsole() =>
        new(Console.Error, Console.IsErrorRedirected || Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb" ? null : () => Console.WindowWidth);

    /// <summary>Says what happens now.</summary>
    public void Say(string what)
    {
        _live?.Leave();
        _output.WriteLine(what);
    }

    /// <summary>Shows how the load goes.</summary>
    public void Show(RunMoment moment)
    {
        if (_live is not null)
        {
            _live.Draw(_table.Lines(moment, _live.Width));
            return;
        }

        if (_shown++ % HeadEvery == 0)
        {
            _output.WriteLine("   time      due/s     sent/s committed/s   p50 ms   p99 ms   busy   late");
        }

        RunInterval interval = moment.Interval;
        double late = moment.Total.Scheduled == 0 ? 0 : moment.Total.Late / (double)moment.Total.Scheduled;
        _output.WriteLine(
            $"{interval.At,5:0} s {Figure.Count((long)interval.Scheduled),10} {Figure.Count((long)interval.Sent),10} {Figure.Count((long)interval.Committed),11} "
            + $"{Figure.Short(interval.P50),8} {Figure.Short(interval.P99),8} {Figure.Percent(interval.CoresBusy),6} {Figure.Percent(late),6}");
    }

    /// <summary>Shows how much of a load is prepared.</summary>
    public void ShowPrepared(int done, int count, TimeSpan since)
    {
        if (_live is not null)
        {
            _output.Write($"\r  {Figure.Count(done)} of {Figure.Count(count)} batches, {since.TotalSeconds:0} s ");
            _isLineOpen = true;
        }
    }

    /// <summary>All of it is.</summary>
    public void EndPrepared()
    {
        if (_isLineOpen)
        {
            _output.WriteLine();
            _isLineOpen = false;
        }
    }
}
