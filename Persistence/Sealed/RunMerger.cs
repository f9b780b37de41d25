using System.Numerics;
using System.Runtime.Intrinsics;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Persistence.Sealed;

/// <summary>Merges consecutive runs into one, some entries at a time.</summary>
internal sealed class RunMerger : IDisposable
{
    public const int RunsMax = 8;

    private readonly SealedRun[] _runs;
    private readonly Stack<Files.AlignedBuffer> _spare;
    private readonly RunWriter _writer;
    private readonly int[] _nextSection;
    private readonly SealedRun.Reader[] _readers;

    // The readers that are not at the end of the section, and the first 8 bytes of each one's current id.
    private readonly int[] _open = new int[RunsMax];
    private readonly ulong[] _heads = new ulong[RunsMax];
    private readonly uint _firstLivePulse;
    private int _openCount;
    private bool _isDone;

    /// <param name="disk">Where to.</param>
    /// <param name="spare">Buffers of writers that are done.</param>
    /// <param name="runs">Consecutive, oldest first, eight at most. They must stay open until the merge is finished or abandoned.</param>
    /// <param name="firstLivePulse">Entries of older pulses are left out.</param>
    /// <exception cref="DiskFullException">There is no room for the result.</exception>
    public RunMerger(IDisk disk, Stack<Files.AlignedBuffer> spare, SealedRun[] runs, uint firstLivePulse)
    {
        _runs = runs;
        _spare = spare;
        _firstLivePulse = firstLivePulse;
        _nextSection = new int[runs.Length];
        _readers = Array.ConvertAll(runs, run => new SealedRun.Reader(run, RunWriter.BufferOf(spare)));
        Array.Fill(_heads, ulong.MaxValue);
        Level = runs.Max(run => run.Level) + 1;
        long pages = runs.Sum(run => run.Length / Files.JournalFormat.PageBytes);
        _writer = new RunWriter(
            disk,
            spare,
            runs[0].FirstPulse,
            runs.SelectMany(run => run.Pulses).ToArray(),
            Level,
            pages * RunFormat.EntriesPerPage);
    }

    public uint Level { get; }

    public IReadOnlyList<SealedRun> Runs => _runs;

    /// <summary>Merges up to that many entries; true when there are no more.</summary>
    /// <exception cref="RunDamagedException">A page of a run is not what was written.</exception>
    public bool Step(int entriesMax)
    {
        while (entriesMax > 0 && !_isDone)
        {
            if (_openCount == 0 && !BeginSection())
            {
                _isDone = true;
                break;
            }

            entriesMax = MergeOpen(entriesMax);
        }

        return _isDone;
    }

    /// <summary>Makes the merged run durable and opens it. The runs that went into it can be deleted then.</summary>
    public SealedRun Finish()
    {
        SealedRun merged = _writer.Finish(_runs[^1].Coverage);
        GiveBack();
        return merged;
    }

    public void Abandon()
    {
        _writer.Abandon();
        GiveBack();
    }

    public void Dispose() => _writer.Dispose();

    private void GiveBack()
    {
        foreach (SealedRun.Reader reader in _readers)
        {
            _spare.Push(reader.Window);
        }
    }

    /// <summary>Opens the next stream's sections in all runs that have one; false when no stream is left.</summary>
    private bool BeginSection()
    {
        StreamId? next = null;
        for (int i = 0; i < _runs.Length; i++)
        {
            if (_nextSection[i] < _runs[i].Sections.Length)
            {
                StreamId stream = _runs[i].Sections[_nextSection[i]].Stream;
                next = next is null || stream < next ? stream : next;
            }
        }

        if (next is null)
        {
            return false;
        }

        _writer.BeginSection(next.Value);
        for (int i = 0; i < _runs.Length; i++)
        {
            if (_nextSection[i] < _runs[i].Sections.Length && _runs[i].Sections[_nextSection[i]].Stream == next)
            {
                _readers[i].Begin(_runs[i].Sections[_nextSection[i]++]);
                if (_readers[i].MoveNext())
                {
                    Open(i);
                }
            }
        }

        return true;
    }

    private int MergeOpen(int entriesMax)
    {
        while (_openCount > 0 && entriesMax > 0)
        {
            int least = Least();
            SealedRun.Reader reader = _readers[_open[least]];
            if (reader.Current.Pulse >= _firstLivePulse)
            {
                _writer.Add(reader.Current);
            }

            entriesMax--;
            if (reader.MoveNext())
            {
                _heads[least] = reader.Current.High;
            }
            else
            {
                Close(least);
            }
        }

        return entriesMax;
    }

    /// <summary>The open reader with the least id: found over all eight heads at once, by comparison only where several share it.</summary>
    private int Least()
    {
        Vector512<ulong> heads = Vector512.LoadUnsafe(ref _heads[0]);
        Vector512<ulong> min = Vector512.Min(heads, Vector512.Shuffle(heads, Vector512.Create(4UL, 5, 6, 7, 0, 1, 2, 3)));
        min = Vector512.Min(min, Vector512.Shuffle(min, Vector512.Create(2UL, 3, 0, 1, 6, 7, 4, 5)));
        min = Vector512.Min(min, Vector512.Shuffle(min, Vector512.Create(1UL, 0, 3, 2, 5, 4, 7, 6)));
        ulong least = Vector512.Equals(heads, min).ExtractMostSignificantBits();
        return BitOperations.IsPow2(least) ? BitOperations.TrailingZeroCount(least) : LeastOfEqual(least);
    }

    private int LeastOfEqual(ulong candidates)
    {
        int least = -1;
        for (; candidates != 0; candidates &= candidates - 1)
        {
            // A closed reader's head is the highest number, which an open one's may be too.
            int candidate = BitOperations.TrailingZeroCount(candidates);
            if (candidate < _openCount
                && (least < 0 || _readers[_open[candidate]].Current.IsBefore(_readers[_open[least]].Current)))
            {
                least = candidate;
            }
        }

        return least;
    }

    private void Open(int run)
    {
        _open[_openCount] = run;
        _heads[_openCount++] = _readers[run].Current.High;
    }

    private void Close(int open)
    {
        _openCount--;
        _open[open] = _open[_openCount];
        _heads[open] = _heads[_openCount];
        _heads[_openCount] = ulong.MaxValue;
    }
}
