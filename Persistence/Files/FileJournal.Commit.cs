using LeitherCluster.Runtime.Journaling;
using static LeitherCluster.Persistence.Files.JournalFormat;

namespace LeitherCluster.Persistence.Files;

/// <content>The commit: table and header, one sync, and only then does anybody see the blocks.</content>
public sealed partial class FileJournal
{
    private GroupMark _lastMark;

    public JournalOutcome AcquireEpoch(StreamId owner, out uint epoch)
    {
        CheckUsable();
        epoch = 0;
        try
        {
            epoch = _control.RaiseEpoch(_disk, owner);
            return JournalOutcome.Ok;
        }
        catch (DiskFullException)
        {
            return JournalOutcome.Full;
        }
        catch (IOException failure)
        {
            _failure = failure;
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// A group without blocks is nothing that could be durable: Ok, and the disk is not touched. After Fenced (an epoch was raised
    /// since a block was written) the whole group is gone.
    /// </remarks>
    public JournalOutcome Commit(GroupMark mark)
    {
        CheckUsable();
        CheckRises(mark);
        if (_pendingCount == 0)
        {
            _lastMark = mark;
            return JournalOutcome.Ok;
        }

        if (IsFenced())
        {
            DropGroup();
            return JournalOutcome.Fenced;
        }

        try
        {
            GroupHeader header = WriteGroup(mark);
            Active.File.Sync();
            Publish(header);
            NoteSettled();
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

    private void CheckRises(GroupMark mark)
    {
        GroupMark last = _lastMark > _position.Mark ? _lastMark : _position.Mark;
        if (mark <= last)
        {
            throw new ArgumentException($"Marks rise strictly: {mark} comes after {last}", nameof(mark));
        }
    }

    private bool IsFenced()
    {
        foreach (ref readonly PendingBlock block in _pending.AsSpan(0, _pendingCount))
        {
            if (block.Epoch < _control.EpochInForce(block.Key.Stream))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Writes what has not been written yet: packed bodies and table, then page 0 with the header.</summary>
    private GroupHeader WriteGroup(GroupMark mark)
    {
        int staged = _staged;
        try
        {
            CleanTail();
            bool isWhole = _groupEnd == 0;
            long stagedFrom = isWhole ? 0 : _groupEnd - _groupStart;
            int table = AppendTable(stagedFrom);
            int length = PadStaging();
            var header = new GroupHeader
            {
                JournalId = _control.JournalId,
                Number = _position.Group + 1,
                Mark = mark,
                Length = stagedFrom + length,
                TableOffset = stagedFrom + table,
                BlockCount = _pendingCount,
                TableChecksum = Crc32C.Of(_staging.Span(table, _pendingCount * BlockHeader.Size)),
                TimeSequenceHigh = _timeSequenceHigh,
                Previous = _position.Chain,
            };
            KeepReserve(_groupStart + header.Length, mark);
            header.WriteTo(isWhole ? _staging.Span(0, SectorBytes) : _firstPage.Span(0, SectorBytes));
            WriteStaging(_groupStart + stagedFrom, 0, length);
            if (!isWhole)
            {
                WriteFirstPage(_groupStart + stagedFrom);
            }

            Settle(stagedFrom);
            return header;
        }
        finally
        {
            _staged = staged;
        }
    }

    private void WriteFirstPage(long tail)
    {
        try
        {
            _firstPage.WriteTo(Active.File, _groupStart, 0, PageBytes);
        }
        catch (DiskFullException)
        {
            _isHeaderDirty = true;
            _dirtyFrom = tail;
            throw;
        }
    }

    /// <summary>Appends the table to the staging buffer, on a sector of its own, and returns where it begins there.</summary>
    private int AppendTable(long stagedFrom)
    {
        int start = (_staged + SectorBytes - 1) & -SectorBytes;
        int end = start + (_pendingCount * BlockHeader.Size);
        _staging.EnsureCapacity((int)PageCeiling(end), keep: _staged);
        _staging.Span(_staged, start - _staged).Clear();
        for (int i = 0; i < _pendingCount; i++)
        {
            ToHeader(i, stagedFrom).WriteTo(_staging.Span(start + (i * BlockHeader.Size), BlockHeader.Size));
        }

        _staged = end;
        return start;
    }

    private BlockHeader ToHeader(int index, long stagedFrom)
    {
        ref readonly PendingBlock block = ref _pending[index];
        return new BlockHeader
        {
            Key = block.Key,
            TimeSequence = block.TimeSequence,
            Epoch = block.Epoch,
            Offset = block.Offset + (block.IsStaged ? stagedFrom : 0),
            Length = block.Length,
            BodyChecksum = block.Checksum,
            ZeroPieces = block.ZeroPieces,
            PreviousGroup = _index.LastGroup(block.Key.Stream),
        };
    }

    /// <summary>
    /// A group that begins a beat leaves room for the one that ends it, so that a pulse whose seals are durable can be committed
    /// on a full disk.
    /// </summary>
    private void KeepReserve(long end, GroupMark mark)
    {
        bool endsBeat = _position.Group > 0 && _position.Mark.Beat == mark.Beat;
        EnsureRoom(end + (endsBeat ? 0 : _options.CommitReserveBytes));
    }

    /// <summary>The group is durable: its blocks can be read from now on.</summary>
    private void Publish(in GroupHeader header)
    {
        Span<byte> sector = stackalloc byte[SectorBytes];
        header.WriteTo(sector);
        lock (_gate)
        {
            foreach (ref readonly PendingBlock block in _pending.AsSpan(0, _pendingCount))
            {
                var place = new BlockPlace(
                    block.Key.Beat,
                    block.TimeSequence,
                    _groupStart + block.Offset,
                    block.Length,
                    block.Checksum,
                    block.Epoch,
                    Active.Number,
                    block.Key.Kind);
                if (!_index.TryAdd(block.Key.Stream, place, header.Number))
                {
                    throw new InvalidOperationException($"{block.Key} was committed twice");
                }
            }

            _position = JournalPosition.AfterGroup(header, GroupHeader.Chain.Of(sector));
            _lastMark = header.Mark;
            ResetGroup(_groupStart + header.Length);
            RefreshUsage();
        }
    }

    /// <summary>The group before the one just committed is settled now: its loss is an error from here on.</summary>
    private void NoteSettled()
    {
        if (_position.Group > 1)
        {
            _marker.Write(_position.Group - 1);
        }
    }
}
