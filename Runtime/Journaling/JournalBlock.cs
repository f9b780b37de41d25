namespace LeitherCluster.Runtime.Journaling;

/// <summary>Names one block; unique in a journal.</summary>
/// <param name="Beat">The beat of the pulse that made it.</param>
/// <param name="Kind">What the block is, as its stream's owner numbers them; orders the blocks of one beat.</param>
public readonly record struct BlockKey(StreamId Stream, ulong Beat, byte Kind)
{
    public override string ToString() => $"{Stream}@{Beat}:{Kind}";
}

/// <summary>
/// One packed block. Whoever hands one to a journal gives away one reference to its body; who gets one from a journal owns one
/// and releases it.
/// </summary>
public sealed class JournalBlock
{
    public required BlockKey Key { get; init; }

    /// <summary>The writer's epoch; a lower one than that in force is refused (<see cref="JournalOutcome.Fenced"/>).</summary>
    public required uint Epoch { get; init; }

    /// <summary>The time sequence that the block belongs to; 0 when not known at writing.</summary>
    public ulong TimeSequence { get; init; }

    public required JournalBuffer Body { get; init; }
}

/// <summary>Names one snapshot: the state of a stream after the pulse with that time sequence and beat.</summary>
public readonly record struct SnapshotKey(StreamId Stream, ulong TimeSequence, ulong Beat);

/// <summary>Names one group commit: the beat and the step in it. In a store they rise strictly; the drivers see to that.</summary>
public readonly record struct GroupMark(ulong Beat, byte Phase) : IComparable<GroupMark>
{
    /// <summary>The next mark above this one, of the same beat while it has one.</summary>
    public GroupMark Next() => Phase < byte.MaxValue ? new GroupMark(Beat, (byte)(Phase + 1)) : new GroupMark(checked(Beat + 1), 0);

    public int CompareTo(GroupMark other) => Beat != other.Beat ? Beat.CompareTo(other.Beat) : Phase.CompareTo(other.Phase);

    public static bool operator <(GroupMark left, GroupMark right) => left.CompareTo(right) < 0;

    public static bool operator <=(GroupMark left, GroupMark right) => left.CompareTo(right) <= 0;

    public static bool operator >(GroupMark left, GroupMark right) => left.CompareTo(right) > 0;

    public static bool operator >=(GroupMark left, GroupMark right) => left.CompareTo(right) >= 0;

    public override string ToString() => $"{Beat}.{Phase}";
}

/// <summary>A place within a stream: after the block (beat, kind). The default stands before every block of a beat above 0.</summary>
public readonly record struct ReplayPosition(ulong Beat, byte Kind)
{
    /// <summary>Before everything.</summary>
    public static ReplayPosition Start => default;

    /// <summary>After all blocks of that beat.</summary>
    public static ReplayPosition AfterBeat(ulong beat) => new(beat, byte.MaxValue);
}

/// <summary>What a journal store answers to a write.</summary>
public enum JournalOutcome
{
    Ok = 0,

    /// <summary>A higher epoch is in force: this writer has lost the stream.</summary>
    Fenced = 1,

    /// <summary>No room. Nothing is lost: the same call may be made again.</summary>
    Full = 2,

    /// <summary>The store cannot be reached. Nothing is lost: the same call may be made again.</summary>
    Unavailable = 3,

    /// <summary>Same key, same content: fine.</summary>
    Duplicate = 4,

    /// <summary>Same key, other content.</summary>
    Conflict = 5,

    /// <summary>What is stored is not what was written.</summary>
    Corrupt = 6,
}

/// <summary>What a store found when it was opened.</summary>
/// <param name="LastGroup">Mark of the last committed group; default when there is none.</param>
/// <param name="CommittedTimeSequence">Highest time sequence of a committed block.</param>
/// <param name="TornBytesDropped">Bytes of an unfinished tail that were cut off.</param>
/// <param name="Epoch">Epoch in force for the whole journal; 0 before the first was acquired.</param>
public sealed record JournalOpening(GroupMark LastGroup, ulong CommittedTimeSequence, long TornBytesDropped, uint Epoch)
{
    public ulong LastBeat => LastGroup.Beat;
}

/// <summary>What a store holds.</summary>
/// <param name="Bytes">Bytes taken, snapshots included.</param>
/// <param name="Segments">Files or partitions of the log.</param>
/// <param name="Snapshots">Number of snapshots.</param>
/// <param name="OldestTimeSequence">The oldest time sequence whose state can still be asked for.</param>
public readonly record struct JournalUsage(long Bytes, int Segments, int Snapshots, ulong OldestTimeSequence);
