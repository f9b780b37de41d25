using LeitherCluster.Runtime.Journaling;
using static LeitherCluster.Persistence.Files.JournalFormat;

namespace LeitherCluster.Persistence.Files;

/// <content>Snapshots: a file each, under its final name only when it is whole and durable.</content>
public sealed unsafe partial class FileJournal
{
    public JournalOutcome SaveSnapshot(SnapshotKey key, JournalBuffer body)
    {
        ArgumentNullException.ThrowIfNull(body);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ulong group;
        lock (_gate)
        {
            if (_snapshots.Contains(key))
            {
                return JournalOutcome.Duplicate;
            }

            group = _position.Group;
        }

        try
        {
            long bytes = SnapshotFile.Write(_disk, _control.JournalId, key, group, body, _snapshotPage);
            lock (_gate)
            {
                _snapshots.Add(key, bytes, group);
                RefreshUsage();
            }

            return JournalOutcome.Ok;
        }
        catch (DiskFullException)
        {
            return JournalOutcome.Full;
        }
    }

    public bool TryLoadSnapshot(StreamId stream, ulong atMostTimeSequence, JournalBuffer into, out SnapshotKey key)
    {
        ArgumentNullException.ThrowIfNull(into);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        lock (_reading)
        {
            lock (_gate)
            {
                if (!_snapshots.TryFindNewest(stream, atMostTimeSequence, out key))
                {
                    return false;
                }
            }

            SnapshotFile.Read(_disk, _control.JournalId, key, into, _snapshotPage);
            return true;
        }
    }

    public IReadOnlyList<SnapshotKey> ListSnapshots(StreamId stream)
    {
        lock (_gate)
        {
            return _snapshots.Of(stream);
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// For each stream the newest snapshot of at most that time sequence is its base, if it was taken before the last group (one
    /// taken after that would go with it, should it turn out to be torn): older snapshots go, and so do the leading
    /// segments in which every block is covered by its stream's base. A stream without a base needs all its blocks. Snapshots are
    /// removed before the blocks that lead on from them, so that an interruption leaves no snapshot with a gap behind it; the
    /// control file names the first segment before any file is removed.
    /// </remarks>
    public JournalOutcome Compact(ulong keepFromTimeSequence)
    {
        CheckUsable();
        try
        {
            lock (_reading)
            {
                RemoveSnapshots(keepFromTimeSequence);
                RemoveSegments(keepFromTimeSequence);
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

    /// <summary>Finds the snapshots there are. One that was taken after a group that is not there is of a state that has yet to come again: it goes.</summary>
    private void FindSnapshots()
    {
        foreach (string name in _disk.List())
        {
            if (!TryParseSnapshotName(name, out SnapshotKey key))
            {
                continue;
            }

            (long bytes, ulong group) = SnapshotFile.Look(_disk, name);
            if (group > _position.Group)
            {
                _disk.Delete(name);
            }
            else
            {
                _snapshots.Add(key, bytes, group);
            }
        }

        _disk.SyncDirectory();
    }

    private void RemoveSnapshots(ulong keepFromTimeSequence)
    {
        List<SnapshotKey> older;
        lock (_gate)
        {
            older = _snapshots.OlderThanBase(keepFromTimeSequence, _position.Group);
            foreach (SnapshotKey key in older)
            {
                _snapshots.Remove(key);
            }

            RefreshUsage();
        }

        foreach (SnapshotKey key in older)
        {
            _disk.Delete(SnapshotName(key));
        }

        if (older.Count > 0)
        {
            _disk.SyncDirectory();
        }
    }

    private void RemoveSegments(ulong keepFromTimeSequence)
    {
        uint first;
        lock (_gate)
        {
            first = _index.FirstNeededSegment(
                stream => _snapshots.TryFindBase(stream, keepFromTimeSequence, _position.Group, out SnapshotKey key) ? key.Beat : null,
                Active.Number);
        }

        if (first == _control.FirstSegment)
        {
            return;
        }

        _marker.Sync();
        _control.RaiseFirstSegment(_disk, first);
        List<Segment> gone;
        lock (_gate)
        {
            gone = _segments.FindAll(segment => segment.Number < first);
            _segments.RemoveRange(0, gone.Count);
            _index.DropBelow(first);
            RefreshUsage();
        }

        foreach (Segment segment in gone)
        {
            segment.Dispose();
            _disk.Delete(segment.Name);
        }

        _disk.SyncDirectory();
    }
}
