namespace LeitherCluster.Runtime.Journaling;

/// <summary>
/// The node's journal as actors see it: every call returns at once and answers by message, in the order of the calls.
/// </summary>
/// <remarks>
/// Appends and commits take effect in the order of the calls, whoever makes them; a commit covers every append before it. After
/// a group failed with Full or Unavailable nothing is lost: commit the same mark again later. After Fenced, Conflict, Corrupt or
/// a failed disk the journal is finished: the open group fails, and the next Append, Commit or Compact throws
/// <see cref="JournalFailedException"/>.
/// A replay of a stream begins when the appends to it that were made before have settled (committed or failed), so that an
/// actor's new incarnation sees what the old one wrote. So whoever appends must not need its own replay to get the commit going:
/// it tells the committer in the handler that appends.
/// Answers are <see cref="IControlMessage"/>s, bounded by what was asked.
/// </remarks>
public interface IJournal
{
    /// <summary>What was found when the store was opened.</summary>
    JournalOpening Opening { get; }

    /// <summary>A group may be durable in part after a crash: <see cref="IJournalStore.IsSpread"/>.</summary>
    bool IsSpread => false;

    /// <summary>Where bodies are rented.</summary>
    JournalBufferPool Buffers { get; }

    JournalUsage Usage { get; }

    /// <summary>
    /// Hands a block over, with one reference to its body (given back also when this throws). With <paramref name="replyTo"/>, <see cref="Persisted"/> or
    /// <see cref="PersistFailed"/> comes when its group has settled.
    /// </summary>
    void Append(JournalBlock block, IActorRef? replyTo = null);

    /// <summary>
    /// Makes all appends so far durable as one group: <see cref="GroupPersisted"/> or <see cref="GroupFailed"/>. The mark tells the
    /// answer apart. Several actors may commit, each with marks of its own: a mark that is not above that of the last group is
    /// stored as the next one above it.
    /// </summary>
    void Commit(GroupMark mark, IActorRef replyTo);

    /// <summary>
    /// Sends the stream's blocks from <paramref name="after"/> on as <see cref="ReplayedBlock"/>s, one page at a time: a page ends
    /// with <see cref="ReplayPaused"/> (ask for the next from there), the last one with <see cref="ReplayCompleted"/>;
    /// or <see cref="ReplayFailed"/>.
    /// </summary>
    void Replay(StreamId stream, ReplayPosition after, IActorRef replyTo, object? tag = null);

    /// <summary>Newest snapshot of at most that time sequence: <see cref="SnapshotRead"/>, <see cref="SnapshotAbsent"/> or <see cref="ReplayFailed"/>.</summary>
    void ReadSnapshot(StreamId stream, ulong atMostTimeSequence, IActorRef replyTo, object? tag = null);

    /// <summary>One committed block: <see cref="BlockRead"/>, <see cref="BlockAbsent"/> or <see cref="ReplayFailed"/>.</summary>
    void Read(BlockKey key, IActorRef replyTo, object? tag = null);

    /// <summary>
    /// Stores a snapshot in the background, taking over one reference to its body: <see cref="SnapshotSaved"/> or
    /// <see cref="SnapshotFailed"/>. Never holds up a commit.
    /// </summary>
    void SaveSnapshot(SnapshotKey key, JournalBuffer body, IActorRef replyTo);

    /// <summary>Drops what states from that time sequence on do not need: <see cref="Compacted"/>.</summary>
    void Compact(ulong keepFromTimeSequence, IActorRef replyTo);
}
