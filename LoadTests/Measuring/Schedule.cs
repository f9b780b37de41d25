using System.Diagnostics;

namespace LeitherCluster.LoadTests.Measuring;

/// <summary>When an open-loop generator sends: at times that were fixed beforehand, whether answers come or not.</summary>
internal static class Schedule
{
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

    /// <summary>The same, but for no longer than until this is cancelled.</summary>
    public static void WaitUntil(long due, CancellationToken cancel)
    {
        TimeSpan left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
        if (left > s_shortest)
        {
            cancel.WaitHandle.WaitOne(left);
        }
    }
}
