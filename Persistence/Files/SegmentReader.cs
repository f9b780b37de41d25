using LeitherCluster.Runtime.Journaling;
using static LeitherCluster.Persistence.Files.JournalFormat;

namespace LeitherCluster.Persistence.Files;

/// <summary>Reads a file through one window: hopping from header to header, or straight through.</summary>
/// <param name="file">what is read</param>
/// <param name="window">what it is read into, which grows as it must; null: one of its own</param>
internal sealed class SegmentReader(IDiskFile file, AlignedBuffer? window = null)
{
    /// <summary>Bytes read at once when reading straight through.</summary>
    public const int ReadAheadBytes = 1 << 20;

    private readonly AlignedBuffer _window = window ?? new AlignedBuffer(PageBytes);
    private long _start;
    private int _length;

    public long FileLength { get; } = file.Length;

    /// <summary>
    /// The bytes from there on, as many as asked for or as the file has. Valid until the next call. When they are not in the
    /// window, <paramref name="readAhead"/> bytes are read at least.
    /// </summary>
    public ReadOnlySpan<byte> Peek(long offset, int length, int readAhead = PageBytes)
    {
        length = (int)Math.Clamp(FileLength - offset, 0, length);
        if (length == 0)
        {
            return default;
        }

        if (offset < _start || offset + length > _start + _length)
        {
            Load(offset, (int)Math.Min(Math.Max(length, readAhead), FileLength - offset));
            length = (int)Math.Clamp(_start + _length - offset, 0, length);
        }

        return _window.Span((int)(offset - _start), length);
    }

    private void Load(long offset, int length)
    {
        long start = offset & -PageBytes;
        int pages = checked((int)PageCeiling(offset + length - start));
        _length = 0;
        _window.EnsureCapacity(pages);
        _length = file.Read(start, _window.Span(0, pages));
        _start = start;
    }
}
