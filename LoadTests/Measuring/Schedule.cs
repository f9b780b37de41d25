using System.Diagnostics;

namespace LeitherCluster.LoadTests.Measuring;

/// <summary>When an open-loop generator sends: at times that were fixed beforehand, whether answers come or not.</summary>
internal static class Schedule
{
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(1);

    /// <summary>Waits for a time of <see cref="Stopwatch.GetTimestamp"/>, to a millisecond; not at all when it is past.</summary>
    public static void WaitUntil(long due)
    {
        TimeSpan left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
        if (left > s_shortest)
        {
            Thread.Sleep(left);
        }
    }

    /// <summary>The same, but for no longer than until this is cancelled, or something is over.</summary>
    public static void WaitUntil(long due, Func<bool> isOver, CancellationToken cancel)
    {
        TimeSpan left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
        while (left > s_shortest && !isOver() && !cancel.IsCancellationRequested)
        {
            cancel.WaitHandle.WaitOne(left < s_glance ? left : s_glance);
            left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
        }
    }
}
