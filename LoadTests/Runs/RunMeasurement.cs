using System.Diagnostics;
using System.Globalization;
using LeitherCluster.LoadTests.Measuring;
using LeitherCluster.LoadTests.Reports;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.Runs;

/// <summary>Watches a ledger while it is loaded: pulses, intervals, what it takes of the machine.</summary>
internal sealed class RunMeasurement
{
    private const double Mebibyte = 1 << 20;
    private const int Fifths = 5;

    private readonly IObservedLedger _ledger;
    private readonly Scenario _scenario;
    private readonly List<RunInterval> _intervals = [];
    private readonly List<RunEvent> _events = [];
    private readonly RunPlugins _plugins;
    private IReadOnlyList<ReportTable> _seenByPlugins = [];
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Usage _before;
    private TallyLook? _lastLook;
    private Usage _lastUsage;
    private Usage _after;
    private double _generatorSeconds;
    private double _lastAnswerAt;
    private double _seconds;

    /// <param name="ledger">what is watched, for as long as this is used</param>
    /// <param name="scenario">has the thresholds</param>
    public RunMeasurement(IObservedLedger ledger, Scenario scenario)
    {
        _ledger = ledger;
        _scenario = scenario;
        _plugins = new RunPlugins(scenario.Plugins);
        _before = Usage.Now(ledger);
        _lastUsage = _before;
        _after = _before;
    }

    /// <summary>Why the load was ended before its time; null when it was not.</summary>
    public string? Stopped { get; private set; }

    /// <summary>When answers were last seen to come, to an interval.</summary>
    public TimeSpan LastAnswerAt => TimeSpan.FromSeconds(_lastAnswerAt);

    /// <summary>Since the load began.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    /// <summary>Takes something down that happened, and that a reader of the report must know of.</summary>
    public void NoteEvent(string what) => _events.Add(new RunEvent(Elapsed.TotalSeconds, what));

    /// <summary>Ends the load for this reason; the first one counts.</summary>
    public void StopIf(bool condition, string reason)
    {
        if (condition && Stopped is null)
        {
            Stopped = string.Create(CultureInfo.InvariantCulture, $"{reason}, {Elapsed.TotalSeconds:0.0} s after the load began");
        }
    }

    /// <summary>Takes down what was answered after the load.</summary>
    public void NoteDrained(LoadTally tally) => _lastLook = tally.Look();

    /// <summary>Whether the newest interval is long enough for its rates to mean something.</summary>
    public bool HasWholeInterval => _intervals.Count == 0 || Stopwatch.GetElapsedTime(_lastUsage.Ticks) > _scenario.ReportEvery / 2;

    /// <summary>Closes an interval, and looks at the thresholds that abort.</summary>
    /// <param name="tally">what was counted</param>
    /// <param name="generatorSeconds">what the generator had of a core since the load began</param>
    public RunMoment NoteInterval(LoadTally tally, double generatorSeconds)
    {
        TallyLook look = tally.Look();
        var usage = Usage.Now(_ledger);
        double seconds = Stopwatch.GetElapsedTime(_lastUsage.Ticks, usage.Ticks).TotalSeconds;
        var interval = new RunInterval(
            Stopwatch.GetElapsedTime(_start, usage.Ticks).TotalSeconds,
            (look.Scheduled - (_lastLook?.Scheduled ?? 0)) / seconds,
            (look.Sent - (_lastLook?.Sent ?? 0)) / seconds,
            (look.Committed - (_lastLook?.Committed ?? 0)) / seconds,
            look.P50Us / 1_000.0,
            look.P99Us / 1_000.0,
            usage.CoresBusySince(_lastUsage),
            usage.Of.MemoryBytes / Mebibyte,
            usage.Of.JournalBytes / Mebibyte);
        _lastAnswerAt = look.Answered > (_lastLook?.Answered ?? 0) ? interval.At : _lastAnswerAt;
        _lastLook = look;
        _lastUsage = usage;
        _intervals.Add(interval);
        if (_intervals.Count > 1)
        {
            LookAtThresholds(tally, usage);
        }

        IReadOnlyList<ObservedPulse> pulses = _ledger.Pulses;
        var moment = new RunMoment(
            _scenario.Name,
            LoadPlan.LengthOf(_scenario.Load),
            interval,
            look,
            tally.OutcomesSoFar(),
            RunLatencies.Of(tally.Latencies),
            pulses.Count,
            pulses.Count == 0 ? null : pulses[^1],
            generatorSeconds / Math.Max(interval.At, 1e-9) / Environment.ProcessorCount,
            _events);
        _plugins.Note(moment);
        return moment;
    }

    // What is measured is not to be paid for, second by second, by a run that nothing aborts.
    private void LookAtThresholds(LoadTally tally, in Usage usage)
    {
        if (!_scenario.Thresholds.Any(static rule => rule.Aborts))
        {
            return;
        }

        Dictionary<string, double> metrics = Metrics(tally, usage);
        ThresholdRule? broken = _scenario.Thresholds.FirstOrDefault(rule => rule.Aborts && !rule.Holds(metrics[rule.Metric.Name]));
        StopIf(broken is not null, $"{broken} no longer held: {(broken is null ? 0 : metrics[broken.Metric.Name]):0.###}");
    }

    /// <summary>The last transfer was sent: from here on nothing counts but answers.</summary>
    /// <param name="generatorSeconds">what the generator took of a core</param>
    public void NoteLoadEnd(double generatorSeconds)
    {
        _after = Usage.Now(_ledger);
        _seenByPlugins = _plugins.End();
        _generatorSeconds = generatorSeconds;
        _seconds = Stopwatch.GetElapsedTime(_start, _after.Ticks).TotalSeconds;
    }

    /// <summary>Everything as a report.</summary>
    /// <param name="place">on which ledger it ran</param>
    /// <param name="tally">what was counted</param>
    /// <param name="session">the run's name</param>
    /// <param name="command">what asked for it</param>
    /// <param name="machine">where</param>
    /// <param name="audit">what was found afterwards</param>
    public RunReport Report(string place, LoadTally tally, string session, string command, Machine machine, AuditResult audit)
    {
        Dictionary<string, double> metrics = Metrics(tally, _after);
        TallyLook look = tally.Look();
        return new RunReport
        {
            Session = session,
            Command = command,
            Machine = machine,
            Scenario = ScenarioText.Of(_scenario, place),
            Seconds = _seconds,
            Metrics = metrics,
            Counts = new RunCounts(look.Scheduled, look.Sent, look.Late, look.Answered, tally.Outcomes.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value)),
            Latencies = RunLatencies.Of(tally.Latencies),
            Cost = CostOf(look.Committed),
            Intervals = _intervals,
            Pulses = [.. _ledger.Pulses.Select(PulseOf)],
            Events = [.. _events],
            Plugins = _seenByPlugins,
            Thresholds = [.. _scenario.Thresholds.Select(rule => new ThresholdResult(rule.ToString(), metrics[rule.Metric.Name], rule.Holds(metrics[rule.Metric.Name])))],
            Audit = audit,
            Stopped = Stopped,
        };
    }

    private Dictionary<string, double> Metrics(LoadTally tally, Usage usage)
    {
        TallyLook look = _lastLook ?? tally.Look();
        LatencyHistogram all = tally.Latencies;
        IReadOnlyList<ObservedPulse> pulses = _ledger.Pulses;
        double[] roots = [.. pulses.Select(pulse => pulse.CommittedMs).Order()];
        long ended = _seconds > 0 ? _after.Ticks : usage.Ticks;
        return new Dictionary<string, double>(StringComparer.Ordinal)
        {
            [Metric.Committed.Name] = CommittedPerSecond(pulses, ended),
            [Metric.Achieved.Name] = look.Scheduled == 0 ? 100 : 100.0 * (look.Scheduled - look.Late) / look.Scheduled,
            [Metric.Failed.Name] = look.Answered == 0 ? 0 : 100.0 * (look.Answered - look.Committed) / look.Answered,
            [Metric.Within.Name] = 100 * all.PartWithin(2 * _scenario.Cycle),
            [Metric.P50.Name] = all.PercentileUs(0.5) / 1_000.0,
            [Metric.P99.Name] = all.PercentileUs(0.99) / 1_000.0,
            [Metric.P999.Name] = all.PercentileUs(0.999) / 1_000.0,
            [Metric.P9999.Name] = all.PercentileUs(0.9999) / 1_000.0,
            [Metric.Max.Name] = all.MaxUs / 1_000.0,
            [Metric.Busy.Name] = 100 * usage.CoresBusySince(_before),
            [Metric.SealToRoot.Name] = roots.Length == 0 ? 0 : roots[Math.Min(roots.Length - 1, (int)(0.99 * roots.Length))],
            [Metric.Gap.Name] = pulses.Count < 2 ? 0 : pulses.Zip(pulses.Skip(1), (one, next) => Stopwatch.GetElapsedTime(one.Ticks, next.Ticks).TotalMilliseconds).Max(),
            [Metric.Pause.Name] = (_seconds > 0 ? _after : usage).Of.LongestPauseMs,
            [Metric.Journal.Name] = _intervals.Select(interval => interval.JournalMiB * Mebibyte / 1e9).DefaultIfEmpty(0).Max(),
            [Metric.MemoryGrowth.Name] = GrowthOf(interval => interval.MemoryMiB),
            [Metric.LatencyGrowth.Name] = GrowthOf(interval => interval.P99),
        };
    }

    // Of the last fifth of all intervals beside the second, in %: in the first, buffers still get their size. 0 while there are fewer than five.
    private double GrowthOf(Func<RunInterval, double> figure)
    {
        int fifth = _intervals.Count / Fifths;
        if (fifth == 0)
        {
            return 0;
        }

        double early = Median(_intervals.Skip(fifth).Take(fifth));
        double late = Median(_intervals.TakeLast(fifth));
        return early == 0 ? 0 : 100 * (late - early) / early;

        double Median(IEnumerable<RunInterval> part)
        {
            double[] ordered = [.. part.Select(figure).Order()];
            return ordered[ordered.Length / 2];
        }
    }

    // From pulse to pulse: what lies before the first and after the last of a load is not whole.
    private static double CommittedPerSecond(IReadOnlyList<ObservedPulse> pulses, long ended)
    {
        ObservedPulse[] marks = [.. pulses.Where(pulse => pulse.Ticks <= ended)];
        return marks.Length < 2 ? 0 : marks[1..].Sum(pulse => pulse.Transfers) / Stopwatch.GetElapsedTime(marks[0].Ticks, marks[^1].Ticks).TotalSeconds;
    }

    private RunCost CostOf(long committed)
    {
        double transfers = Math.Max(1, committed);
        double processor = (_after.Of.Processor - _before.Of.Processor).TotalSeconds;
        return new RunCost(
            _after.CoresBusySince(_before),
            processor / transfers * 1e6,
            processor == 0 ? 0 : Math.Min(1, _generatorSeconds / processor),
            (_after.Of.JournalBytes - _before.Of.JournalBytes) / transfers,
            (_after.Of.AllocatedBytes - _before.Of.AllocatedBytes) / transfers,
            (_after.Of.Pauses - _before.Of.Pauses).TotalMilliseconds,
            _after.Of.LongestPauseMs,
            _intervals.Select(interval => interval.MemoryMiB).DefaultIfEmpty(0).Max());
    }

    private RunPulse PulseOf(ObservedPulse pulse) => new(
        pulse.Sequence, Stopwatch.GetElapsedTime(_start, pulse.Ticks).TotalSeconds, pulse.Transfers, pulse.Branches, pulse.SealedMs, pulse.DurableMs, pulse.CreditedMs, pulse.CommittedMs);

    /// <summary>What was used so far, at a moment.</summary>
    private readonly record struct Usage(long Ticks, double BusySeconds, LedgerUse Of)
    {
        public static Usage Now(IObservedLedger ledger) => new(Stopwatch.GetTimestamp(), CoreUse.Now().BusySeconds, ledger.Use());

        public double CoresBusySince(Usage earlier) =>
            Math.Min(1, (BusySeconds - earlier.BusySeconds) / Stopwatch.GetElapsedTime(earlier.Ticks, Ticks).TotalSeconds / Environment.ProcessorCount);
    }
}
