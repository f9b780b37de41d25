using System.Diagnostics;
using LeitherCluster.Actors.Gateway;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>Batches that were all with the ledger from the start, committed as fast as it goes.</summary>
/// <param name="Rate">from the commit of the first pulse to that of the last but one</param>
/// <param name="TransfersPerPulse">on the average</param>
/// <param name="PulseMs">what a pulse took, in the median</param>
/// <param name="PulseMsMax">and at the most</param>
internal sealed record SignedRun(SignedRate Rate, double TransfersPerPulse, double PulseMs, double PulseMsMax)
{
    private const int PulsesMin = 2;

    /// <summary>Submits batches and waits until all of them are committed.</summary>
    public static SignedRun Of(LedgerInProcess ledger, TransferBatch[] batches)
    {
        using var log = new PulseLog(ledger);
        foreach (TransferBatch batch in batches)
        {
            while (!ledger.Gateway.TrySubmit(batch))
            {
                ledger.ThrowIfFailed();
                Thread.Sleep(1);
            }
        }

        foreach (TransferBatch batch in batches)
        {
            while (!batch.WhenAnswered.Wait(TimeSpan.FromMilliseconds(100)))
            {
                ledger.ThrowIfFailed();
            }

            Traffic.RequireCommitted(batch);
        }

        PulseMark[] full = log.After(0)[..^1];
        if (full.Length < PulsesMin)
        {
            throw new InvalidOperationException("All was committed within three pulses: send more.");
        }

        long transfers = full[1..].Sum(mark => (long)mark.Pulse.Transfers);
        double[] pulses = [.. full[1..].Select(mark => mark.Pulse.CommittedUs / 1e3).Order()];
        return new SignedRun(
            new SignedRate(
                transfers / Stopwatch.GetElapsedTime(full[0].Ticks, full[^1].Ticks).TotalSeconds,
                (full[^1].Processor - full[0].Processor).TotalMicroseconds / transfers),
            (double)transfers / (full.Length - 1),
            pulses[pulses.Length / 2],
            pulses[^1]);
    }
}
