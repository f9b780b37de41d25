using System.Diagnostics;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.LoadTests.Measuring;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>What a process had used when a pulse was committed.</summary>
internal sealed record PulseMark(PulseSummary Pulse, long Ticks, TimeSpan Processor, CoreUse Cores, long AllocatedBytes, int Gen2Collections, long JournalBytes);

/// <summary>Notes every pulse that committed something, at its commit.</summary>
internal sealed class PulseLog : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly List<PulseMark> _marks = [];
    private readonly LedgerInProcess _ledger;
    private readonly IDisposable _subscription;

    public PulseLog(LedgerInProcess ledger)
    {
        _ledger = ledger;
        _subscription = ledger.Events.Subscribe<PulseSummary>(Note);
    }

    /// <summary>Waits for so many pulses from now on, and gives them.</summary>
    /// <exception cref="TimeoutException">None comes for a minute.</exception>
    public PulseMark[] Next(int count)
    {
        lock (_marks)
        {
            int start = _marks.Count;
            while (_marks.Count < start + count)
            {
                if (!Monitor.Wait(_marks, s_patience))
                {
                    _ledger.ThrowIfFailed();
                    throw new TimeoutException($"No pulse was committed for {s_patience}: {_ledger.Gateway.Status}");
                }
            }

            return [.. _marks.GetRange(start, count)];
        }
    }

    /// <summary>All that were noted, but for so many of the first ones.</summary>
    public PulseMark[] After(int count)
    {
        lock (_marks)
        {
            return [.. _marks.GetRange(count, _marks.Count - count)];
        }
    }

    public void Dispose() => _subscription.Dispose();

    private void Note(PulseSummary pulse)
    {
        if (!pulse.Changed)
        {
            return;
        }

        var mark = new PulseMark(
            pulse,
            Stopwatch.GetTimestamp(),
            Environment.CpuUsage.TotalTime,
            CoreUse.Now(),
            GC.GetTotalAllocatedBytes(),
            GC.CollectionCount(2),
            _ledger.JournalBytes);
        lock (_marks)
        {
            _marks.Add(mark);
            Monitor.PulseAll(_marks);
        }
    }
}
