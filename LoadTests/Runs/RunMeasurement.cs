using System.Diagnostics;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.LoadTests.Benchmarks.Pipeline;
using LeitherCluster.LoadTests.Measuring;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.Runs;

/// <summary>Watches a ledger in this process while it is loaded: pulses, intervals, what it takes of the machine.</summary>
internal sealed class RunMeasurement : IDisposable
{
    private const double Mebibyte = 1 << 20;

    private readonly LedgerInProcess _ledger;
    private readonly Scenario _scenario;
    private readonly PulseLog _pulses;
    private readonly List<RunInterval> _intervals = [];
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Usage _before;
    private TallyLook? _lastLook;
    private Usage _lastUsage;
    private Usage _after;
    private double _generatorSeconds;
    private double _seconds;
    private double _longestPauseMs;

    public RunMeasurement(LedgerInProcess ledger, Scenario scenario)
    {
        _ledger = ledger;
        _scenario = scenario;
        _pulses = new PulseLog(ledger);
        _before = Usage.Now(ledger);
        _lastUsage = _before;
        _after = _before;
    }

    /// <summary>Why the load was ended before its time; null when it was not.</summary>
    public string? Stopped { get; private set; }

    /// <summary>The pulses that committed something since the load began.</summary>
    public IReadOnlyDictionary<ulong, PulseSummary> PulsesBySequence => _pulses.SoFar().ToDictionary(mark => mark.Pulse.Sequence.Value, mark => mark.Pulse);

    /// <summary>Ends the load for this reason; the first one counts.</summary>
    public void StopIf(bool condition, string reason)
    {
        if (condition)
        {
            Stopped ??= reason;
        }
    }

    /// <summary>Takes down what was answered after the load.</summary>
    public void NoteDrained(LoadTally tally) => _lastLook = tally.Look();

    /// <summary>Closes an interval, and looks at the thresholds that abort.</summary>
    public RunInterval NoteInterval(LoadTally tally)
    {
        TallyLook look = tally.Look();
        var usage = Usage.Now(_ledger);
        double seconds = Stopwatch.GetElapsedTime(_lastUsage.Ticks, usage.Ticks).TotalSeconds;
        var interval = new RunInterval(
            Stopwatch.GetElapsedTime(_start, usage.Ticks).TotalSeconds,
            (look.Scheduled - (_lastLook?.Scheduled ?? 0)) / seconds,
            (look.Sent - (_lastLook?.Sent ?? 0)) / seconds,
            (look.Committed - (_lastLook?.Committed ?? 0)) / seconds,
            look.Latencies.PercentileUs(0.5) / 1_000.0,
            look.Latencies.PercentileUs(0.99) / 1_000.0,
            usage.CoresBusySince(_lastUsage),
            usage.MemoryBytes / Mebibyte);
        _lastLook = look;
        _lastUsage = usage;
        _intervals.Add(interval);
        _longestPauseMs = Math.Max(_longestPauseMs, usage.LastPauseMs);
        if (_intervals.Count > 1)
        {
            Dictionary<string, double> metrics = Metrics(tally, usage);
            ThresholdRule? broken = _scenario.Thresholds.FirstOrDefault(rule => rule.Aborts && !rule.Holds(metrics[rule.Metric.Name]));
            StopIf(broken is not null, $"{broken} no longer held: {(broken is null ? 0 : metrics[broken.Metric.Name]):0.###}");
        }

        return interval;
    }

    /// <summary>The last transfer was sent: from here on nothing counts but answers.</summary>
    /// <param name="generatorSeconds">what the generator took of a core</param>
    public void NoteLoadEnd(double generatorSeconds)
    {
        _after = Usage.Now(_ledger);
        _generatorSeconds = generatorSeconds;
        _seconds = Stopwatch.GetElapsedTime(_start, _after.Ticks).TotalSeconds;
    }

    /// <summary>Everything as a report.</summary>
    public RunReport Report(Scenario scenario, LoadTally tally, string session, string command, Machine machine, AuditResult audit)
    {
        Dictionary<string, double> metrics = Metrics(tally, _after);
        TallyLook look = tally.Look();
        return new RunReport
        {
            Session = session,
            Command = command,
            Machine = machine,
            Scenario = ScenarioText.Of(scenario),
            Seconds = _seconds,
            Metrics = metrics,
            Counts = new RunCounts(look.Scheduled, look.Sent, look.Late, look.Answered, tally.Outcomes.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value)),
            Latencies = RunLatencies.Of(tally.Latencies),
            Cost = CostOf(look.Committed),
            Intervals = _intervals,
            Pulses = [.. _pulses.SoFar().Select(PulseOf)],
            Thresholds = [.. scenario.Thresholds.Select(rule => new ThresholdResult(rule.ToString(), metrics[rule.Metric.Name], rule.Holds(metrics[rule.Metric.Name])))],
            Audit = audit,
            Stopped = Stopped,
        };
    }

    public void Dispose() => _pulses.Dispose();

    private Dictionary<string, double> Metrics(LoadTally tally, Usage usage)
    {
        TallyLook look = _lastLook!;
        LatencyHistogram all = tally.Latencies;
        double[] roots = [.. _pulses.SoFar().Select(mark => mark.Pulse.CommittedUs / 1_000.0).Order()];
        long ended = _seconds > 0 ? _after.Ticks : usage.Ticks;
        return new Dictionary<string, double>(StringComparer.Ordinal)
        {
            [Metric.Committed.Name] = CommittedPerSecond(ended),
            [Metric.Achieved.Name] = look.Scheduled == 0 ? 100 : 100.0 * (look.Scheduled - look.Late) / look.Scheduled,
            [Metric.Failed.Name] = look.Answered == 0 ? 0 : 100.0 * (look.Answered - look.Committed) / look.Answered,
            [Metric.Within.Name] = 100 * all.PartWithin(2 * _scenario.Cycle),
            [Metric.P50.Name] = all.PercentileUs(0.5) / 1_000.0,
            [Metric.P99.Name] = all.PercentileUs(0.99) / 1_000.0,
            [Metric.P9999.Name] = all.PercentileUs(0.9999) / 1_000.0,
            [Metric.Max.Name] = all.MaxUs / 1_000.0,
            [Metric.Busy.Name] = 100 * usage.CoresBusySince(_before),
            [Metric.SealToRoot.Name] = roots.Length == 0 ? 0 : roots[Math.Min(roots.Length - 1, (int)(0.99 * roots.Length))],
        };
    }

    // From pulse to pulse: what lies before the first and after the last of a load is not whole.
    private double CommittedPerSecond(long ended)
    {
        PulseMark[] marks = [.. _pulses.SoFar().Where(mark => mark.Ticks <= ended)];
        return marks.Length < 2 ? 0 : marks[1..].Sum(mark => (long)mark.Pulse.Transfers) / Stopwatch.GetElapsedTime(marks[0].Ticks, marks[^1].Ticks).TotalSeconds;
    }

    private RunCost CostOf(long committed)
    {
        double transfers = Math.Max(1, committed);
        double processor = (_after.Processor - _before.Processor).TotalSeconds;
        return new RunCost(
            _after.CoresBusySince(_before),
            processor / transfers * 1e6,
            processor == 0 ? 0 : _generatorSeconds / processor,
            (_after.JournalBytes - _before.JournalBytes) / transfers,
            (_after.AllocatedBytes - _before.AllocatedBytes) / transfers,
            (_after.Pauses - _before.Pauses).TotalMilliseconds,
            _longestPauseMs,
            _intervals.Max(interval => interval.MemoryMiB));
    }

    private RunPulse PulseOf(PulseMark mark) => new(
        mark.Pulse.Sequence.Value,
        Stopwatch.GetElapsedTime(_start, mark.Ticks).TotalSeconds,
        mark.Pulse.Transfers,
        mark.Pulse.Branches,
        mark.Pulse.SealedUs / 1_000.0,
        mark.Pulse.DurableUs / 1_000.0,
        mark.Pulse.CreditedUs / 1_000.0,
        mark.Pulse.CommittedUs / 1_000.0);

    /// <summary>What was used so far, at a moment.</summary>
    private readonly record struct Usage(long Ticks, double BusySeconds, TimeSpan Processor, long AllocatedBytes, TimeSpan Pauses, double LastPauseMs, long JournalBytes, long MemoryBytes)
    {
        public static Usage Now(LedgerInProcess ledger)
        {
            GCMemoryInfo last = GC.GetGCMemoryInfo(GCKind.Any);
            return new Usage(
                Stopwatch.GetTimestamp(),
                CoreUse.Now().BusySeconds,
                Environment.CpuUsage.TotalTime,
                GC.GetTotalAllocatedBytes(),
                GC.GetTotalPauseDuration(),
                last.PauseDurations.Length == 0 ? 0 : last.PauseDurations[0].TotalMilliseconds,
                ledger.JournalBytes,
                Environment.WorkingSet);
        }

        public double CoresBusySince(Usage earlier) =>
            Math.Min(1, (BusySeconds - earlier.BusySeconds) / Stopwatch.GetElapsedTime(earlier.Ticks, Ticks).TotalSeconds / Environment.ProcessorCount);
    }
}
