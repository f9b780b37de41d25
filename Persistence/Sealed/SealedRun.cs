using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LeitherCluster.Persistence.Files;
using LeitherCluster.Runtime.Journaling;
using static LeitherCluster.Persistence.Files.JournalFormat;

namespace LeitherCluster.Persistence.Sealed;

/// <summary>
/// One run, open for reading. In memory: its sections, the first key of each page, its pulses. A look-up reads one page (more only
/// where pages begin with the same 8 bytes of an id).
/// </summary>
internal sealed class SealedRun : IDisposable
{
    private readonly IDiskFile _file;
    private readonly RunSection[] _sections;
    private readonly ulong[] _keys;
    private readonly AlignedBuffer _page = new(PageBytes);

    private SealedRun(string name, IDiskFile file, RunFooter footer)
    {
        Name = name;
        _file = file;
        Length = file.Length;
        FirstPulse = footer.FirstPulse;
        Level = footer.Level;
        Entries = footer.Entries;
        Pulses = footer.Pulses;
        NewestMs = Pulses.Max(static pulse => pulse.TimestampMs);
        _sections = footer.Sections;
        _keys = footer.Keys;
        Coverage = footer.Coverage;
    }

    public enum Lookup
    {
        Absent,
        Found,

        /// <summary>A page is not what was written.</summary>
        Damaged,
    }

    public string Name { get; }

    public uint FirstPulse { get; }

    public uint LastPulse => FirstPulse + (uint)Pulses.Length - 1;

    public uint Level { get; }

    public long Entries { get; }

    /// <summary>Of the file, in bytes.</summary>
    public long Length { get; }

    public SealedPulse[] Pulses { get; }

    /// <summary>The newest timestamp in it. Not always the last pulse's: after a crash the streams catch up one by one.</summary>
    public ulong NewestMs { get; }

    /// <summary>Streams in order.</summary>
    public ReadOnlySpan<RunSection> Sections => _sections;

    /// <summary>Through which beat the index covered each stream when the run was written.</summary>
    public KeyValuePair<StreamId, ulong>[] Coverage { get; }

    /// <summary>Opens a run; null when it is not whole.</summary>
    public static SealedRun? TryOpen(IDisk disk, string name)
    {
        IDiskFile file = disk.Open(name, DiskOpen.ReadOnly);
        if (RunFooter.TryRead(file) is { } footer)
        {
            return new SealedRun(name, file, footer);
        }

        file.Dispose();
        return null;
    }

    public Lookup TryFind(StreamId stream, ulong high, ulong low, out SealedPlace place)
    {
        place = default;
        if (!TryFindSection(stream, out RunSection section))
        {
            return Lookup.Absent;
        }

        // The id stands on the last page that begins before it, or on one that begins with the same key.
        Span<ulong> keys = _keys.AsSpan(section.FirstPage, section.Pages);
        int at = LowerBound(keys, high);
        for (int page = Math.Max(0, at - 1); page < keys.Length && keys[page] <= high; page++)
        {
            ReadOnlySpan<SealedEntry> entries = ReadPage(section.FirstPage + page);
            if (entries.IsEmpty)
            {
                return Lookup.Damaged;
            }

            int found = LowerBound(entries, high, low);
            if (found < entries.Length && entries[found].IsOf(high, low))
            {
                uint pulse = entries[found].Pulse - FirstPulse;
                place = pulse < (uint)Pulses.Length ? Pulses[pulse].At(entries[found].Position) : default;
                return pulse < (uint)Pulses.Length ? Lookup.Found : Lookup.Damaged;
            }
        }

        return Lookup.Absent;
    }

    public void Dispose() => _file.Dispose();

    private bool TryFindSection(StreamId stream, out RunSection section)
    {
        int low = 0;
        int high = _sections.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            section = _sections[middle];
            int order = section.Stream.CompareTo(stream);
            if (order == 0)
            {
                return true;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        section = default;
        return false;
    }

    /// <summary>The entries of a data page; none when it is not what was written. Good until the next call.</summary>
    private ReadOnlySpan<SealedEntry> ReadPage(int number)
    {
        Span<byte> page = _page.Span(0, PageBytes);
        int read = _file.Read((1 + (long)number) * PageBytes, page);
        return EntriesOf(page[..read]);
    }

    private static ReadOnlySpan<SealedEntry> EntriesOf(ReadOnlySpan<byte> page)
    {
        if (page.Length < PageBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(page[RunFormat.PageChecksumOffset..]) != Crc32C.Of(page[..RunFormat.PageChecksumOffset]))
        {
            return default;
        }

        int count = BinaryPrimitives.ReadInt32LittleEndian(page[RunFormat.PageCountOffset..]);
        return (uint)count > RunFormat.EntriesPerPage
            ? default
            : MemoryMarshal.Cast<byte, SealedEntry>(page[..(count * SealedEntry.Size)]);
    }

    private static int LowerBound(ReadOnlySpan<ulong> keys, ulong key)
    {
        int low = 0;
        int high = keys.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = keys[middle] < key ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static int LowerBound(ReadOnlySpan<SealedEntry> entries, ulong idHigh, ulong idLow)
    {
        var id = new SealedEntry(idHigh, idLow, 0, 0);
        int low = 0;
        int high = entries.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = entries[middle].IsBefore(id) ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Reads sections, entry by entry and each section after the one before it, through a window of its own.</summary>
    public sealed class Reader(SealedRun run, AlignedBuffer window)
    {
        private const int ReadAheadBytes = 64 * PageBytes;

        private readonly SegmentReader _window = new(run._file, window);
        private readonly SealedEntry[] _entries = new SealedEntry[RunFormat.EntriesPerPage];
        private int _nextPage;
        private int _endPage;
        private int _at;
        private int _count;

        /// <summary>What it reads into; another may have it when this reader is done.</summary>
        public AlignedBuffer Window { get; } = window;

        public ref readonly SealedEntry Current => ref _entries[_at];

        /// <summary>Goes before the first entry of a section.</summary>
        public void Begin(in RunSection section)
        {
            _nextPage = section.FirstPage;
            _endPage = section.FirstPage + section.Pages;
            _at = 0;
            _count = 0;
        }

        /// <summary>Goes to the next entry; false at the end of the section.</summary>
        /// <exception cref="RunDamagedException">A page is not what was written.</exception>
        public bool MoveNext() => ++_at < _count || NextPage();

        private bool NextPage()
        {
            if (_nextPage == _endPage)
            {
                return false;
            }

            long offset = (1 + (long)_nextPage++) * PageBytes;
            ReadOnlySpan<SealedEntry> entries = EntriesOf(_window.Peek(offset, PageBytes, ReadAheadBytes));
            if (entries.IsEmpty)
            {
                throw new RunDamagedException(run, offset);
            }

            entries.CopyTo(_entries);
            _count = entries.Length;
            _at = 0;
            return true;
        }
    }
}
