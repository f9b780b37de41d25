using LeitherCluster.Actors.Gateway;
using LeitherCluster.LoadTests.Benchmarks.Pipeline;
using LeitherCluster.LoadTests.Measuring;

namespace LeitherCluster.LoadTests.Runs;

/// <summary>A ledger in this process.</summary>
internal sealed class ObservedInProcess(LedgerInProcess ledger) : IObservedLedger
{
    private readonly PulseLog _pulses = new(ledger);
    private readonly CollectorPauses _pauses = new();
    private readonly List<ObservedPulse> _seen = [];

    /// <summary>The pulses that committed something since the looking began.</summary>
    public IReadOnlyDictionary<ulong, PulseSummary> BySequence => _pulses.After(0).ToDictionary(mark => mark.Pulse.Sequence.Value, mark => mark.Pulse);

    public IReadOnlyList<ObservedPulse> Pulses
    {
        get
        {
            // Only what is new is copied: a long run asks again and again.
            foreach (PulseMark mark in _pulses.After(_seen.Count))
            {
                _seen.Add(new ObservedPulse(
                    mark.Ticks,
                    mark.Pulse.Sequence.Value,
                    mark.Pulse.Transfers,
                    mark.Pulse.Branches,
                    mark.Pulse.SealedUs / 1_000.0,
                    mark.Pulse.DurableUs / 1_000.0,
                    mark.Pulse.CreditedUs / 1_000.0,
                    mark.Pulse.CommittedUs / 1_000.0));
            }

            return _seen;
        }
    }

    public LedgerUse Use() => new(
        Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(), GC.GetTotalPauseDuration(), _pauses.LongestMs, ledger.JournalBytes, Environment.WorkingSet);

    public void Dispose()
    {
        _pulses.Dispose();
        _pauses.Dispose();
    }
}
