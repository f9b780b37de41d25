namespace LeitherCluster.Runtime.Simulation;

/// <summary>How long things take in a simulation, and what it remembers. Times are virtual.</summary>
public sealed record SimulationOptions
{
    /// <summary>What every handled message costs.</summary>
    public TimeSpan MessageCost { get; init; } = TimeSpan.FromTicks(10);

    /// <summary>Wall clock at the start.</summary>
    public DateTimeOffset Start { get; init; } = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Steps kept for a report.</summary>
    public int TraceLength { get; init; } = 256;

    /// <summary>A journal's append takes from 0 up to this.</summary>
    public TimeSpan AppendTimeMax { get; init; } = TimeSpan.FromTicks(200);

    /// <summary>A journal's commit, snapshot or compaction takes from a tenth of this up to this, times the disk's slow factor.</summary>
    public TimeSpan CommitTimeMax { get; init; } = TimeSpan.FromMilliseconds(3);

    /// <summary>A journal's read takes from a tenth of this up to this, times the disk's slow factor.</summary>
    public TimeSpan ReadTimeMax { get; init; } = TimeSpan.FromMilliseconds(1);
}

/// <summary>What a simulated node is made of.</summary>
public sealed record SimulatedNodeOptions
{
    public long DiskCapacityBytes { get; init; } = long.MaxValue;

    /// <summary>Bound of the node's journal buffers.</summary>
    public long JournalBufferBytesMax { get; init; } = 256L << 20;

    /// <summary>How far the node's wall clock is off at the start.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.Zero;

    public ActorLogLevel LogLevel { get; init; } = ActorLogLevel.Info;
}

/// <summary>Why a run ended.</summary>
public enum RunEnd
{
    /// <summary>The condition holds.</summary>
    ConditionMet = 0,

    /// <summary>Nothing is left that could ever happen.</summary>
    Idle = 1,

    /// <summary>As many steps were taken as allowed.</summary>
    StepsSpent = 2,

    /// <summary>The virtual time allowed is over.</summary>
    TimeSpent = 3,
}
