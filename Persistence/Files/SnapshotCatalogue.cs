using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Persistence.Files;

/// <summary>Which snapshots there are, by stream, oldest first. Not thread-safe.</summary>
internal sealed class SnapshotCatalogue
{
    private static readonly Comparer<Entry> ByTime = Comparer<Entry>.Create(static (a, b) =>
        a.Key.TimeSequence != b.Key.TimeSequence
            ? a.Key.TimeSequence.CompareTo(b.Key.TimeSequence)
            : a.Key.Beat.CompareTo(b.Key.Beat));

    private readonly Dictionary<StreamId, List<Entry>> _streams = [];

    public long Bytes { get; private set; }

    public int Count { get; private set; }

    /// <summary>The oldest time sequence from which on every stream that has snapshots has one; 0 when there is none.</summary>
    public ulong OldestCommonTimeSequence
    {
        get
        {
            ulong oldest = 0;
            foreach (List<Entry> entries in _streams.Values)
            {
                oldest = Math.Max(oldest, entries[0].Key.TimeSequence);
            }

            return oldest;
        }
    }

    public bool Contains(SnapshotKey key) =>
        _streams.TryGetValue(key.Stream, out List<Entry>? entries) && entries.BinarySearch(new Entry(key, 0, 0), ByTime) >= 0;

    /// <summary>Adds a snapshot that was taken when <paramref name="group"/> was the journal's last group.</summary>
    public void Add(SnapshotKey key, long bytes, ulong group)
    {
        if (!_streams.TryGetValue(key.Stream, out List<Entry>? entries))
        {
            entries = [];
            _streams.Add(key.Stream, entries);
        }

        var entry = new Entry(key, bytes, group);
        entries.Insert(~entries.BinarySearch(entry, ByTime), entry);
        Bytes += bytes;
        Count++;
    }

    public void Remove(SnapshotKey key)
    {
        List<Entry> entries = _streams[key.Stream];
        int at = entries.BinarySearch(new Entry(key, 0, 0), ByTime);
        Bytes -= entries[at].Bytes;
        Count--;
        entries.RemoveAt(at);
        if (entries.Count == 0)
        {
            _streams.Remove(key.Stream);
        }
    }

    public SnapshotKey[] Of(StreamId stream) =>
        _streams.TryGetValue(stream, out List<Entry>? entries) ? entries.ConvertAll(entry => entry.Key).ToArray() : [];

    /// <summary>The newest snapshot with at most that time sequence.</summary>
    public bool TryFindNewest(StreamId stream, ulong atMostTimeSequence, out SnapshotKey key) =>
        TryFindBase(stream, atMostTimeSequence, ulong.MaxValue, out key);

    /// <summary>
    /// What a compaction may lean on: the newest snapshot with at most that time sequence, taken before that group. (One that was
    /// taken after the last group goes with it, should that turn out to be torn.)
    /// </summary>
    public bool TryFindBase(StreamId stream, ulong atMostTimeSequence, ulong beforeGroup, out SnapshotKey key)
    {
        key = default;
        int at = _streams.TryGetValue(stream, out List<Entry>? entries)
            ? entries.FindLastIndex(entry => entry.Key.TimeSequence <= atMostTimeSequence && entry.Group < beforeGroup)
            : -1;
        if (at < 0)
        {
            return false;
        }

        key = entries![at].Key;
        return true;
    }

    /// <summary>All snapshots that are older than their stream's base.</summary>
    public List<SnapshotKey> OlderThanBase(ulong timeSequence, ulong beforeGroup)
    {
        var older = new List<SnapshotKey>();
        foreach ((StreamId stream, List<Entry> entries) in _streams)
        {
            if (TryFindBase(stream, timeSequence, beforeGroup, out SnapshotKey kept))
            {
                older.AddRange(entries.TakeWhile(entry => entry.Key != kept).Select(entry => entry.Key));
            }
        }

        return older;
    }

    private readonly record struct Entry(SnapshotKey Key, long Bytes, ulong Group);
}
