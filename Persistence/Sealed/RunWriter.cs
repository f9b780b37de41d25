using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LeitherCluster.Persistence.Files;
using LeitherCluster.Runtime.Journaling;
using static LeitherCluster.Persistence.Files.JournalFormat;

namespace LeitherCluster.Persistence.Sealed;

/// <summary>Writes one run: sections in the order of their streams, entries in order within each.</summary>
internal sealed class RunWriter : IDisposable
{
    private const int BufferedPages = 64;

    // Keys that room is set aside for at once, 8 bytes each; more come by doubling.
    private const long KeysAtFirstMax = 1 << 20;

    private readonly IDisk _disk;
    private readonly string _name;
    private readonly string _temporary;
    private readonly IDiskFile _file;
    private readonly Stack<AlignedBuffer> _spare;
    private readonly AlignedBuffer _pages;
    private readonly SealedEntry[] _page = new SealedEntry[RunFormat.EntriesPerPage];
    private readonly List<RunSection> _sections = [];
    private readonly List<ulong> _keys;
    private readonly uint _firstPulse;
    private readonly uint _level;
    private readonly SealedPulse[] _pulses;
    private bool _isGivenBack;
    private long _offset = PageBytes;
    private int _filledPages;
    private int _inPage;

    /// <param name="disk">Where to.</param>
    /// <param name="spare">Buffers of writers that are done.</param>
    /// <param name="firstPulse">Number of the first pulse.</param>
    /// <param name="pulses">All pulses of the run, in order.</param>
    /// <param name="level">How often its entries have been merged.</param>
    /// <param name="entriesAtMost">For setting room aside; what is not needed is given back.</param>
    /// <exception cref="DiskFullException">There is no room for that many.</exception>
    public RunWriter(IDisk disk, Stack<AlignedBuffer> spare, uint firstPulse, SealedPulse[] pulses, uint level, long entriesAtMost)
    {
        _disk = disk;
        _spare = spare;
        _firstPulse = firstPulse;
        _pulses = pulses;
        _level = level;
        _name = RunFormat.NameOf(firstPulse, firstPulse + (uint)pulses.Length - 1);
        _temporary = _name + RunFormat.TemporarySuffix;
        disk.Delete(_temporary);
        _file = disk.Open(_temporary, DiskOpen.CreateNew, PageBytes + PageCeiling(entriesAtMost / RunFormat.EntriesPerPage * PageBytes));
        _pages = BufferOf(spare);
        _keys = new List<ulong>((int)Math.Min(entriesAtMost / RunFormat.EntriesPerPage, KeysAtFirstMax));
    }

    public long Entries { get; private set; }

    /// <summary>A buffer as writers and readers of runs use it: one that is spare, or a new one.</summary>
    public static AlignedBuffer BufferOf(Stack<AlignedBuffer> spare) =>
        spare.TryPop(out AlignedBuffer? used) ? used : new AlignedBuffer(BufferedPages * PageBytes);

    public void BeginSection(StreamId stream)
    {
        EndPage();
        _sections.Add(new RunSection(stream, _keys.Count, 0));
    }

    public void Add(in SealedEntry entry)
    {
        if (_inPage == 0)
        {
            BeginPage(entry.High);
        }

        _page[_inPage] = entry;
        if (++_inPage == RunFormat.EntriesPerPage)
        {
            EndPage();
        }
    }

    public void Add(ReadOnlySpan<SealedEntry> entries)
    {
        while (entries.Length > 0)
        {
            if (_inPage == 0)
            {
                BeginPage(entries[0].High);
            }

            int count = Math.Min(entries.Length, RunFormat.EntriesPerPage - _inPage);
            entries[..count].CopyTo(_page.AsSpan(_inPage));
            _inPage += count;
            entries = entries[count..];
            if (_inPage == RunFormat.EntriesPerPage)
            {
                EndPage();
            }
        }
    }

    /// <summary>Makes the run durable under its name and opens it.</summary>
    public SealedRun Finish(IReadOnlyCollection<KeyValuePair<StreamId, ulong>> coverage)
    {
        EndPage();
        Flush();
        WriteFooter(coverage);
        _file.Truncate(_offset);
        _file.Sync();
        _file.Dispose();
        _disk.Rename(_temporary, _name);
        _disk.SyncDirectory();
        GiveBack();
        return SealedRun.TryOpen(_disk, _name)
            ?? throw new JournalCorruptException(_name, 0, "the run that was just written cannot be read");
    }

    /// <summary>Leaves without a run.</summary>
    public void Abandon()
    {
        _file.Dispose();
        GiveBack();
        _disk.Delete(_temporary);
    }

    public void Dispose() => _file.Dispose();

    // A run that cannot be opened once it is written is abandoned as well: a buffer given back twice would be in use twice.
    private void GiveBack()
    {
        if (!_isGivenBack)
        {
            _isGivenBack = true;
            _spare.Push(_pages);
        }
    }

    private void BeginPage(ulong key)
    {
        _keys.Add(key);
        RunSection section = _sections[^1];
        _sections[^1] = section with { Pages = section.Pages + 1 };
    }

    private void EndPage()
    {
        if (_inPage == 0)
        {
            return;
        }

        Span<byte> page = _pages.Span(_filledPages * PageBytes, PageBytes);
        Span<byte> entries = MemoryMarshal.AsBytes(_page.AsSpan(0, _inPage));
        entries.CopyTo(page);
        page[entries.Length..].Clear();
        Entries += _inPage;
        BinaryPrimitives.WriteInt32LittleEndian(page[RunFormat.PageCountOffset..], _inPage);
        BinaryPrimitives.WriteUInt32LittleEndian(page[RunFormat.PageChecksumOffset..], Crc32C.Of(page[..RunFormat.PageChecksumOffset]));
        _inPage = 0;
        if (++_filledPages == BufferedPages)
        {
            Flush();
        }
    }

    private void Flush()
    {
        if (_filledPages > 0)
        {
            _pages.WriteTo(_file, _offset, 0, _filledPages * PageBytes);
            _offset += _filledPages * PageBytes;
            _filledPages = 0;
        }
    }

    private void WriteFooter(IReadOnlyCollection<KeyValuePair<StreamId, ulong>> coverage)
    {
        int length = checked((_pulses.Length * SealedPulse.Size)
            + (_sections.Count * RunFormat.SectionBytes)
            + (_keys.Count * sizeof(ulong))
            + (coverage.Count * RunFormat.CoverageBytes));
        AlignedBuffer footer = BufferOf(_spare);
        footer.EnsureCapacity(length);
        int padded = (int)PageCeiling(length);
        footer.Span(0, padded).Clear();
        Span<byte> at = footer.Span(0, length);
        foreach (SealedPulse pulse in _pulses)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(at, pulse.Beat);
            BinaryPrimitives.WriteUInt64LittleEndian(at[8..], pulse.TimeSequence);
            BinaryPrimitives.WriteUInt64LittleEndian(at[16..], pulse.TimestampMs);
            at = at[SealedPulse.Size..];
        }

        foreach (RunSection section in _sections)
        {
            section.Stream.WriteTo(at);
            BinaryPrimitives.WriteInt32LittleEndian(at[32..], section.FirstPage);
            BinaryPrimitives.WriteInt32LittleEndian(at[36..], section.Pages);
            at = at[RunFormat.SectionBytes..];
        }

        MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_keys)).CopyTo(at);
        at = at[(_keys.Count * sizeof(ulong))..];
        foreach ((StreamId stream, ulong beat) in coverage)
        {
            stream.WriteTo(at);
            BinaryPrimitives.WriteUInt64LittleEndian(at[32..], beat);
            at = at[RunFormat.CoverageBytes..];
        }

        footer.WriteTo(_file, _offset, 0, padded);
        _offset += padded;
        WriteHeader(Crc32C.Of(footer.Span(0, length)), length, coverage.Count);
        _spare.Push(footer);
    }

    private void WriteHeader(uint footerChecksum, long footerLength, int coverage)
    {
        Span<byte> page = _pages.Span(0, PageBytes);
        page.Clear();
        RunFormat.Magic.CopyTo(page);
        BinaryPrimitives.WriteUInt32LittleEndian(page[8..], _firstPulse);
        BinaryPrimitives.WriteUInt32LittleEndian(page[12..], _firstPulse + (uint)_pulses.Length - 1);
        BinaryPrimitives.WriteUInt32LittleEndian(page[16..], _level);
        BinaryPrimitives.WriteInt32LittleEndian(page[20..], _sections.Count);
        BinaryPrimitives.WriteInt64LittleEndian(page[24..], Entries);
        BinaryPrimitives.WriteInt32LittleEndian(page[32..], _keys.Count);
        BinaryPrimitives.WriteInt32LittleEndian(page[36..], coverage);
        BinaryPrimitives.WriteInt64LittleEndian(page[40..], footerLength);
        BinaryPrimitives.WriteUInt32LittleEndian(page[48..], footerChecksum);
        SealSector(page[..SectorBytes]);
        _pages.WriteTo(_file, 0, 0, PageBytes);
    }
}

/// <summary>Where a stream's entries are in a run.</summary>
internal readonly record struct RunSection(StreamId Stream, int FirstPage, int Pages);
