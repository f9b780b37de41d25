namespace LeitherCluster.Runtime;

/// <summary>The time of a node. Virtual in the simulated host.</summary>
public interface IClock
{
    /// <summary>Wall clock: milliseconds since 1970-01-01 UTC. May jump, also backwards.</summary>
    long UtcNowMs { get; }

    /// <summary>Monotonic time in ticks of 100 ns from an arbitrary start. Never goes back.</summary>
    long MonotonicTicks { get; }

    /// <summary>Monotonic time in milliseconds from an arbitrary start.</summary>
    long MonotonicMs => MonotonicTicks / TimeSpan.TicksPerMillisecond;
}
