using System.Diagnostics;
using LeitherCluster.LoadTests.Measuring;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>What the ledger did at one rate, from one pulse's commit to a later one's.</summary>
internal sealed record RateFigures
{
    /// <summary>Transfers a second that were sent; 0: as fast as answers came.</summary>
    public required long Offered { get; init; }

    /// <summary>One more than the pulses measured: from the commit of the one before.</summary>
    public required PulseMark[] Marks { get; init; }

    /// <summary>Time from when a transfer was due to its answer, a batch's last one standing for all of it; ascending.</summary>
    public required TimeSpan[] Latencies { get; init; }

    /// <summary>Nanoseconds on a core by name of thread.</summary>
    public required IReadOnlyList<(string Name, long Nanoseconds)> Threads { get; init; }

    /// <summary>Transfers committed in the time measured.</summary>
    public long Transfers => Marks[1..].Sum(mark => (long)mark.Pulse.Transfers);

    public double Seconds => Stopwatch.GetElapsedTime(Marks[0].Ticks, Marks[^1].Ticks).TotalSeconds;

    public double PerSecond => Transfers / Seconds;

    public double ProcessorNanoseconds => ProcessorSeconds * 1e9 / Transfers;

    /// <summary>The part of both cores that this process had.</summary>
    public double OwnShare => ProcessorSeconds / Seconds / CoresUsed;

    /// <summary>The part of both cores that others had.</summary>
    public double OthersShare => Math.Max(0, Marks[^1].Cores.BusySeconds - Marks[0].Cores.BusySeconds - ProcessorSeconds) / Seconds / CoresUsed;

    /// <summary>Pages touched for the first time, a transfer: the system clears each, and a virtual machine's host may have to find it first.</summary>
    public double PageFaults => (Marks[^1].Cores.PageFaults - Marks[0].Cores.PageFaults) / (double)Transfers;

    public double JournalBytes => (Marks[^1].JournalBytes - Marks[0].JournalBytes) / (double)Transfers;

    public double AllocatedBytes => (Marks[^1].AllocatedBytes - Marks[0].AllocatedBytes) / (double)Transfers;

    public int Gen2Collections => Marks[^1].Gen2Collections - Marks[0].Gen2Collections;

    /// <summary>The part of the transfers that were answered within this time.</summary>
    public double Within(TimeSpan time) => Latencies.Count(latency => latency <= time) / (double)Latencies.Length;

    public TimeSpan Latency(double part) => Latencies[Math.Min(Latencies.Length - 1, (int)(part * Latencies.Length))];

    private static int CoresUsed => Environment.ProcessorCount;

    private double ProcessorSeconds => (Marks[^1].Processor - Marks[0].Processor).TotalSeconds;

    /// <summary>Sends as fast as answers come, so that buffers have their size and code is compiled before anything is measured.</summary>
    public static void WarmUp(LedgerInProcess ledger, Traffic traffic, int pulses)
    {
        using var log = new PulseLog(ledger);
        using var generator = new Generator(ledger, traffic, perSecond: 0);
        log.Next(pulses);
        generator.Finish();
    }

    /// <summary>Sends at a rate, waits for it to settle, and measures over some pulses.</summary>
    public static RateFigures Measure(LedgerInProcess ledger, Traffic traffic, long perSecond, int settlePulses, int pulses)
    {
        using var log = new PulseLog(ledger);
        using var generator = new Generator(ledger, traffic, perSecond);
        PulseMark first = log.Next(settlePulses)[^1];
        ThreadTimes before = ThreadTimes.Now();
        PulseMark[] measured = log.Next(pulses);
        IReadOnlyList<(string, long)> threads = ThreadTimes.Now().Since(before);
        long last = measured[^1].Ticks;
        return new RateFigures
        {
            Offered = perSecond,
            Marks = [first, .. measured],
            Threads = threads,
            Latencies =
            [
                .. generator.Finish()
                    .Where(times => times.Due >= first.Ticks && times.Due <= last)
                    .Select(times => Stopwatch.GetElapsedTime(times.Due, times.Answered))
                    .Order(),
            ],
        };
    }
}
