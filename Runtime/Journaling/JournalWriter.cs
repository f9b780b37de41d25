namespace LeitherCluster.Runtime.Journaling;

/// <summary>
/// The writing half of a journal driver: the order of appends and commits, what is kept after Full, and the end after a failure.
/// One caller at a time.
/// </summary>
internal sealed class JournalWriter
{
    private readonly IJournalStore _store;
    private readonly SettlementTable _settlement;
    private readonly Func<JournalOutcome> _writeAll;
    private readonly Queue<Appended> _unwritten = new();
    private readonly List<Appended> _open = [];
    private GroupMark _lastMark;
    private JournalFailedException? _failure;

    public JournalWriter(IJournalStore store, SettlementTable settlement)
    {
        _store = store;
        _settlement = settlement;
        _writeAll = WriteAll;
        _lastMark = store.Opening.LastGroup;
    }

    /// <summary>The failure that ended this journal, or null. From any thread.</summary>
    public JournalFailedException? Failure => Volatile.Read(ref _failure);

    /// <summary>Takes the block and writes it ahead of its commit when nothing stands in its way.</summary>
    public void Append(JournalBlock block, IActorRef? replyTo)
    {
        Appended appended = new(block.Key, block, replyTo);
        if (_failure is not null)
        {
            Refuse(appended);
            return;
        }

        _unwritten.Enqueue(appended);
        if (_unwritten.Count == 1)
        {
            Guarded(_writeAll);
        }
    }

    public void Commit(GroupMark mark, IActorRef replyTo)
    {
        JournalOutcome outcome = _failure is null ? Guarded(() => WriteAllAndCommit(mark)) : _failure.Outcome;
        switch (outcome)
        {
            case JournalOutcome.Ok:
                Settle();
                replyTo.Tell(new GroupPersisted(mark));
                break;
            case JournalOutcome.Full:
                replyTo.Tell(new GroupFailed(mark, outcome, $"{_store.Hindrance ?? "The journal has no room"}; nothing is lost"));
                break;
            case JournalOutcome.Unavailable:
                replyTo.Tell(new GroupFailed(mark, outcome, $"{_store.Hindrance ?? "The journal cannot be reached"}; nothing is lost"));
                break;
            default:
                replyTo.Tell(new GroupFailed(mark, outcome, _failure!.Message));
                break;
        }
    }

    public void Compact(ulong keepFromTimeSequence, IActorRef replyTo)
    {
        JournalOutcome outcome = _failure is null ? Guarded(() => _store.Compact(keepFromTimeSequence)) : _failure.Outcome;
        replyTo.Tell(new Compacted(keepFromTimeSequence, outcome, _store.Usage));
    }

    private JournalOutcome WriteAllAndCommit(GroupMark mark)
    {
        JournalOutcome outcome = WriteAll();
        if (outcome != JournalOutcome.Ok)
        {
            return outcome;
        }

        GroupMark rising = mark > _lastMark ? mark : _lastMark.Next();
        outcome = _store.Commit(rising);
        _lastMark = outcome == JournalOutcome.Ok ? rising : _lastMark;
        return outcome;
    }

    /// <summary>Writes what waits, in order, until the store has no room.</summary>
    private JournalOutcome WriteAll()
    {
        while (_unwritten.TryPeek(out Appended next))
        {
            JournalOutcome outcome = _store.Write(next.Block!);
            if (outcome is not (JournalOutcome.Ok or JournalOutcome.Duplicate))
            {
                return outcome;
            }

            _unwritten.Dequeue();
            next.Block!.Body.Release();
            _open.Add(next with { Block = null });
        }

        return JournalOutcome.Ok;
    }

    /// <summary>Runs a step of the store; anything but Ok, Full and Unavailable ends the journal.</summary>
    private JournalOutcome Guarded(Func<JournalOutcome> step)
    {
        JournalOutcome outcome;
        Exception? inner = null;
        try
        {
            outcome = step();
        }
        catch (Exception e) when (e is not Core.HostAbortException)
        {
            // A store that threw holds nobody knows what: that is final, whatever the cause.
            outcome = JournalOutcome.Corrupt;
            inner = e;
        }

        if (outcome is JournalOutcome.Ok or JournalOutcome.Duplicate)
        {
            return JournalOutcome.Ok;
        }

        if (outcome is not (JournalOutcome.Full or JournalOutcome.Unavailable))
        {
            Fail(outcome, inner);
        }

        return outcome;
    }

    private void Fail(JournalOutcome outcome, Exception? inner)
    {
        string reason = inner is null ? $"The journal answered {outcome}" : $"The journal failed: {inner.Message}";
        Volatile.Write(ref _failure, new JournalFailedException(reason, outcome, inner));
        foreach (Appended appended in _open)
        {
            Refuse(appended);
        }

        _open.Clear();
        while (_unwritten.TryDequeue(out Appended appended))
        {
            Refuse(appended);
        }
    }

    private void Refuse(Appended appended)
    {
        appended.Block?.Body.Release();
        appended.ReplyTo?.Tell(new PersistFailed(appended.Key, _failure!.Outcome, _failure.Message));
        _settlement.Settled(appended.Key.Stream);
    }

    private void Settle()
    {
        foreach (Appended appended in _open)
        {
            appended.ReplyTo?.Tell(new Persisted(appended.Key));
            _settlement.Settled(appended.Key.Stream);
        }

        _open.Clear();
    }

    private readonly record struct Appended(BlockKey Key, JournalBlock? Block, IActorRef? ReplyTo);
}
