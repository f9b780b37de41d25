using System.Diagnostics;

namespace LeitherCluster.Runtime.Local;

/// <summary>The machine's clocks.</summary>
public sealed class LocalClock : IClock
{
    public static LocalClock Instance { get; } = new();

    public long UtcNowMs => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    public long MonotonicTicks => Stopwatch.GetElapsedTime(0).Ticks;
}
