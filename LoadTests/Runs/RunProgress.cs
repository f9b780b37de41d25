using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Runs;

/// <summary>Shows on a console how a run goes: what it is about, and a line of figures an interval with the rates so far as a sparkline.</summary>
internal sealed class RunProgress(TextWriter output, bool isTerminal = false)
{
    private const int SparksMax = 16;
    private const int HeadEvery = 20;
    private const string Sparks = "▁▂▃▄▅▆▇█";

    private readonly List<double> _rates = [];
    private bool _isLineOpen;

    /// <summary>Says what happens now.</summary>
    public void Say(string what) => output.WriteLine(what);

    /// <summary>Shows an interval, in 79 columns.</summary>
    public void Show(RunInterval interval)
    {
        if (_rates.Count % HeadEvery == 0)
        {
            output.WriteLine("   time      due/s     sent/s committed/s   p50 ms   p99 ms busy");
        }

        _rates.Add(interval.Committed);
        output.WriteLine(
            $"{interval.At,5:0} s {Figure.Count((long)interval.Scheduled),10} {Figure.Count((long)interval.Sent),10} {Figure.Count((long)interval.Committed),11} "
            + $"{Figure.Short(interval.P50),8} {Figure.Short(interval.P99),8} {Figure.Percent(interval.CoresBusy),5} {Sparkline()}");
    }

    /// <summary>Shows how much of a load is prepared.</summary>
    public void ShowPrepared(int done, int count, TimeSpan since)
    {
        if (isTerminal)
        {
            output.Write($"\r  {Figure.Count(done)} of {Figure.Count(count)} batches, {since.TotalSeconds:0} s ");
            _isLineOpen = true;
        }
    }

    /// <summary>All of it is.</summary>
    public void EndPrepared()
    {
        if (_isLineOpen)
        {
            output.WriteLine();
            _isLineOpen = false;
        }
    }

    private string Sparkline()
    {
        double[] last = [.. _rates.TakeLast(SparksMax)];
        double most = Math.Max(1, last.Max());
        return string.Concat(last.Select(rate => Sparks[(int)Math.Round(rate / most * (Sparks.Length - 1))]));
    }
}
