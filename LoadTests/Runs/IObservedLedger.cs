namespace LeitherCluster.LoadTests.Runs;

/// <summary>A pulse that was seen to commit something; steps in ms since its beat.</summary>
/// <param name="Ticks">when it was seen, by the stopwatch</param>
internal readonly record struct ObservedPulse(long Ticks, ulong Sequence, long Transfers, int Branches, double SealedMs, double DurableMs, double CreditedMs, double CommittedMs);

/// <summary>What a ledger and its load have used so far; zero where that cannot be seen.</summary>
/// <param name="Processor">of ledger and generator</param>
/// <param name="AllocatedBytes">on the ledger's collected heap</param>
/// <param name="Pauses">of the ledger's collector</param>
/// <param name="LongestPauseMs">the longest of them since the looking began</param>
/// <param name="JournalBytes">that the journal has</param>
/// <param name="MemoryBytes">resident, of the ledger</param>
internal readonly record struct LedgerUse(TimeSpan Processor, long AllocatedBytes, TimeSpan Pauses, double LongestPauseMs, long JournalBytes, long MemoryBytes);

/// <summary>A ledger under load, as far as it can be looked at. Disposing ends the looking, not the ledger.</summary>
internal interface IObservedLedger : IDisposable
{
    /// <summary>The pulses since the looking began; from one thread.</summary>
    IReadOnlyList<ObservedPulse> Pulses { get; }

    /// <summary>What was used so far.</summary>
    LedgerUse Use();
}
