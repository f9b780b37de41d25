using LeitherCluster.Runtime.Journaling;
using BlockTable = System.Collections.Generic.SortedDictionary<(ulong Beat, byte Kind), LeitherCluster.Runtime.Simulation.CommittedBlock>;
using SnapshotTable = System.Collections.Generic.SortedDictionary<(ulong TimeSequence, ulong Beat), byte[]>;

namespace LeitherCluster.Runtime.Simulation;

/// <summary>
/// One node's journal in the database that all share. A commit whose answer was lost leaves it in doubt: before anything else it reads back whether the
/// group is there.
/// </summary>
internal sealed class SimulatedDatabaseJournal : IJournalStore
{
    private readonly SimulatedDatabase _database;
    private readonly string _writer;
    private readonly int _session;
    private readonly JournalBufferPool _buffers;
    private readonly List<CommittedBlock> _open = [];

    // Blocks of a commit whose answer was lost; read back, they are durable.
    private int _inDoubt;

    public SimulatedDatabaseJournal(SimulatedDatabase database, string writer, int session, JournalBufferPool buffers)
    {
        (_database, _writer, _session, _buffers) = (database, writer, session, buffers);
        Opening = new JournalOpening(database.LastGroup, database.TimeSequenceHigh, 0, database.EpochOf(StreamId.WholeJournal));
    }

    public JournalOpening Opening { get; }

    public bool IsSpread => _database.Parts > 1;

    public JournalUsage Usage => _database.Usage;

    /// <summary>Epochs come with the layout.</summary>
    public JournalOutcome AcquireEpoch(StreamId owner, out uint epoch) => throw new NotSupportedException("In a cluster epochs come with the layout");

    public JournalOutcome Write(JournalBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        if (Settle() is var settled and not JournalOutcome.Ok)
        {
            return settled;
        }

        var taken = new CommittedBlock(block.Key, block.Epoch, block.TimeSequence, block.Body.Span.ToArray());
        if (_database.IsOver(taken))
        {
            _database.Cluster.Faults.Note("write fenced", "append");
            return JournalOutcome.Fenced;
        }

        if (_open.Find(b => b.Key == block.Key) is { } open)
        {
            return Compare(open, block);
        }

        if (_database.Find(block.Key) is { } known)
        {
            return Compare(known, block);
        }

        _open.Add(taken);
        return JournalOutcome.Ok;
    }

    public JournalOutcome Commit(GroupMark mark)
    {
        if (_open.Count == 0 && _inDoubt == 0)
        {
            return JournalOutcome.Ok;
        }

        if (Settle() is var settled and not JournalOutcome.Ok)
        {
            return settled;
        }

        if (_open.Count == 0)
        {
            return JournalOutcome.Ok;
        }

        HashSet<CommittedBlock> durable = [];
        JournalOutcome outcome = _database.TakeGroupInParts(_writer, _session, mark, [.. _open], durable);
        if (outcome == JournalOutcome.Ok && _database.LosesAnswer("commit"))
        {
            _inDoubt = _open.Count;
            return JournalOutcome.Unavailable;
        }

        // What a part refuses is gone in all of them that had not taken theirs.
        _open.RemoveAll(block => outcome != JournalOutcome.Unavailable || durable.Contains(block));
        return outcome;
    }

    public bool TryRead(BlockKey key, JournalBuffer into)
    {
        Reach();
        if (_database.Find(key) is not { } block)
        {
            return false;
        }

        Fill(into, block.Body);
        return true;
    }

    public void Replay(StreamId stream, ulong afterBeat, ulong throughBeat, IBlockSink sink)
    {
        Reach();
        if (!_database.Streams.TryGetValue(stream, out BlockTable? blocks))
        {
            return;
        }

        foreach (CommittedBlock stored in blocks.Values.Where(b => b.Key.Beat > afterBeat && b.Key.Beat <= throughBeat).ToArray())
        {
            JournalBuffer body = _buffers.Rent(stored.Body.Length);
            Fill(body, stored.Body);
            if (!sink.OnBlock(new JournalBlock { Key = stored.Key, Epoch = stored.Epoch, TimeSequence = stored.TimeSequence, Body = body }))
            {
                return;
            }
        }
    }

    public JournalOutcome SaveSnapshot(SnapshotKey key, JournalBuffer body)
    {
        if (!_database.IsReachedBy(_writer))
        {
            return JournalOutcome.Unavailable;
        }

        if (!_database.Snapshots.TryGetValue(key.Stream, out SnapshotTable? snapshots))
        {
            _database.Snapshots.Add(key.Stream, snapshots = []);
        }

        if (!snapshots.TryAdd((key.TimeSequence, key.Beat), body.Span.ToArray()))
        {
            return JournalOutcome.Duplicate;
        }

        _database.ForgetUsage();
        return JournalOutcome.Ok;
    }

    public bool TryLoadSnapshot(StreamId stream, ulong atMostTimeSequence, JournalBuffer into, out SnapshotKey key)
    {
        Reach();
        key = ListSnapshots(stream).LastOrDefault(k => k.TimeSequence <= atMostTimeSequence);
        if (key == default)
        {
            return false;
        }

        Fill(into, _database.Snapshots[stream][(key.TimeSequence, key.Beat)]);
        return true;
    }

    public IReadOnlyList<SnapshotKey> ListSnapshots(StreamId stream) => _database.Snapshots.TryGetValue(stream, out SnapshotTable? snapshots)
        ? [.. snapshots.Keys.Select(k => new SnapshotKey(stream, k.TimeSequence, k.Beat))]
        : [];

    public JournalOutcome Compact(ulong keepFromTimeSequence)
    {
        if (!_database.IsReachedBy(_writer))
        {
            return JournalOutcome.Unavailable;
        }

        _database.ForgetUsage();
        foreach ((StreamId stream, SnapshotTable snapshots) in _database.Snapshots)
        {
            (ulong TimeSequence, ulong Beat) kept = snapshots.Keys.LastOrDefault(k => k.TimeSequence <= keepFromTimeSequence);
            foreach ((ulong, ulong) older in snapshots.Keys.Where(k => k.CompareTo(kept) < 0).ToArray())
            {
                snapshots.Remove(older);
            }

            if (_database.Streams.TryGetValue(stream, out BlockTable? blocks))
            {
                foreach ((ulong, byte) covered in blocks.Keys.Where(k => k.Beat <= kept.Beat).ToArray())
                {
                    blocks.Remove(covered);
                }
            }
        }

        return JournalOutcome.Ok;
    }

    /// <summary>Forgets the open group, as the end of a process does.</summary>
    public void Dispose() => _open.Clear();

    /// <summary>Unavailable while it is not reached; else what was in doubt is read back.</summary>
    private JournalOutcome Settle()
    {
        if (!_database.IsReachedBy(_writer))
        {
            _database.Cluster.Faults.Note("database away", "write");
            return JournalOutcome.Unavailable;
        }

        _open.RemoveRange(0, _inDoubt);
        _inDoubt = 0;
        return JournalOutcome.Ok;
    }

    private void Reach()
    {
        if (!_database.IsReachedBy(_writer))
        {
            _database.Cluster.Faults.Note("database away", "read");
            throw new IOException("The database is away");
        }
    }

    private static JournalOutcome Compare(CommittedBlock known, JournalBlock block) =>
        known.Body.AsSpan().SequenceEqual(block.Body.Span) ? JournalOutcome.Duplicate : JournalOutcome.Conflict;

    private static void Fill(JournalBuffer into, byte[] bytes)
    {
        into.Length = 0;
        into.Append(bytes);
    }
}
