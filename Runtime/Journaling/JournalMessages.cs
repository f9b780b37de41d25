namespace LeitherCluster.Runtime.Journaling;

/// <summary>The block's group is durable.</summary>
public sealed record Persisted(BlockKey Key) : IControlMessage;

/// <summary>
/// The block's group was refused for good. (Full and Unavailable are not told here but to who committed: the block is still
/// there and waits for the next commit.)
/// </summary>
public sealed record PersistFailed(BlockKey Key, JournalOutcome Outcome, string Reason) : IControlMessage;

/// <summary>Everything appended before the commit is durable.</summary>
public sealed record GroupPersisted(GroupMark Mark) : IControlMessage;

/// <summary>The group is not durable. Full and Unavailable: commit again later. Anything else is final.</summary>
public sealed record GroupFailed(GroupMark Mark, JournalOutcome Outcome, string Reason) : IControlMessage;

/// <summary>One block of a replay. The receiver releases the body.</summary>
public sealed record ReplayedBlock(JournalBlock Block, object? Tag) : IControlMessage, IReleasable
{
    public void Release() => Block.Body.Release();
}

/// <summary>A page is over and there is more: ask again with this position.</summary>
public sealed record ReplayPaused(StreamId Stream, ReplayPosition After, object? Tag) : IControlMessage;

/// <summary>The stream's last committed block has been sent; <paramref name="LastBeat"/> is its beat, 0 when there was none in this page.</summary>
public sealed record ReplayCompleted(StreamId Stream, ulong LastBeat, object? Tag) : IControlMessage;

/// <summary>A replay or a read could not be done.</summary>
public sealed record ReplayFailed(StreamId Stream, JournalOutcome Outcome, string Reason, object? Tag) : IControlMessage;

/// <summary>A snapshot. The receiver releases the body.</summary>
public sealed record SnapshotRead(SnapshotKey Key, JournalBuffer Body, object? Tag) : IControlMessage, IReleasable
{
    public void Release() => Body.Release();
}

/// <summary>There is no such snapshot.</summary>
public sealed record SnapshotAbsent(StreamId Stream, object? Tag) : IControlMessage;

/// <summary>One block's body. The receiver releases it.</summary>
public sealed record BlockRead(BlockKey Key, JournalBuffer Body, object? Tag) : IControlMessage, IReleasable
{
    public void Release() => Body.Release();
}

/// <summary>There is no such committed block.</summary>
public sealed record BlockAbsent(BlockKey Key, object? Tag) : IControlMessage;

/// <summary>The snapshot is durable.</summary>
public sealed record SnapshotSaved(SnapshotKey Key) : IControlMessage;

/// <summary>The snapshot was not stored. The journal goes on.</summary>
public sealed record SnapshotFailed(SnapshotKey Key, JournalOutcome Outcome, string Reason) : IControlMessage;

/// <summary>The compaction is over.</summary>
public sealed record Compacted(ulong KeepFromTimeSequence, JournalOutcome Outcome, JournalUsage Usage) : IControlMessage;
