using LeitherCluster.Runtime.Journaling;
using static LeitherCluster.Persistence.Files.JournalFormat;

namespace LeitherCluster.Persistence.Files;

/// <content>Reading blocks back: always against their checksums.</content>
public sealed unsafe partial class FileJournal
{
    public bool TryRead(BlockKey key, JournalBuffer into)
    {
        ArgumentNullException.ThrowIfNull(into);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        lock (_reading)
        {
            BlockPlace place;
            Segment segment;
            lock (_gate)
            {
                if (!_index.TryFind(key, out place))
                {
                    return false;
                }

                segment = SegmentOf(place);
            }

            ReadBody(key, segment, place, into);
            return true;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Blocks that a compaction has dropped are not there any more: whoever replays begins at a retained snapshot.</remarks>
    public void Replay(StreamId stream, ulong afterBeat, ulong throughBeat, IBlockSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ulong beat = afterBeat;
        byte kind = byte.MaxValue;
        while (ReadNext(stream, beat, kind, throughBeat) is { } block)
        {
            beat = block.Key.Beat;
            kind = block.Key.Kind;
            if (!sink.OnBlock(block))
            {
                return;
            }
        }
    }

    /// <summary>The stream's first block after (beat, kind), with its body; null when there is none up to that beat.</summary>
    private JournalBlock? ReadNext(StreamId stream, ulong beat, byte kind, ulong throughBeat)
    {
        if (kind == byte.MaxValue)
        {
            if (beat == ulong.MaxValue)
            {
                return null;
            }

            beat++;
            kind = 0;
        }
        else
        {
            kind++;
        }

        lock (_reading)
        {
            BlockPlace place;
            Segment segment;
            lock (_gate)
            {
                if (!_index.TryFindFrom(stream, beat, kind, out place) || place.Beat > throughBeat)
                {
                    return null;
                }

                segment = SegmentOf(place);
            }

            return ReadBlock(stream, segment, place);
        }
    }

    private JournalBlock ReadBlock(StreamId stream, Segment segment, in BlockPlace place)
    {
        var key = new BlockKey(stream, place.Beat, place.Kind);
        JournalBuffer body = _buffers.Rent(place.Length);
        try
        {
            ReadBody(key, segment, place, body);
        }
        catch
        {
            body.Release();
            throw;
        }

        return new JournalBlock { Key = key, Epoch = place.Epoch, TimeSequence = place.TimeSequence, Body = body };
    }

    private Segment SegmentOf(in BlockPlace place) => _segments[(int)(place.Segment - _segments[0].Number)];

    private static void ReadBody(BlockKey key, Segment segment, in BlockPlace place, JournalBuffer into)
    {
        ReadWhole(segment.File, place.Offset, place.Length, into);
        if (into.Length != place.Length || Crc32C.Of(into.Span) != place.Checksum)
        {
            throw new JournalCorruptException(segment.Name, place.Offset, $"the body of {key} is not what was written");
        }
    }

    /// <summary>Reads that many bytes, or what the file has of them. An aligned body is read past the page cache.</summary>
    private static void ReadWhole(IDiskFile file, long offset, int length, JournalBuffer into)
    {
        into.Length = 0;
        into.EnsureCapacity(length);
        bool isAligned = offset % PageBytes == 0;
        int asked = isAligned ? (int)PageCeiling(length) : length;
        int read = file.Read(offset, new Span<byte>(into.Pointer, asked));
        into.Length = Math.Min(read, length);
    }
}
