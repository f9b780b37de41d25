using System.Diagnostics;

namespace LeitherCluster.LoadTests.Measuring;

/// <summary>What one run took: by the wall clock, and of that on a core. The rest, other programs had the core.</summary>
internal readonly record struct RunTime(double WallSeconds, double ProcessorSeconds)
{
    /// <summary>Times one run on this thread.</summary>
    public static RunTime Of(Action run)
    {
        double processor = ThreadCore.ProcessorSeconds();
        long start = Stopwatch.GetTimestamp();
        run();
        double wall = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new RunTime(wall, ThreadCore.ProcessorSeconds() - processor);
    }
}
