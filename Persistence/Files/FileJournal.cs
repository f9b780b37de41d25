using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Persistence.Files;

/// <summary>
/// The journal on files: segments of groups, snapshots beside them, over any <see cref="IDisk"/>. The format and the reasoning
/// about torn writes are in <see cref="JournalFormat"/>.
/// </summary>
/// <remarks>
/// The writer's calls and the reader's may run side by side, as the port says. What they share stands under one lock that is
/// never held over I/O of the writer's; a compaction waits for the read of one block or snapshot before it removes files.
/// After an exception of the disk the journal takes no more: what is on the disk is known again only after it was opened anew.
/// </remarks>
public sealed partial class FileJournal : IJournalStore
{
    private readonly IDisk _disk;
    private readonly JournalBufferPool _buffers;
    private readonly FileJournalOptions _options;
    private readonly ControlFile _control;
    private readonly CommitMarker _marker;

    // Guards the index, the segment list, the snapshot catalogue and the usage.
    private readonly Lock _gate = new();

    // Held by the reader while it reads from a file, and by a compaction while it removes files.
    private readonly Lock _reading = new();

    // The reader's. Pinned memory is seldom collected, and a snapshot is stored again and again.
    private readonly AlignedBuffer _snapshotPage = new(JournalFormat.PageBytes);
    private readonly BlockIndex _index = new();
    private readonly List<Segment> _segments;
    private readonly SnapshotCatalogue _snapshots = new();
    private JournalUsage _usage;

    private FileJournal(IDisk disk, JournalBufferPool buffers, FileJournalOptions options, ControlFile control)
    {
        _disk = disk;
        _buffers = buffers;
        _options = options;
        _control = control;
        _marker = new CommitMarker(disk, control.JournalId);
        _segments = [];
        _staging = new AlignedBuffer(options.StagingBytes);
        _firstPage = new AlignedBuffer(JournalFormat.PageBytes);
        Opening = null!;
    }

    public JournalOpening Opening { get; private set; }

    public JournalUsage Usage
    {
        get
        {
            lock (_gate)
            {
                return _usage;
            }
        }
    }

    /// <summary>
    /// Opens the journal of a folder, or makes one where nothing is. An unfinished group at the end is cut off.
    /// </summary>
    /// <param name="disk">The folder; nobody else may have it open for writing.</param>
    /// <param name="chance">Draws the id of a new journal.</param>
    /// <param name="buffers">Where the bodies of replayed blocks are rented.</param>
    /// <param name="options">Sizes; null: the defaults.</param>
    /// <exception cref="JournalCorruptException">What is there is not what was written; nothing has been changed.</exception>
    /// <exception cref="DiskFullException">There is no room for a new journal.</exception>
    public static FileJournal Open(IDisk disk, IChance chance, JournalBufferPool buffers, FileJournalOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(buffers);
        options ??= new FileJournalOptions();
        options.Check();
        if (!disk.Exists(JournalFormat.ControlName))
        {
            JournalFiles.Create(disk, chance, options);
        }

        var journal = new FileJournal(disk, buffers, options, ControlFile.Load(disk));
        try
        {
            journal.Recover();
            return journal;
        }
        catch
        {
            journal.CloseFiles();
            throw;
        }
    }

    /// <summary>
    /// Makes an empty journal of a known id for a copy of another one, whose groups up to that number have been compacted away.
    /// </summary>
    /// <exception cref="JournalCorruptException">There is a journal already.</exception>
    /// <exception cref="DiskFullException">There is no room for it.</exception>
    public static void CreateCopy(IDisk disk, Guid journalId, ulong afterGroup, FileJournalOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(disk);
        options ??= new FileJournalOptions();
        options.Check();

        // Segment 1 is the one from the beginning; any other says that there was something before it.
        var control = new ControlFile(journalId, afterGroup == 0 ? 1U : 2U);
        JournalFiles.Create(disk, control, new JournalPosition(afterGroup, default, 0, default), options);
    }

    /// <summary>Leaves: an open group is dropped, and the room it took is cut off.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        try
        {
            if (_failure is null)
            {
                DropGroup();
                CleanTail();
                _marker.Sync();
            }
        }
        catch (IOException)
        {
            // Leaving cannot fail: whatever the disk refuses now, the next opening finds as after a crash.
        }
        finally
        {
            CloseFiles();
        }
    }

    private void Recover()
    {
        ulong settled = CommitMarker.Load(_disk, _control.JournalId);
        _segments.AddRange(JournalFiles.OpenSegments(_disk, _control, DiskOpen.Existing));
        JournalScan scan = JournalScan.Run(_control, settled, _segments, new IndexBuilder(_index, _control.FirstSegment == 1));
        scan.VerifyNewest(_options.VerifyAtOpenBytes);
        if (scan.TornBytes > 0)
        {
            Active.CutDurably(scan.TailOffset);
        }

        // A process that was killed, or whose sync failed, may have left what it never made durable: from now on it counts as committed.
        scan.RewriteNewest();
        Active.File.Sync();
        JournalFiles.RemoveLeftovers(_disk, _control);
        _position = scan.Position;
        FindSnapshots();
        _groupStart = scan.TailOffset;
        Opening = new JournalOpening(_position.Mark, _position.TimeSequenceHigh, scan.TornBytes, _control.JournalEpoch);
        RefreshUsage();
    }

    /// <summary>Under the gate, or before anybody else knows the journal.</summary>
    private void RefreshUsage()
    {
        long bytes = _snapshots.Bytes;
        foreach (Segment segment in _segments)
        {
            bytes += segment.Length;
        }

        // Before the first compaction everything can be replayed from the beginning.
        ulong oldest = _control.FirstSegment == 1 ? 0 : _snapshots.OldestCommonTimeSequence;
        _usage = new JournalUsage(bytes, _segments.Count, _snapshots.Count, oldest);
    }

    private void CloseFiles()
    {
        foreach (Segment segment in _segments)
        {
            segment.Dispose();
        }

        _marker.Dispose();
    }
}
