namespace LeitherCluster.LoadTests.Scenarios;

/// <summary>What thresholds may be about.</summary>
/// <param name="Name">as it is written in a threshold</param>
/// <param name="Unit">ms, %, or nothing for a number a second</param>
/// <param name="Meaning">one line for people</param>
internal sealed record Metric(string Name, string Unit, string Meaning)
{
    public static readonly Metric Committed = new("committed", "", "transfers committed a second");
    public static readonly Metric Achieved = new("achieved", "%", "of the transfers that were scheduled, those sent at most one pulse cycle late");
    public static readonly Metric Failed = new("failed", "%", "of the transfers sent, those answered otherwise than committed");
    public static readonly Metric Within = new("within", "%", "of the transfers due, those committed within two pulse cycles");
    public static readonly Metric P50 = new("p50", "ms", "median time from when a transfer was due to its commit");
    public static readonly Metric P99 = new("p99", "ms", "99 % take at most so long");
    public static readonly Metric P999 = new("p99.9", "ms", "99.9 % take at most so long");
    public static readonly Metric P9999 = new("p99.99", "ms", "99.99 % take at most so long");
    public static readonly Metric Max = new("max", "ms", "the longest");
    public static readonly Metric Busy = new("busy", "%", "of all cores, what was in use, by whomever");
    public static readonly Metric SealToRoot = new("seal-to-root p99", "ms", "99 % of the pulses take at most so long from their beat to the signed root");

    public static readonly Metric Gap = new("gap", "ms", "the longest time from one committed pulse to the next");

    public static readonly Metric Pause = new("pause", "ms", "the longest pause of the garbage collector; of a ledger in this process");
    public static readonly Metric Journal = new("journal", "GB", "the most that the journal had on disk");
    public static readonly Metric MemoryGrowth = new("memory growth", "%", "of the last fifth of the load, its median memory above that of the second fifth");
    public static readonly Metric LatencyGrowth = new("latency growth", "%", "of the last fifth of the load, its median p99 above that of the second fifth");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Metric> All { get; } =
        [Committed, Achieved, Failed, Within, P50, P99, P999, P9999, Max, Busy, SealToRoot, Gap, Pause, Journal, MemoryGrowth, LatencyGrowth];
}
