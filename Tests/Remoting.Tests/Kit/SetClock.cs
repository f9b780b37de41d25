using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Local;

namespace LeitherCluster.Tests.Remoting.Kit;

/// <summary>The machine's clock, with a wall clock that is off by a chosen time.</summary>
internal sealed class SetClock(TimeSpan offset) : IClock
{
    public TimeSpan Offset { get; set; } = offset;

    public long UtcNowMs => LocalClock.Instance.UtcNowMs + (long)Offset.TotalMilliseconds;

    public long MonotonicTicks => LocalClock.Instance.MonotonicTicks;
}
