using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Runtime.Local;

/// <summary>
/// A journal over a synchronous store: one thread writes and commits in the order of the calls, another one reads and, when
/// nobody wants to read, stores snapshots. Waiting appends are bounded by the buffer pool, reads by what actors ask.
/// </summary>
/// <remarks>
/// A failure in a background thread ends the journal: what waits is refused by message, and the next use throws
/// <see cref="JournalFailedException"/>. Disposing finishes what was asked before, then disposes the store.
/// </remarks>
public sealed class ThreadedJournal : IJournal, IDisposable
{
    private readonly IJournalStore _store;
    private readonly JournalWriter _writer;
    private readonly WorkThread _writing;
    private readonly WorkThread _reading;
    private readonly JournalReader _reader;
    private readonly SettlementTable _settlement;
    private readonly Action<object?, object?> _append;

    /// <param name="store">Disposed with the journal.</param>
    /// <param name="buffers">Where bodies come from; not disposed.</param>
    /// <param name="options">Null: the defaults.</param>
    public ThreadedJournal(IJournalStore store, JournalBufferPool buffers, JournalOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(buffers);
        _store = store;
        Opening = store.Opening;
        Buffers = buffers;
        _settlement = new SettlementTable(EnqueueRead);
        _writer = new JournalWriter(store, _settlement);
        _append = (block, replyTo) => _writer.Append((JournalBlock)block!, (IActorRef?)replyTo);
        _reader = new JournalReader(store, buffers, options ?? new JournalOptions());
        _writing = new WorkThread("leither-journal-write");
        _reading = new WorkThread("leither-journal-read");
    }

    public JournalOpening Opening { get; }

    public bool IsSpread => _store.IsSpread;

    public JournalBufferPool Buffers { get; }

    public JournalUsage Usage => _store.Usage;

    public void Append(JournalBlock block, IActorRef? replyTo = null)
    {
        ArgumentNullException.ThrowIfNull(block);
        if (Failure is { } failure)
        {
            block.Body.Release();
            throw failure;
        }

        _settlement.Appended(block.Key.Stream);
        _writing.Enqueue(_append, block, replyTo);
    }

    public void Commit(GroupMark mark, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(replyTo);
        ThrowIfFailed();
        _writing.Enqueue(() => _writer.Commit(mark, replyTo));
    }

    public void Replay(StreamId stream, ReplayPosition after, IActorRef replyTo, object? tag = null)
        => _settlement.WhenSettled(new ReplayRequest(stream, after, replyTo, tag));

    public void ReadSnapshot(StreamId stream, ulong atMostTimeSequence, IActorRef replyTo, object? tag = null)
        => EnqueueRead(new SnapshotRequest(stream, atMostTimeSequence, replyTo, tag));

    public void Read(BlockKey key, IActorRef replyTo, object? tag = null) => EnqueueRead(new BlockRequest(key, replyTo, tag));

    public void SaveSnapshot(SnapshotKey key, JournalBuffer body, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (Failure is { } failure)
        {
            body.Release();
            throw failure;
        }

        SnapshotToSave save = new(key, body, replyTo);
        _reading.EnqueueIdle(() => _reader.Handle(save));
    }

    public void Compact(ulong keepFromTimeSequence, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(replyTo);
        ThrowIfFailed();
        _writing.Enqueue(() => _writer.Compact(keepFromTimeSequence, replyTo));
    }

    public void Dispose()
    {
        _writing.Dispose();
        _reading.Dispose();
        _store.Dispose();
    }

    private JournalFailedException? Failure
        => (_writer.Failure ?? _writing.Failure ?? _reading.Failure) switch
        {
            null => null,
            JournalFailedException e => new JournalFailedException(e.Message, e.Outcome, e),
            Exception e => new JournalFailedException($"A thread of the journal failed: {e.Message}", JournalOutcome.Corrupt, e),
        };

    private void EnqueueRead(ReadRequest request) => _reading.Enqueue(() => _reader.Handle(request));

    private void ThrowIfFailed()
    {
        if (Failure is { } failure)
        {
            throw failure;
        }
    }
}
