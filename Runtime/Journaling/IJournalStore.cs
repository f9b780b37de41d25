namespace LeitherCluster.Runtime.Journaling;

/// <summary>
/// The synchronous storage port: files now, PostgreSQL later. It keeps three promises: a committed group is whole after any
/// crash (within each part, where it <see cref="IsSpread"/>), an uncommitted one is absent; a block key is unique; a write under a superseded epoch is refused.
/// </summary>
/// <remarks>
/// Threads. Two callers at most, side by side: one <em>writer</em> (AcquireEpoch, Write, Commit, Compact) and one
/// <em>reader</em> (TryRead, Replay, SaveSnapshot, TryLoadSnapshot, ListSnapshots). Each is one thread at a time; the store
/// keeps the two apart. Usage may be read from anywhere.
/// Bodies. Write and SaveSnapshot borrow the body: when they return, the store has copied or written it, or holds a reference
/// of its own (Retain).
/// Failures. Refusals are outcomes. Full and Unavailable lose nothing and may be tried again. An exception means that the store
/// cannot go on (a failed disk, corruption); its user stops using it.
/// </remarks>
public interface IJournalStore : IDisposable
{
    /// <summary>What was found when the store was opened.</summary>
    JournalOpening Opening { get; }

    /// <summary>
    /// It has several parts, and a group is whole or not at all only within each of them: after a crash, or a refusal, some parts may have theirs. What
    /// belongs to one stream is in one part.
    /// </summary>
    bool IsSpread => false;

    /// <summary>What stands in the way after Full or Unavailable, to be read by people; null where there is nothing to add to the outcome. The writer's.</summary>
    string? Hindrance => null;

    /// <summary>
    /// Raises the epoch of <paramref name="owner"/> by at least one, makes that durable, and returns it: the fence. The epoch in
    /// force for a stream is the higher of its own and that of <see cref="StreamId.WholeJournal"/>.
    /// </summary>
    JournalOutcome AcquireEpoch(StreamId owner, out uint epoch);

    /// <summary>
    /// Takes a block into the open group. Not durable before Commit; may be written eagerly. After Full or Unavailable the block
    /// is not part of the group.
    /// </summary>
    JournalOutcome Write(JournalBlock block);

    /// <summary>
    /// Makes all blocks written since the last commit durable as one group: at recovery all of them are there or none. After Full
    /// or Unavailable the group is still open, with all its blocks. A group without a block is Ok and leaves no trace. The mark must
    /// be above the last one's.
    /// </summary>
    JournalOutcome Commit(GroupMark mark);

    /// <summary>Reads the body of a committed block into <paramref name="into"/> (its length is set); false when there is none.</summary>
    bool TryRead(BlockKey key, JournalBuffer into);

    /// <summary>
    /// Hands the committed blocks of a stream with <paramref name="afterBeat"/> &lt; beat &lt;= <paramref name="throughBeat"/> to
    /// the sink in order of (beat, kind), until it says stop. Throws <see cref="JournalCorruptException"/>, never skips.
    /// </summary>
    void Replay(StreamId stream, ulong afterBeat, ulong throughBeat, IBlockSink sink);

    /// <summary>Stores a snapshot, whole or not at all; durable when Ok. Duplicate when that key is there already.</summary>
    JournalOutcome SaveSnapshot(SnapshotKey key, JournalBuffer body);

    /// <summary>
    /// Loads the newest whole snapshot of the stream with a time sequence of at most <paramref name="atMostTimeSequence"/>;
    /// false when there is none.
    /// </summary>
    bool TryLoadSnapshot(StreamId stream, ulong atMostTimeSequence, JournalBuffer into, out SnapshotKey key);

    /// <summary>All snapshots of the stream, oldest first.</summary>
    IReadOnlyList<SnapshotKey> ListSnapshots(StreamId stream);

    /// <summary>
    /// Drops what no state from <paramref name="keepFromTimeSequence"/> on needs: segments wholly covered by retained snapshots,
    /// and older snapshots.
    /// </summary>
    JournalOutcome Compact(ulong keepFromTimeSequence);

    JournalUsage Usage { get; }
}

/// <summary>Takes blocks from a replay.</summary>
public interface IBlockSink
{
    /// <summary>Takes over one reference to the block's body. False: no more, stop here.</summary>
    bool OnBlock(JournalBlock block);
}

/// <summary>What is stored is not what was written. Says where.</summary>
public sealed class JournalCorruptException(string message, Exception? inner = null) : Exception(message, inner)
{
    public JournalCorruptException(string file, long offset, string what, Exception? inner = null)
        : this($"{file} at {offset}: {what}", inner)
    {
        File = file;
        Offset = offset;
        What = what;
    }

    /// <summary>The file or table; null where there is none to name.</summary>
    public string? File { get; }

    /// <summary>The byte in it from which on it is wrong.</summary>
    public long Offset { get; }

    /// <summary>What is wrong there.</summary>
    public string? What { get; }
}

/// <summary>The journal failed earlier and takes no more; the inner exception, or the outcome, is the first failure.</summary>
public sealed class JournalFailedException(string message, JournalOutcome outcome, Exception? inner = null) : Exception(message, inner)
{
    public JournalOutcome Outcome { get; } = outcome;
}
