using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Persistence.Sealed;

/// <content>The runs: opening, writing, merging, dropping.</content>
public sealed partial class SealedIndex
{
    /// <summary>On a full disk memory takes that many times the usual number of entries.</summary>
    private const int MemoryStretch = 4;

    /// <summary>At least so many entries are merged in an Append, so that small ones get somewhere too.</summary>
    private const int MergeEntriesMin = 64;

    private void OpenRuns()
    {
        var damaged = new List<(string Name, uint FirstPulse)>();
        foreach (string name in _disk.List())
        {
            if (RunFormat.IsTemporary(name))
            {
                _disk.Delete(name);
            }
            else if (RunFormat.TryParseName(name, out uint firstPulse))
            {
                if (SealedRun.TryOpen(_disk, name) is { } run)
                {
                    _runs.Add(run);
                }
                else
                {
                    damaged.Add((name, firstPulse));
                }
            }
        }

        _runs.Sort((a, b) => a.FirstPulse != b.FirstPulse ? a.FirstPulse.CompareTo(b.FirstPulse) : b.LastPulse.CompareTo(a.LastPulse));
        DropMerged();
        DropBehindGaps(damaged.ConvertAll(run => run.FirstPulse));
        damaged.ForEach(run => _disk.Delete(run.Name));
        TakeOverCoverage();
    }

    /// <summary>What comes after a run that is missing or damaged is dropped too, so that what is covered has no gap.</summary>
    private void DropBehindGaps(List<uint> damaged)
    {
        damaged.RemoveAll(pulse => _runs.Exists(run => run.FirstPulse <= pulse && pulse <= run.LastPulse));
        uint end = damaged.Count > 0 ? damaged.Min() : uint.MaxValue;
        int kept = 0;
        while (kept < _runs.Count
            && _runs[kept].FirstPulse < end
            && (kept == 0 || _runs[kept].FirstPulse == _runs[kept - 1].LastPulse + 1))
        {
            kept++;
        }

        Remove(kept, _runs.Count - kept);
    }

    /// <summary>Runs that lie within another were merged into it.</summary>
    private void DropMerged()
    {
        for (int i = 1; i < _runs.Count;)
        {
            if (_runs[i].LastPulse <= _runs[i - 1].LastPulse)
            {
                Remove(i, 1);
            }
            else
            {
                i++;
            }
        }
    }

    /// <summary>The index covers what its newest run says, and memory is empty.</summary>
    private void TakeOverCoverage()
    {
        _covered.Clear();
        if (_runs.Count > 0)
        {
            foreach ((StreamId stream, ulong beat) in _runs[^1].Coverage)
            {
                _covered[stream] = beat;
            }
        }

        _memory.Clear(_runs.Count > 0 ? checked(_runs[^1].LastPulse + 1) : 1);
    }

    private bool IsMemoryFull(SealedPulse next) => _memory.Count > 0
        && (_memory.Count >= _options.MemoryEntriesMax
            || next.TimestampMs >= _memory.Pulses[0].TimestampMs + _options.MemorySpanMs);

    private void Spill()
    {
        try
        {
            WriteRun();
        }
        catch (DiskFullException) when (_memory.Count < (long)MemoryStretch * _options.MemoryEntriesMax)
        {
            return;
        }

        BeginMerges();
    }

    /// <summary>Writes memory out as a run, and empties it.</summary>
    private void WriteRun()
    {
        SealedPulse[] pulses = [.. _memory.Pulses];
        var writer = new RunWriter(_disk, _spareBuffers, _memory.FirstPulse, pulses, 0, EntriesWithPadding());
        try
        {
            foreach (StreamId stream in _memory.Streams)
            {
                writer.BeginSection(stream);
                writer.Add(_sorter.Sort(_memory.Of(stream)));
            }

            _runs.Add(writer.Finish(_covered));
        }
        catch (IOException)
        {
            writer.Abandon();
            throw;
        }

        _memory.Clear(checked(_memory.FirstPulse + (uint)pulses.Length));
    }

    /// <summary>Each section's last page may be nearly empty.</summary>
    private long EntriesWithPadding() => _memory.Count + ((long)_memory.Streams.Count() * RunFormat.EntriesPerPage);

    /// <summary>Begins a merge on every level that has enough runs side by side and no merge yet.</summary>
    private void BeginMerges()
    {
        uint firstLive = FirstLivePulse();
        for (int start = 0; start + _options.MergeRuns <= _runs.Count;)
        {
            List<SealedRun> runs = _runs.GetRange(start, _options.MergeRuns);
            bool isMergeable = runs.TrueForAll(run => run.Level == runs[0].Level && !IsMerging(run))
                && runs.Sum(run => run.Entries) <= _options.RunEntriesMax
                && !_merges.Exists(merge => merge.Level == runs[0].Level + 1);
            if (!isMergeable)
            {
                start++;
                continue;
            }

            try
            {
                _merges.Add(new RunMerger(_disk, _spareBuffers, [.. runs], firstLive));
            }
            catch (DiskFullException)
            {
                // No merging without room: look-ups read some more pages until there is some.
                return;
            }

            start += _options.MergeRuns;
        }
    }

    private uint FirstLivePulse()
    {
        foreach (SealedRun run in _runs)
        {
            int live = Array.FindIndex(run.Pulses, pulse => pulse.TimestampMs >= _keptFromMs);
            if (live >= 0)
            {
                return run.FirstPulse + (uint)live;
            }
        }

        return _memory.FirstPulse;
    }

    /// <summary>
    /// Every merge goes on by one and a half times what was appended: it is done well before the next one of its level is due.
    /// </summary>
    private void MergeSome(int appended)
    {
        int share = MergeEntriesMin + appended + (appended / 2);
        for (int i = _merges.Count - 1; i >= 0; i--)
        {
            RunMerger merge = _merges[i];
            try
            {
                if (merge.Step(share))
                {
                    Replace(merge);
                }
            }
            catch (RunDamagedException damaged)
            {
                throw Drop(damaged.Run, damaged.Offset, damaged);
            }
            catch (IOException failure)
            {
                _merges.Remove(merge);
                merge.Abandon();
                if (failure is not DiskFullException)
                {
                    throw;
                }
            }
        }
    }

    /// <summary>The merged run stands for those that went into it.</summary>
    private void Replace(RunMerger merge)
    {
        SealedRun merged = merge.Finish();
        _merges.Remove(merge);
        int first = _runs.IndexOf(merge.Runs[0]);
        foreach (SealedRun run in merge.Runs)
        {
            _runs.Remove(run);
            Delete(run);
        }

        _runs.Insert(first, merged);
        BeginMerges();
    }

    /// <summary>
    /// Drops a run that cannot be read, all newer ones, and memory: what is left is covered without a gap. The caller has to know,
    /// lest it append what comes next and leave one.
    /// </summary>
    private JournalCorruptException Drop(SealedRun run, long offset, Exception? inner = null)
    {
        AbandonMerges();
        int index = _runs.IndexOf(run);
        Remove(index, _runs.Count - index);
        TakeOverCoverage();
        return new JournalCorruptException(
            run.Name,
            offset,
            "a page of sealed ids is not what was written; the index has dropped it and covers less now",
            inner);
    }

    private void AbandonMerges()
    {
        foreach (RunMerger merge in _merges)
        {
            merge.Abandon();
        }

        _merges.Clear();
    }

    private bool IsMerging(SealedRun run) => _merges.Exists(merge => merge.Runs.Contains(run));

    /// <summary>
    /// From the outside in, so that an interruption leaves no gap that is not seen: the oldest go oldest first, all others newest
    /// first.
    /// </summary>
    private void Remove(int start, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Delete(_runs[start == 0 ? i : start + count - 1 - i]);
        }

        _runs.RemoveRange(start, count);
    }

    private void Delete(SealedRun run)
    {
        run.Dispose();
        _disk.Delete(run.Name);
    }
}
