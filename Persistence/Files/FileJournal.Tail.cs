using static LeitherCluster.Persistence.Files.JournalFormat;

namespace LeitherCluster.Persistence.Files;

/// <content>The end of the log: room ahead of it, and nothing left behind it by a write that failed.</content>
public sealed partial class FileJournal
{
    /// <summary>From here on a failed write may have left something; -1: nowhere.</summary>
    private long _dirtyFrom = -1;
    private bool _isHeaderDirty;

    /// <summary>
    /// Before a write behind everything written so far: what an earlier failure may have left there is gone, there is room, and
    /// should this one fail, what it leaves will be cut off too.
    /// </summary>
    private void PrepareWrite(long offset, long length)
    {
        CleanTail();
        EnsureRoom(offset + length);
        _dirtyFrom = offset;
    }

    private void EnsureRoom(long end)
    {
        Segment active = Active;
        if (end > active.Length)
        {
            long step = _options.AllocationStepBytes;
            active.Reserve(end, (end + step - 1) / step * step);
        }
    }

    /// <summary>Removes what a failed write may have left, durably, so that no byte is ever written with two contents.</summary>
    private void CleanTail()
    {
        if (_isHeaderDirty)
        {
            var zeros = new AlignedBuffer(PageBytes);
            zeros.Span(0, PageBytes).Clear();
            zeros.WriteTo(Active.File, _groupStart, 0, PageBytes);
            Active.File.Sync();
            _isHeaderDirty = false;
        }

        if (_dirtyFrom >= 0)
        {
            Active.CutDurably(_dirtyFrom);
            _dirtyFrom = -1;
        }
    }

    /// <summary>Forgets the open group.</summary>
    private void DropGroup()
    {
        if (_groupEnd > 0 || _dirtyFrom >= 0)
        {
            _dirtyFrom = _groupStart;
        }

        _isHeaderDirty = false;
        ResetGroup(_groupStart);
    }

    private void ResetGroup(long start)
    {
        _groupStart = start;
        _groupEnd = 0;
        _staged = SectorBytes;
        _pendingCount = 0;
        _pendingKeys.Clear();
    }
}
