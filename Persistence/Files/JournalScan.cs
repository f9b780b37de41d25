using LeitherCluster.Runtime.Journaling;
using static LeitherCluster.Persistence.Files.JournalFormat;

namespace LeitherCluster.Persistence.Files;

/// <summary>
/// Walks a journal's segments from header to header and finds its end: hands every committed group to the sink, decides whether
/// the last one is whole, and refuses whatever <see cref="JournalFormat"/> calls corrupt. Changes nothing.
/// </summary>
internal sealed class JournalScan
{
    private readonly ControlFile _control;
    private readonly ulong _settled;
    private readonly IGroupSink _sink;
    private readonly List<(Segment Segment, long Offset, long Length)> _groups = [];

    // The newest group, held back until it is known whether anything follows it.
    private ScannedGroup? _held;
    private GroupDamage? _heldDamage;
    private JournalPosition _beforeHeld;
    private bool _newestIsVerified;

    private JournalScan(ControlFile control, ulong settled, IGroupSink sink)
    {
        _control = control;
        _settled = settled;
        _sink = sink;
    }

    /// <summary>After the last committed group.</summary>
    public JournalPosition Position { get; private set; }

    /// <summary>Where that ends, in the last segment.</summary>
    public long TailOffset { get; private set; }

    /// <summary>Bytes of an unfinished group behind it; 0 when all is zeros there.</summary>
    public long TornBytes { get; private set; }

    public int GroupCount => _groups.Count;

    /// <summary>Where the last group of each segment ends.</summary>
    public List<long> SegmentEnds { get; } = [];

    /// <summary>Scans the segments, which are all there are, in order.</summary>
    /// <exception cref="JournalCorruptException">Anything is wrong that a crash does not explain.</exception>
    public static JournalScan Run(ControlFile control, ulong settled, IReadOnlyList<Segment> segments, IGroupSink sink)
    {
        var scan = new JournalScan(control, settled, sink);
        for (int i = 0; i < segments.Count; i++)
        {
            scan.Walk(segments, i);
        }

        return scan;
    }

    /// <summary>Checks every byte of the newest groups, up to that many bytes in all.</summary>
    /// <exception cref="JournalCorruptException">One is not what was written.</exception>
    public void VerifyNewest(long bytesMax)
    {
        SegmentReader? reader = null;
        Segment? of = null;
        for (int i = _groups.Count - (_newestIsVerified ? 2 : 1); i >= 0; i--)
        {
            (Segment segment, long offset, long length) = _groups[i];
            bytesMax -= length;
            if (bytesMax < 0)
            {
                return;
            }

            if (of != segment)
            {
                reader = new SegmentReader(segment.File);
                of = segment;
            }

            VerifyAt(segment, reader!, offset);
        }
    }

    /// <summary>
    /// Writes the newest group again as it stands. When its sync failed, it may be in the system's memory only and count as written there: no sync
    /// would write it. What stands before it was synced before it was written.
    /// </summary>
    public void RewriteNewest()
    {
        if (_groups.Count == 0)
        {
            return;
        }

        (Segment segment, long offset, long length) = _groups[^1];
        var window = new AlignedBuffer((int)Math.Min(length, SegmentReader.ReadAheadBytes));
        for (long at = 0; at < length; at += window.Capacity)
        {
            int part = (int)Math.Min(window.Capacity, length - at);
            int read = segment.File.Read(offset + at, window.Span(0, part));
            window.Span(read, part - read).Clear();
            window.WriteTo(segment.File, offset + at, 0, part);
        }

        segment.File.Sync();
    }

    private static void VerifyAt(Segment segment, SegmentReader reader, long offset)
    {
        if (!ScannedGroup.TryRead(segment, reader, offset, PageBytes, out ScannedGroup group, out GroupDamage? damage))
        {
            throw new JournalCorruptException(segment.Name, offset, "the group header that was here a moment ago is gone");
        }

        damage ??= new GroupVerifier(reader, group).Verify();
        Refuse(segment, damage);
    }

    private void Walk(IReadOnlyList<Segment> segments, int index)
    {
        Segment segment = segments[index];
        bool isLast = index == segments.Count - 1;
        var reader = new SegmentReader(segment.File);
        ReadSegmentHeader(segments, index, reader);
        long offset = PageBytes;
        int readAhead = PageBytes;
        while (true)
        {
            ReadOnlySpan<byte> sector = reader.Peek(offset, SectorBytes, readAhead);
            if (IsZero(sector))
            {
                break;
            }

            if (!ScannedGroup.TryRead(segment, reader, offset, readAhead, out ScannedGroup group, out GroupDamage? damage))
            {
                if (sector.Length < SectorBytes && isLast)
                {
                    break;
                }

                throw new JournalCorruptException(segment.Name, offset, $"the header of group {Position.Group + 1} is not what was written");
            }

            CheckFollows(group);
            ReleaseHeld();
            Hold(group, damage);
            offset = group.End;
            readAhead = group.Header.Length <= SegmentReader.ReadAheadBytes / 4 ? SegmentReader.ReadAheadBytes : PageBytes;
        }

        TailOffset = offset;
        SegmentEnds.Add(offset);
        if (isLast)
        {
            FindEnd(segment, reader);
        }
        else
        {
            ReleaseHeld();
        }
    }

    private void ReadSegmentHeader(IReadOnlyList<Segment> segments, int index, SegmentReader reader)
    {
        Segment segment = segments[index];
        ReadOnlySpan<byte> page = reader.Peek(0, PageBytes);
        if (page.Length < PageBytes
            || !SegmentHeader.TryRead(page, out SegmentHeader header)
            || !IsZero(page[SectorBytes..])
            || header.JournalId != _control.JournalId
            || header.Number != segment.Number)
        {
            throw new JournalCorruptException(segment.Name, 0, "the segment header is not what was written");
        }

        if (index == 0)
        {
            Position = header.Before;
        }
        else if (header.Before != Position)
        {
            throw new JournalCorruptException(
                segments[index - 1].Name,
                TailOffset,
                $"the segment ends with group {Position.Group}, but {segment.Name} goes on after group {header.Before.Group}");
        }
    }

    private void CheckFollows(ScannedGroup group)
    {
        GroupHeader header = group.Header;
        string? what =
            header.JournalId != _control.JournalId ? "the group belongs to another journal"
            : header.Number != Position.Group + 1 ? $"group {header.Number} stands where group {Position.Group + 1} should"
            : header.Previous != Position.Chain ? $"group {header.Number} does not chain to the group before it"
            : header.Mark <= Position.Mark && Position.Group > 0 ? $"group {header.Number} has mark {header.Mark} after {Position.Mark}"
            : header.TimeSequenceHigh < Position.TimeSequenceHigh ? $"group {header.Number} goes back in the time sequence"
            : null;
        if (what != null)
        {
            throw new JournalCorruptException(group.Segment.Name, group.Offset, what);
        }
    }

    private void Hold(ScannedGroup group, GroupDamage? damage)
    {
        _held = group;
        _heldDamage = damage;
        _beforeHeld = Position;
        Position = JournalPosition.AfterGroup(group.Header, group.Chain);
    }

    /// <summary>The held group turned out to be committed: now it must be whole.</summary>
    private void ReleaseHeld()
    {
        if (_held is null)
        {
            return;
        }

        Refuse(_held.Segment, _heldDamage);
        _sink.OnGroup(_held);
        _groups.Add((_held.Segment, _held.Offset, _held.Header.Length));
        _held = null;
    }

    private void FindEnd(Segment segment, SegmentReader reader)
    {
        long dirtEnd = FindDirt(segment, reader, TailOffset);
        if (_held is not null)
        {
            _heldDamage ??= new GroupVerifier(reader, _held).Verify();
            bool isCommitted = dirtEnd > 0 || _settled >= _held.Header.Number;
            _newestIsVerified = true;
            if (_heldDamage is { Torn: true } && !isCommitted)
            {
                TailOffset = _held.Offset;
                Position = _beforeHeld;
                dirtEnd = FindDirt(segment, reader, TailOffset + PageBytes) is > 0 and long end ? end : TailOffset + PageBytes;
                _held = null;
                _newestIsVerified = false;
            }
        }

        ReleaseHeld();
        if (Position.Group < _settled)
        {
            throw new JournalCorruptException(
                segment.Name,
                TailOffset,
                $"group {Position.Group + 1} is missing; groups up to {_settled} were committed");
        }

        TornBytes = Math.Max(0, dirtEnd - TailOffset);
    }

    /// <summary>
    /// The end of the last page from there on that is not all zeros; 0 when all are. Refuses a group header of this journal there.
    /// </summary>
    private long FindDirt(Segment segment, SegmentReader reader, long from)
    {
        long end = 0;
        for (long at = from; at < reader.FileLength;)
        {
            ReadOnlySpan<byte> window = reader.Peek(at, SegmentReader.ReadAheadBytes, SegmentReader.ReadAheadBytes);
            int length = window.Length;
            if (!IsZero(window))
            {
                for (int page = 0; page < length; page += PageBytes)
                {
                    ReadOnlySpan<byte> bytes = window[page..Math.Min(page + PageBytes, length)];
                    if (IsZero(bytes))
                    {
                        continue;
                    }

                    end = at + page + bytes.Length;
                    if (GroupHeader.TryRead(bytes, out GroupHeader header) && header.JournalId == _control.JournalId)
                    {
                        throw new JournalCorruptException(
                            segment.Name,
                            from,
                            $"group {Position.Group + 1} is missing; group {header.Number} stands at {at + page}");
                    }
                }
            }

            at += length;
        }

        return end;
    }

    private static void Refuse(Segment segment, GroupDamage? damage)
    {
        if (damage is not null)
        {
            throw new JournalCorruptException(segment.Name, damage.Offset, damage.What);
        }
    }
}
