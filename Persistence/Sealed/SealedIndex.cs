using System.Buffers.Binary;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Persistence.Sealed;

/// <summary>
/// Finds the ids of sealed windows again: the newest in memory, the others in sorted runs on disk, which are merged by and by so
/// that there are few of them (a look-up reads one page in each). All streams of a node share the runs.
/// </summary>
/// <remarks>
/// A cache of the journal: after a crash it covers less (<see cref="CoversThrough"/>), and whoever owns the journal appends the rest
/// again. A damaged run is dropped with all newer ones, for the same reason. Nothing here is on the way of a commit. Merging is
/// done within Append, in proportion to what is appended, on every level beside the others. Not thread-safe: one caller at a
/// time. Sizes: 24 to 64 bytes an id in memory, 24.1 bytes an id on disk and twice that while it is being merged; in memory besides
/// 8 bytes for each page of 170.
/// </remarks>
public sealed partial class SealedIndex : ISealedIndex
{
    private readonly IDisk _disk;
    private readonly SealedIndexOptions _options;
    private readonly MemoryTable _memory;
    private readonly EntrySorter _sorter = new();
    private readonly Stack<Files.AlignedBuffer> _spareBuffers = [];
    private readonly SortedDictionary<StreamId, ulong> _covered = [];

    // Oldest first; the numbers of their pulses follow one another.
    private readonly List<SealedRun> _runs = [];
    private readonly List<RunMerger> _merges = [];
    private ulong _keptFromMs;
    private bool _isDisposed;

    private SealedIndex(IDisk disk, SealedIndexOptions options, ulong secret)
    {
        _disk = disk;
        _options = options;
        _memory = new MemoryTable(secret);
    }

    /// <summary>Bytes on disk.</summary>
    public long Bytes => _runs.Sum(run => run.Length);

    /// <summary>Runs on disk: pages that a look-up of an unknown id reads, as a rule.</summary>
    public int RunCount => _runs.Count;

    /// <summary>Entries in memory and on disk.</summary>
    public long Entries => _memory.Count + _runs.Sum(run => run.Entries);

    /// <summary>Opens what is left of an index in the folder; nothing is the least that can be left.</summary>
    /// <param name="disk">The folder. It may be the journal's: the names differ.</param>
    /// <param name="chance">Draws the secret that keeps ground ids from slowing the table in memory down.</param>
    /// <param name="options">Sizes; null: the defaults.</param>
    public static SealedIndex Open(IDisk disk, IChance chance, SealedIndexOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(chance);
        options ??= new SealedIndexOptions();
        options.Check();
        Span<byte> secret = stackalloc byte[sizeof(ulong)];
        chance.Fill(secret);
        var index = new SealedIndex(disk, options, BinaryPrimitives.ReadUInt64LittleEndian(secret) | 1);
        index.OpenRuns();
        return index;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Beats of a stream come in ascending order; what is covered already is passed over. Writes a run when memory is full, and does
    /// its share of merging. When the disk is full the entries stay in memory, up to four times the usual number.
    /// </remarks>
    /// <exception cref="DiskFullException">Memory is full too. The ids are not in the index; append them again later.</exception>
    /// <exception cref="JournalCorruptException">
    /// A run turned out to be damaged. It and all newer ones have been dropped: append again from what <see cref="CoversThrough"/> says.
    /// </exception>
    public void Append(StreamId stream, ulong beat, ulong timeSequence, ulong timestampMs, ReadOnlySpan<byte> ids)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (ids.Length % SealedEntry.IdBytes != 0)
        {
            throw new ArgumentException($"Ids have {SealedEntry.IdBytes} bytes each", nameof(ids));
        }

        if (CoversThrough(stream) >= beat)
        {
            return;
        }

        var pulse = new SealedPulse(beat, timeSequence, timestampMs);
        if (IsMemoryFull(pulse))
        {
            Spill();
        }

        _memory.Add(stream, pulse, ids);
        _covered[stream] = beat;
        MergeSome(ids.Length / SealedEntry.IdBytes);
    }

    /// <inheritdoc/>
    /// <exception cref="JournalCorruptException">
    /// A run turned out to be damaged. It and all newer ones have been dropped: append again from what <see cref="CoversThrough"/> says.
    /// </exception>
    public bool TryFind(StreamId stream, ReadOnlySpan<byte> id, out SealedPlace place)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (id.Length != SealedEntry.IdBytes)
        {
            throw new ArgumentException($"An id has {SealedEntry.IdBytes} bytes, not {id.Length}", nameof(id));
        }

        ulong high = BinaryPrimitives.ReadUInt64BigEndian(id);
        ulong low = BinaryPrimitives.ReadUInt64BigEndian(id[8..]);
        if (_memory.TryFind(stream, high, low, out place))
        {
            return true;
        }

        for (int i = _runs.Count - 1; i >= 0; i--)
        {
            switch (_runs[i].TryFind(stream, high, low, out place))
            {
                case SealedRun.Lookup.Found:
                    return true;
                case SealedRun.Lookup.Damaged:
                    throw Drop(_runs[i], 0);
            }
        }

        return false;
    }

    /// <inheritdoc/>
    /// <remarks>Only whole runs go at once; older entries within one go when it is merged.</remarks>
    public void DropBefore(ulong timestampMs)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _keptFromMs = Math.Max(_keptFromMs, timestampMs);
        int gone = 0;
        while (gone < _runs.Count && _runs[gone].NewestMs < _keptFromMs && !IsMerging(_runs[gone]))
        {
            gone++;
        }

        Remove(0, gone);
    }

    public ulong CoversThrough(StreamId stream) => _covered.GetValueOrDefault(stream);

    /// <summary>Writes what is in memory, if the disk lets it. A merge under way is given up; it begins anew another time.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        try
        {
            AbandonMerges();
            if (_memory.Count > 0)
            {
                WriteRun();
            }
        }
        catch (IOException)
        {
            // Leaving cannot fail: what is not on disk is appended again from the journal.
        }
        finally
        {
            _runs.ForEach(run => run.Dispose());
            _merges.ForEach(merge => merge.Dispose());
        }
    }
}
