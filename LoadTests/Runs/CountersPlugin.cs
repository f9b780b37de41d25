using System.Diagnostics;
using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Runs;

/// <summary>Tells what the machine's devices moved while a load ran, by whomever: on the whole, and in the interval in which it was most.</summary>
internal sealed class CountersPlugin(string caption, Func<IReadOnlyDictionary<string, DeviceCount>> read) : IRunPlugin
{
    private const double Megabyte = 1e6;

    private readonly Dictionary<string, (double In, double Out)> _most = [];
    private IReadOnlyDictionary<string, DeviceCount> _first = new Dictionary<string, DeviceCount>();
    private IReadOnlyDictionary<string, DeviceCount> _last = new Dictionary<string, DeviceCount>();
    private long _firstTicks;
    private long _lastTicks;

    public void Begin()
    {
        _first = _last = read();
        _firstTicks = _lastTicks = Stopwatch.GetTimestamp();
    }

    public void Note(RunMoment moment)
    {
        IReadOnlyDictionary<string, DeviceCount> now = read();
        double seconds = Stopwatch.GetElapsedTime(_lastTicks).TotalSeconds;
        foreach ((string name, DeviceCount count) in now)
        {
            DeviceCount before = _last.GetValueOrDefault(name);
            (double most, double mostOut) = _most.GetValueOrDefault(name);
            _most[name] = (Math.Max(most, (count.In - before.In) / seconds), Math.Max(mostOut, (count.Out - before.Out) / seconds));
        }

        _last = now;
        _lastTicks = Stopwatch.GetTimestamp();
    }

    public ReportTable End()
    {
        IReadOnlyDictionary<string, DeviceCount> now = read();
        double seconds = Stopwatch.GetElapsedTime(_firstTicks).TotalSeconds;
        return new ReportTable(
            $"{caption}, megabytes a second, by whomever",
            ["", "in", "most", "out", "most"],
            [.. now.Where(pair => pair.Value != _first.GetValueOrDefault(pair.Key)).Select(pair => (IReadOnlyList<string>)
            [
                pair.Key,
                Figure.Short((pair.Value.In - _first.GetValueOrDefault(pair.Key).In) / seconds / Megabyte),
                Figure.Short(_most.GetValueOrDefault(pair.Key).In / Megabyte),
                Figure.Short((pair.Value.Out - _first.GetValueOrDefault(pair.Key).Out) / seconds / Megabyte),
                Figure.Short(_most.GetValueOrDefault(pair.Key).Out / Megabyte),
            ])]);
    }
}
