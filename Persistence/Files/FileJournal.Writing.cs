using System.Diagnostics.CodeAnalysis;
using LeitherCluster.Runtime.Journaling;
using static LeitherCluster.Persistence.Files.JournalFormat;

namespace LeitherCluster.Persistence.Files;

/// <content>The open group: taking blocks in. Small bodies are packed in the staging buffer, large ones are written at once.</content>
public sealed unsafe partial class FileJournal
{
    private readonly AlignedBuffer _staging;
    private readonly AlignedBuffer _firstPage;
    private readonly Dictionary<BlockKey, int> _pendingKeys = [];
    private PendingBlock[] _pending = new PendingBlock[64];
    private int _pendingCount;

    /// <summary>After the last committed group.</summary>
    private JournalPosition _position;

    /// <summary>Where the open group begins in the active segment.</summary>
    private long _groupStart;

    /// <summary>Next page of the open group that nothing has been written to; 0: all of it is still in the staging buffer.</summary>
    private long _groupEnd;
    private int _staged = SectorBytes;
    private ulong _timeSequenceHigh;
    private Exception? _failure;
    private bool _isDisposed;

    private Segment Active => _segments[^1];

    public JournalOutcome Write(JournalBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        CheckUsable();
        CheckBlock(block);
        BlockKey key = block.Key;
        if (block.Epoch < _control.EpochInForce(key.Stream))
        {
            return JournalOutcome.Fenced;
        }

        ReadOnlySpan<byte> body = block.Body.Span;
        uint checksum = Crc32C.Of(body);
        if (TryFindEarlier(key, out int lengthThen, out uint checksumThen))
        {
            return lengthThen == body.Length && checksumThen == checksum ? JournalOutcome.Duplicate : JournalOutcome.Conflict;
        }

        try
        {
            if (_pendingCount == 0)
            {
                BeginGroup();
            }

            if (body.Length >= _options.LargeBodyBytes)
            {
                WriteLarge(block, checksum);
            }
            else
            {
                Stage(block, checksum);
            }

            return JournalOutcome.Ok;
        }
        catch (DiskFullException)
        {
            return JournalOutcome.Full;
        }
        catch (Exception failure)
        {
            _failure = failure;
            throw;
        }
    }

    private static void CheckBlock(JournalBlock block)
    {
        StreamId stream = block.Key.Stream;
        if (stream == StreamId.WholeJournal || stream.Reserved != 0)
        {
            throw new ArgumentException($"{stream} is no stream that can have blocks", nameof(block));
        }

        if (block.Body.Length > BodyBytesMax)
        {
            throw new ArgumentException($"A body has {BodyBytesMax} bytes at most, not {block.Body.Length}", nameof(block));
        }
    }

    private bool TryFindEarlier(BlockKey key, out int length, out uint checksum)
    {
        if (_pendingKeys.TryGetValue(key, out int pending))
        {
            length = _pending[pending].Length;
            checksum = _pending[pending].Checksum;
            return true;
        }

        // Only this thread changes the index, so it may look without the gate.
        bool isCommitted = _index.TryFind(key, out BlockPlace place);
        length = place.Length;
        checksum = place.Checksum;
        return isCommitted;
    }

    private void BeginGroup()
    {
        ResetGroup(_groupStart);
        _timeSequenceHigh = _position.TimeSequenceHigh;
        if (_groupStart < _options.SegmentBytes)
        {
            return;
        }

        try
        {
            CleanTail();
            Segment next = Segment.Create(_disk, _control.JournalId, Active.Number + 1, _position, _options.AllocationStepBytes);
            Active.GiveBackRoom(_groupStart);
            _marker.Sync();
            lock (_gate)
            {
                _segments.Add(next);
                RefreshUsage();
            }

            _groupStart = PageBytes;
        }
        catch (DiskFullException)
        {
            // The active segment goes on as long as it has room; the next group tries again.
        }
    }

    private void Stage(JournalBlock block, uint checksum)
    {
        int length = (int)block.Body.Length;
        if (_staged + length > _options.StagingBytes)
        {
            FlushStaging();
        }

        block.Body.Span.CopyTo(_staging.Span(_staged, length));
        Add(block, checksum, _staged, isStaged: true);
        _staged += length;
    }

    private void WriteLarge(JournalBlock block, uint checksum)
    {
        // Page 0 belongs to the header and to bodies that were staged before: they keep their places.
        if (_groupEnd == 0)
        {
            FlushStaging();
        }

        JournalBuffer body = block.Body;
        long padded = PageCeiling(body.Length);
        new Span<byte>(body.Pointer + body.Length, (int)(padded - body.Length)).Clear();
        PrepareWrite(_groupEnd, padded);
        Active.File.WriteAligned(_groupEnd, body.Pointer, (nint)padded);
        _dirtyFrom = -1;
        Add(block, checksum, _groupEnd - _groupStart, isStaged: false);
        _groupEnd += padded;
    }

    private void Add(JournalBlock block, uint checksum, long offset, bool isStaged)
    {
        if (_pendingCount == _pending.Length)
        {
            Array.Resize(ref _pending, 2 * _pendingCount);
        }

        _pendingKeys.Add(block.Key, _pendingCount);
        _pending[_pendingCount++] = new PendingBlock
        {
            Key = block.Key,
            TimeSequence = block.TimeSequence,
            Epoch = block.Epoch,
            Offset = offset,
            Length = (int)block.Body.Length,
            Checksum = checksum,
            ZeroPieces = BlockHeader.CountZeroPieces(offset, block.Body.Span),
            IsStaged = isStaged,
        };
        _timeSequenceHigh = Math.Max(_timeSequenceHigh, block.TimeSequence);
    }

    /// <summary>
    /// Writes what is staged behind what has been written. The first time, page 0 is set aside: it goes out at the commit, with
    /// the header in it.
    /// </summary>
    private void FlushStaging()
    {
        int length = PadStaging();
        if (_groupEnd == 0)
        {
            // Nothing has been written yet: remember page 0, and begin behind it.
            WriteStaging(_groupStart + PageBytes, PageBytes, length - PageBytes);
            _staging.Span(0, PageBytes).CopyTo(_firstPage.Span(0, PageBytes));
            Settle(0);
            _groupEnd = _groupStart + length;
        }
        else if (_staged > 0)
        {
            WriteStaging(_groupEnd, 0, length);
            _groupEnd += length;
            Settle(_groupEnd - length - _groupStart);
        }

        _staged = 0;
    }

    /// <summary>Fills the staging buffer with zeros up to the next page, and returns its length then.</summary>
    private int PadStaging()
    {
        int length = Math.Max((int)PageCeiling(_staged), _groupEnd == 0 ? PageBytes : 0);
        _staging.Span(_staged, length - _staged).Clear();
        return length;
    }

    /// <summary>The staged bodies have got their place in the group.</summary>
    private void Settle(long offset)
    {
        foreach (ref PendingBlock block in _pending.AsSpan(0, _pendingCount))
        {
            if (block.IsStaged)
            {
                block.Offset += offset;
                block.IsStaged = false;
            }
        }
    }

    private void WriteStaging(long offset, int start, int length)
    {
        if (length > 0)
        {
            PrepareWrite(offset, length);
            _staging.WriteTo(Active.File, offset, start, length);
            _dirtyFrom = -1;
        }
    }

    private void CheckUsable()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_failure is not null)
        {
            ThrowFailed(_failure);
        }
    }

    [DoesNotReturn]
    private static void ThrowFailed(Exception failure) => throw new JournalFailedException(
        "The journal failed earlier and takes no more",
        failure is JournalCorruptException ? JournalOutcome.Corrupt : JournalOutcome.Unavailable,
        failure);

    private struct PendingBlock
    {
        public BlockKey Key;
        public ulong TimeSequence;
        public uint Epoch;
        public long Offset;
        public int Length;
        public uint Checksum;
        public int ZeroPieces;
        public bool IsStaged;
    }
}
