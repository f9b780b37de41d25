using LeitherCluster.Runtime.Journaling;
using static LeitherCluster.Persistence.Files.JournalFormat;

namespace LeitherCluster.Persistence.Files;

/// <summary>
/// Reads a journal from end to end without changing anything: every header, link, checksum and every byte that must be zero. For
/// <c>leither journal verify</c> and <c>dump</c>, while no node runs on the folder.
/// </summary>
public sealed class JournalInspector
{
    private readonly IDisk _disk;
    private readonly JournalBufferPool _buffers;
    private readonly IJournalVisitor _visitor;

    private JournalInspector(IDisk disk, JournalBufferPool buffers, IJournalVisitor visitor)
    {
        _disk = disk;
        _buffers = buffers;
        _visitor = visitor;
    }

    /// <summary>Walks the whole journal.</summary>
    /// <param name="disk">The folder; only read.</param>
    /// <param name="buffers">Where bodies are read into, one at a time.</param>
    /// <param name="visitor">Is shown each group, then its blocks, each when it has been checked.</param>
    /// <exception cref="JournalCorruptException">The first thing that is not what was written, with file and offset.</exception>
    public static JournalReport Inspect(IDisk disk, JournalBufferPool buffers, IJournalVisitor visitor)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(buffers);
        ArgumentNullException.ThrowIfNull(visitor);
        return new JournalInspector(disk, buffers, visitor).Walk();
    }

    private JournalReport Walk()
    {
        if (!_disk.Exists(ControlName))
        {
            throw new JournalCorruptException(ControlName, 0, "the file is missing: there is no journal here");
        }

        ControlFile control = ControlFile.Load(_disk);
        ulong settled = CommitMarker.Load(_disk, control.JournalId);
        List<Segment> segments = JournalFiles.OpenSegments(_disk, control, DiskOpen.ReadOnly);
        try
        {
            var walker = new GroupWalker(_buffers, _visitor);
            var links = new IndexBuilder(new BlockIndex(), control.FirstSegment == 1, walker);
            JournalScan scan = JournalScan.Run(control, settled, segments, links);
            CheckRemainders(segments, scan);
            (int snapshots, long snapshotBytes) = WalkSnapshots(control);
            return new JournalReport
            {
                JournalId = control.JournalId,
                FirstSegment = control.FirstSegment,
                Segments = segments.Count,
                Groups = scan.GroupCount,
                Blocks = walker.Blocks,
                BodyBytes = walker.BodyBytes,
                LastGroup = scan.Position.Mark,
                LastGroupNumber = scan.Position.Group,
                SettledGroup = settled,
                TimeSequenceHigh = scan.Position.TimeSequenceHigh,
                TornBytes = scan.TornBytes,
                Snapshots = snapshots,
                SnapshotBytes = snapshotBytes,
                Epochs = control.Epochs,
            };
        }
        finally
        {
            segments.ForEach(segment => segment.Dispose());
        }
    }

    /// <summary>Behind the last group of a segment that is not the last there is nothing.</summary>
    private static void CheckRemainders(List<Segment> segments, JournalScan scan)
    {
        for (int i = 0; i < segments.Count - 1; i++)
        {
            var reader = new SegmentReader(segments[i].File);
            for (long at = scan.SegmentEnds[i]; at < reader.FileLength; at += SegmentReader.ReadAheadBytes)
            {
                int wrong = reader.Peek(at, SegmentReader.ReadAheadBytes).IndexOfAnyExcept((byte)0);
                if (wrong >= 0)
                {
                    throw new JournalCorruptException(segments[i].Name, at + wrong, "there is something behind the last group");
                }
            }
        }
    }

    private (int Count, long Bytes) WalkSnapshots(ControlFile control)
    {
        int count = 0;
        long bytes = 0;
        var page = new AlignedBuffer(PageBytes);
        foreach (string name in _disk.List())
        {
            if (!TryParseSnapshotName(name, out SnapshotKey key))
            {
                continue;
            }

            JournalBuffer body = _buffers.Rent(0);
            try
            {
                SnapshotFile.Read(_disk, control.JournalId, key, body, page);
                count++;
                bytes += body.Length;
                _visitor.OnSnapshot(key, name, body.Span);
            }
            finally
            {
                body.Release();
            }
        }

        return (count, bytes);
    }

    /// <summary>Checks every byte of each group, then shows it.</summary>
    private sealed class GroupWalker(JournalBufferPool buffers, IJournalVisitor visitor) : IGroupSink
    {
        private Segment? _segment;
        private SegmentReader? _reader;

        public int Blocks { get; private set; }

        public long BodyBytes { get; private set; }

        public void OnGroup(ScannedGroup group)
        {
            if (_segment != group.Segment)
            {
                _segment = group.Segment;
                _reader = new SegmentReader(group.Segment.File);
            }

            if (new GroupVerifier(_reader!, group).Verify() is { } damage)
            {
                throw new JournalCorruptException(group.Segment.Name, damage.Offset, damage.What);
            }

            GroupHeader header = group.Header;
            visitor.OnGroup(new InspectedGroup(
                group.Segment.Name,
                group.Offset,
                header.Length,
                header.Number,
                header.Mark,
                header.BlockCount,
                header.TimeSequenceHigh));
            foreach (BlockHeader block in group.Blocks)
            {
                Show(group, block);
            }
        }

        private void Show(ScannedGroup group, in BlockHeader block)
        {
            JournalBuffer body = buffers.Rent(block.Length);
            try
            {
                body.Length = block.Length;
                long offset = group.Offset + block.Offset;
                body.Length = group.Segment.File.Read(offset, body.Span);
                Blocks++;
                BodyBytes += block.Length;
                visitor.OnBlock(
                    new InspectedBlock(
                        group.Segment.Name,
                        offset,
                        block.Length,
                        block.Key,
                        block.Epoch,
                        block.TimeSequence,
                        block.BodyChecksum,
                        block.PreviousGroup),
                    body.Span);
            }
            finally
            {
                body.Release();
            }
        }
    }
}
