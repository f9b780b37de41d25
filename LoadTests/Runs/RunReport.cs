using LeitherCluster.LoadTests.Measuring;
using LeitherCluster.LoadTests.Reports;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.Runs;

/// <summary>All that is known of a run. What the JSON report holds; the other forms are made from it.</summary>
internal sealed record RunReport
{
    /// <summary>Of this form of report; raised when a field changes its meaning.</summary>
    public int Version { get; init; } = 1;

    public required string Session { get; init; }

    public required string Command { get; init; }

    public required Machine Machine { get; init; }

    public required ScenarioText Scenario { get; init; }

    /// <summary>Seconds of load, without the warm-up.</summary>
    public required double Seconds { get; init; }

    /// <summary>Values of every metric that thresholds may be about, by name.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    public required RunCounts Counts { get; init; }

    public required RunLatencies Latencies { get; init; }

    public required RunCost Cost { get; init; }

    public required IReadOnlyList<RunInterval> Intervals { get; init; }

    public required IReadOnlyList<RunPulse> Pulses { get; init; }

    /// <summary>What happened besides, as that a node was killed.</summary>
    public IReadOnlyList<RunEvent> Events { get; init; } = [];

    /// <summary>What plugins saw.</summary>
    public IReadOnlyList<ReportTable> Plugins { get; init; } = [];

    public required IReadOnlyList<ThresholdResult> Thresholds { get; init; }

    /// <summary>What the audit found; null where there was none, which is a failure.</summary>
    public required AuditResult? Audit { get; init; }

    /// <summary>Why the run ended before its load did; null when it did not.</summary>
    public required string? Stopped { get; init; }

    /// <summary>Whether the run is good: it ran to its end, its audit holds, and every threshold does.</summary>
    public bool Passed => Stopped is null && Audit is { Holds: true } && Thresholds.All(threshold => threshold.Holds);
}

/// <summary>A scenario as a report shows it.</summary>
internal sealed record ScenarioText(string Name, string Description, string Receivers, int Parties, int Batch, double CycleMs, string Journal, double WarmUpSeconds, IReadOnlyList<string> Load, int Seed, string Steps = "pay 1", string Place = "in process")
{
    /// <param name="scenario">what is run</param>
    /// <param name="place">on which ledger</param>
    public static ScenarioText Of(Scenario scenario, string place) => new(
        scenario.Name,
        scenario.Description,
        scenario.Receivers == ReceiverPattern.Zipf ? FormattableString.Invariant($"zipf {scenario.Skew}") : scenario.Receivers.ToString(),
        scenario.Parties,
        scenario.Batch,
        scenario.Cycle.TotalMilliseconds,
        scenario.Journal.ToString(),
        scenario.WarmUp.TotalSeconds,
        [.. scenario.Load.Select(simulation => simulation.ToString())],
        scenario.Seed,
        scenario.Steps.ToString(),
        place);
}

/// <summary>Transfers of a run.</summary>
/// <param name="Scheduled">that were due</param>
/// <param name="Sent">of those, sent</param>
/// <param name="Late">sent more than a pulse cycle late, or never</param>
/// <param name="Answered">of those sent, answered</param>
/// <param name="Outcomes">answers by outcome</param>
internal sealed record RunCounts(long Scheduled, long Sent, long Late, long Answered, IReadOnlyDictionary<string, long> Outcomes);

/// <summary>From when a transfer was due to its commit, in ms.</summary>
internal sealed record RunLatencies(double Mean, double P50, double P75, double P95, double P99, double P999, double P9999, double Max)
{
    public static RunLatencies Of(LatencyHistogram histogram) => new(
        histogram.MeanUs / 1_000, At(histogram, 0.5), At(histogram, 0.75), At(histogram, 0.95), At(histogram, 0.99), At(histogram, 0.999), At(histogram, 0.9999), histogram.MaxUs / 1_000.0);

    private static double At(LatencyHistogram histogram, double part) => histogram.PercentileUs(part) / 1_000.0;
}

/// <summary>What a run took.</summary>
/// <param name="CoresBusy">of all cores, the part that was in use, by whomever</param>
/// <param name="CoreSecondsPerMillion">of this process, the generator included</param>
/// <param name="GeneratorShare">of that, the generator's part</param>
/// <param name="BytesJournaled">a transfer</param>
/// <param name="BytesAllocated">a transfer, on the collected heap</param>
/// <param name="CollectorPauseMs">in all</param>
/// <param name="LongestPauseMs">the longest</param>
/// <param name="MemoryMiBMax">resident, at the most</param>
internal sealed record RunCost(
    double CoresBusy, double CoreSecondsPerMillion, double GeneratorShare, double BytesJournaled, double BytesAllocated, double CollectorPauseMs, double LongestPauseMs, double MemoryMiBMax);

/// <summary>One stretch between two reports; rates a second, latencies in ms.</summary>
internal sealed record RunInterval(double At, double Scheduled, double Sent, double Committed, double P50, double P99, double CoresBusy, double MemoryMiB, double JournalMiB = 0);

/// <summary>One pulse; steps in ms since its beat.</summary>
internal sealed record RunPulse(ulong Sequence, double At, long Transfers, int Branches, double SealedMs, double DurableMs, double CreditedMs, double CommittedMs);

/// <summary>Something that happened, so many seconds after the load began.</summary>
internal sealed record RunEvent(double At, string What);

/// <summary>What became of a threshold.</summary>
internal sealed record ThresholdResult(string Rule, double Measured, bool Holds);

/// <summary>What an audit found: each check with its outcome.</summary>
internal sealed record AuditResult(bool Holds, IReadOnlyList<AuditCheck> Checks);

/// <summary>One thing that was checked.</summary>
internal sealed record AuditCheck(string What, bool Holds, string Found);
