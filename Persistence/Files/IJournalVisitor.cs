using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Persistence.Files;

/// <summary>Is shown what an inspection of a journal meets.</summary>
public interface IJournalVisitor
{
    void OnGroup(InspectedGroup group);

    /// <summary>One block of that group. The body is only lent.</summary>
    void OnBlock(InspectedBlock block, ReadOnlySpan<byte> body);

    /// <summary>One snapshot. The body is only lent.</summary>
    void OnSnapshot(SnapshotKey key, string file, ReadOnlySpan<byte> body);
}

/// <summary>A committed group.</summary>
/// <param name="File">The segment.</param>
/// <param name="Offset">Of its header, in bytes from the start of the file.</param>
/// <param name="Length">In bytes, padding included.</param>
/// <param name="Number">From 1, without gaps.</param>
/// <param name="Mark">Beat and phase.</param>
/// <param name="BlockCount">How many blocks it has.</param>
/// <param name="TimeSequenceHigh">Highest time sequence so far.</param>
public sealed record InspectedGroup(string File, long Offset, long Length, ulong Number, GroupMark Mark, int BlockCount, ulong TimeSequenceHigh);

/// <summary>A committed block.</summary>
/// <param name="File">The segment.</param>
/// <param name="Offset">Of its body, in bytes from the start of the file.</param>
/// <param name="Length">Of its body, in bytes.</param>
/// <param name="Key">Stream, beat and kind.</param>
/// <param name="Epoch">The writer's.</param>
/// <param name="TimeSequence">That it belongs to; 0 when not known at writing.</param>
/// <param name="Checksum">CRC-32C of the body.</param>
/// <param name="PreviousGroup">Number of the group with the stream's previous blocks; 0 for none.</param>
public sealed record InspectedBlock(
    string File,
    long Offset,
    int Length,
    BlockKey Key,
    uint Epoch,
    ulong TimeSequence,
    uint Checksum,
    ulong PreviousGroup);

/// <summary>What an inspection found.</summary>
public sealed record JournalReport
{
    public required Guid JournalId { get; init; }

    /// <summary>Segments below it have been compacted away.</summary>
    public required uint FirstSegment { get; init; }

    public required int Segments { get; init; }

    public required int Groups { get; init; }

    public required int Blocks { get; init; }

    /// <summary>Bytes of all bodies.</summary>
    public required long BodyBytes { get; init; }

    public required GroupMark LastGroup { get; init; }

    public required ulong LastGroupNumber { get; init; }

    /// <summary>The highest group whose loss would have been an error.</summary>
    public required ulong SettledGroup { get; init; }

    public required ulong TimeSequenceHigh { get; init; }

    /// <summary>Bytes of an unfinished group at the end, which the next opening cuts off.</summary>
    public required long TornBytes { get; init; }

    public required int Snapshots { get; init; }

    public required long SnapshotBytes { get; init; }

    /// <summary>Epochs in force, by owner.</summary>
    public required IReadOnlyDictionary<StreamId, uint> Epochs { get; init; }
}
