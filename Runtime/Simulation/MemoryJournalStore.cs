using LeitherCluster.Runtime.Journaling;
using BlockTable = System.Collections.Generic.SortedDictionary<(ulong Beat, byte Kind), LeitherCluster.Runtime.Simulation.MemoryJournalMedium.StoredBlock>;
using SnapshotTable = System.Collections.Generic.SortedDictionary<(ulong TimeSequence, ulong Beat), byte[]>;
using StoredBlock = LeitherCluster.Runtime.Simulation.MemoryJournalMedium.StoredBlock;

namespace LeitherCluster.Runtime.Simulation;

/// <summary>What a <see cref="MemoryJournalStore"/> has made durable; outlives it as a disk outlives a process.</summary>
public sealed class MemoryJournalMedium
{
    /// <summary>While true writes and commits answer Full.</summary>
    public bool IsFull { get; set; }

    /// <summary>While true writes and commits answer Unavailable.</summary>
    public bool IsUnavailable { get; set; }

    /// <summary>Groups committed.</summary>
    public long Groups { get; internal set; }

    internal SortedDictionary<StreamId, BlockTable> Streams { get; } = [];

    internal SortedDictionary<StreamId, SnapshotTable> Snapshots { get; } = [];

    internal SortedDictionary<StreamId, uint> Epochs { get; } = [];

    internal GroupMark LastGroup { get; set; }

    internal sealed record StoredBlock(uint Epoch, ulong TimeSequence, byte[] Body);
}

/// <summary>
/// A journal store that keeps everything in memory: the plain oracle for real stores, and the quick one for tests of actors.
/// </summary>
public sealed class MemoryJournalStore : IJournalStore
{
    private readonly MemoryJournalMedium _medium;
    private readonly JournalBufferPool _buffers;
    private readonly Lock _gate = new();
    private readonly List<(BlockKey Key, StoredBlock Block)> _open = [];

    public MemoryJournalStore(MemoryJournalMedium medium, JournalBufferPool buffers)
    {
        ArgumentNullException.ThrowIfNull(medium);
        _medium = medium;
        _buffers = buffers;
        ulong committed = medium.Streams.Values.SelectMany(static s => s.Values).Select(static b => b.TimeSequence).DefaultIfEmpty().Max();
        Opening = new JournalOpening(medium.LastGroup, committed, 0, medium.Epochs.GetValueOrDefault(StreamId.WholeJournal));
    }

    public JournalOpening Opening { get; }

    public JournalUsage Usage
    {
        get
        {
            lock (_gate)
            {
                long bytes = _medium.Streams.Values.Sum(static s => s.Values.Sum(static b => (long)b.Body.Length))
                    + _medium.Snapshots.Values.Sum(static s => s.Values.Sum(static b => (long)b.Length));
                ulong oldest = _medium.Snapshots.Values.SelectMany(static s => s.Keys).Select(static k => k.TimeSequence).DefaultIfEmpty().Min();
                return new JournalUsage(bytes, 1, _medium.Snapshots.Values.Sum(static s => s.Count), oldest);
            }
        }
    }

    public JournalOutcome AcquireEpoch(StreamId owner, out uint epoch)
    {
        lock (_gate)
        {
            epoch = EpochInForce(owner) + 1;
            if (Refusal() is { } refusal)
            {
                return refusal;
            }

            _medium.Epochs[owner] = epoch;
            return JournalOutcome.Ok;
        }
    }

    public JournalOutcome Write(JournalBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        lock (_gate)
        {
            if (Refusal() is { } refusal)
            {
                return refusal;
            }

            if (block.Epoch < EpochInForce(block.Key.Stream))
            {
                return JournalOutcome.Fenced;
            }

            if (Known(block.Key) is { } known)
            {
                return known.Body.AsSpan().SequenceEqual(block.Body.Span) ? JournalOutcome.Duplicate : JournalOutcome.Conflict;
            }

            _open.Add((block.Key, new StoredBlock(block.Epoch, block.TimeSequence, block.Body.Span.ToArray())));
            return JournalOutcome.Ok;
        }
    }

    public JournalOutcome Commit(GroupMark mark)
    {
        lock (_gate)
        {
            if (Refusal() is { } refusal)
            {
                return refusal;
            }

            if (_open.Exists(b => b.Block.Epoch < EpochInForce(b.Key.Stream)))
            {
                return JournalOutcome.Fenced;
            }

            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(mark, _medium.LastGroup);
            if (_open.Count == 0)
            {
                return JournalOutcome.Ok;
            }

            foreach ((BlockKey key, StoredBlock block) in _open)
            {
                if (!_medium.Streams.TryGetValue(key.Stream, out BlockTable? stream))
                {
                    stream = [];
                    _medium.Streams.Add(key.Stream, stream);
                }

                stream.Add((key.Beat, key.Kind), block);
            }

            _open.Clear();
            _medium.LastGroup = mark;
            _medium.Groups++;
            return JournalOutcome.Ok;
        }
    }

    public bool TryRead(BlockKey key, JournalBuffer into)
    {
        ArgumentNullException.ThrowIfNull(into);
        lock (_gate)
        {
            if (!_medium.Streams.TryGetValue(key.Stream, out BlockTable? stream)
                || !stream.TryGetValue((key.Beat, key.Kind), out StoredBlock? block))
            {
                return false;
            }

            Fill(into, block.Body);
            return true;
        }
    }

    public void Replay(StreamId stream, ulong afterBeat, ulong throughBeat, IBlockSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        List<KeyValuePair<(ulong Beat, byte Kind), StoredBlock>> blocks;
        lock (_gate)
        {
            blocks = _medium.Streams.TryGetValue(stream, out BlockTable? found)
                ? [.. found.Where(b => b.Key.Beat > afterBeat && b.Key.Beat <= throughBeat)]
                : [];
        }

        foreach (((ulong beat, byte kind), StoredBlock stored) in blocks)
        {
            JournalBuffer body = _buffers.Rent(stored.Body.Length);
            Fill(body, stored.Body);
            JournalBlock block = new() { Key = new BlockKey(stream, beat, kind), Epoch = stored.Epoch, TimeSequence = stored.TimeSequence, Body = body };
            if (!sink.OnBlock(block))
            {
                return;
            }
        }
    }

    public JournalOutcome SaveSnapshot(SnapshotKey key, JournalBuffer body)
    {
        ArgumentNullException.ThrowIfNull(body);
        lock (_gate)
        {
            if (Refusal() is { } refusal)
            {
                return refusal;
            }

            if (!_medium.Snapshots.TryGetValue(key.Stream, out SnapshotTable? snapshots))
            {
                snapshots = [];
                _medium.Snapshots.Add(key.Stream, snapshots);
            }

            return snapshots.TryAdd((key.TimeSequence, key.Beat), body.Span.ToArray()) ? JournalOutcome.Ok : JournalOutcome.Duplicate;
        }
    }

    public bool TryLoadSnapshot(StreamId stream, ulong atMostTimeSequence, JournalBuffer into, out SnapshotKey key)
    {
        ArgumentNullException.ThrowIfNull(into);
        lock (_gate)
        {
            key = ListSnapshots(stream).LastOrDefault(k => k.TimeSequence <= atMostTimeSequence);
            if (key == default)
            {
                return false;
            }

            Fill(into, _medium.Snapshots[stream][(key.TimeSequence, key.Beat)]);
            return true;
        }
    }

    public IReadOnlyList<SnapshotKey> ListSnapshots(StreamId stream)
    {
        lock (_gate)
        {
            return _medium.Snapshots.TryGetValue(stream, out SnapshotTable? snapshots)
                ? [.. snapshots.Keys.Select(k => new SnapshotKey(stream, k.TimeSequence, k.Beat))]
                : [];
        }
    }

    public JournalOutcome Compact(ulong keepFromTimeSequence)
    {
        lock (_gate)
        {
            foreach ((StreamId stream, SnapshotTable snapshots) in _medium.Snapshots)
            {
                (ulong TimeSequence, ulong Beat) kept = snapshots.Keys.LastOrDefault(k => k.TimeSequence <= keepFromTimeSequence);
                foreach ((ulong, ulong) older in snapshots.Keys.Where(k => k.CompareTo(kept) < 0).ToArray())
                {
                    snapshots.Remove(older);
                }

                if (_medium.Streams.TryGetValue(stream, out BlockTable? blocks))
                {
                    foreach ((ulong, byte) covered in blocks.Keys.Where(k => k.Beat <= kept.Beat).ToArray())
                    {
                        blocks.Remove(covered);
                    }
                }
            }

            return JournalOutcome.Ok;
        }
    }

    /// <summary>Forgets the open group, as the end of a process does.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _open.Clear();
        }
    }

    private JournalOutcome? Refusal()
    {
        if (_medium.IsUnavailable)
        {
            return JournalOutcome.Unavailable;
        }

        return _medium.IsFull ? JournalOutcome.Full : null;
    }

    private uint EpochInForce(StreamId stream)
        => Math.Max(_medium.Epochs.GetValueOrDefault(stream), _medium.Epochs.GetValueOrDefault(StreamId.WholeJournal));

    private StoredBlock? Known(BlockKey key)
    {
        int open = _open.FindIndex(b => b.Key == key);
        if (open >= 0)
        {
            return _open[open].Block;
        }

        return _medium.Streams.TryGetValue(key.Stream, out BlockTable? stream)
            ? stream.GetValueOrDefault((key.Beat, key.Kind))
            : null;
    }

    private static void Fill(JournalBuffer into, byte[] bytes)
    {
        into.Length = 0;
        into.Append(bytes);
    }
}
