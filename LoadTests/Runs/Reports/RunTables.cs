using System.Globalization;
using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Runs.Reports;

/// <summary>A run's figures as tables, for Markdown and HTML alike.</summary>
internal static class RunTables
{
    public static IReadOnlyList<ReportTable> Of(RunReport run) =>
    [
        new(
            "Transfers",
            ["", "transfers", "a second"],
            [
                ["scheduled", Figure.Count(run.Counts.Scheduled), PerSecond(run.Counts.Scheduled, run)],
                ["sent", Figure.Count(run.Counts.Sent), PerSecond(run.Counts.Sent, run)],
                ["of those more than a pulse cycle late", Figure.Count(run.Counts.Late), PerSecond(run.Counts.Late, run)],
                ["answered", Figure.Count(run.Counts.Answered), PerSecond(run.Counts.Answered, run)],
                .. run.Counts.Outcomes.Select(outcome => (IReadOnlyList<string>)[$"answered {outcome.Key}", Figure.Count(outcome.Value), PerSecond(outcome.Value, run)]),
            ]),
        new(
            "From when a transfer was due to its commit, ms",
            ["mean", "50 %", "75 %", "95 %", "99 %", "99.9 %", "99.99 %", "longest"],
            [[.. new[] { run.Latencies.Mean, run.Latencies.P50, run.Latencies.P75, run.Latencies.P95, run.Latencies.P99, run.Latencies.P999, run.Latencies.P9999, run.Latencies.Max }.Select(Figure.Short)]]),
        new(
            "What it took",
            ["cores busy", "core seconds a million", "of that the generator", "bytes journaled", "bytes allocated", "collector's pauses, ms", "longest, ms", "memory, MiB"],
            [
                [
                    Figure.Percent(run.Cost.CoresBusy), Figure.Short(run.Cost.CoreSecondsPerMillion), Figure.Percent(run.Cost.GeneratorShare), Figure.Short(run.Cost.BytesJournaled),
                    Seen(run, run.Cost.BytesAllocated), Seen(run, run.Cost.CollectorPauseMs), Seen(run, run.Cost.LongestPauseMs), Figure.Short(run.Cost.MemoryMiBMax),
                ],
            ]),
        .. run.Events.Count == 0
            ? Array.Empty<ReportTable>()
            : [new("What happened", ["after s", "what"], [.. run.Events.Select(each => (IReadOnlyList<string>)[Figure.Short(each.At), each.What])])],
        .. run.Plugins,
        new(
            "Must hold",
            ["threshold", "measured", ""],
            [.. run.Thresholds.Select(each => (IReadOnlyList<string>)[each.Rule, Figure.Short(each.Measured), each.Holds ? "held" : "MISSED"])]),
        new(
            "Audit",
            ["checked", "found", ""],
            [.. (run.Audit?.Checks ?? []).Select(each => (IReadOnlyList<string>)[each.What, each.Found, each.Holds ? "holds" : "FAILED"])]),
    ];

    /// <summary>One line: did it pass, and if not, why.</summary>
    public static string Verdict(RunReport run) =>
        run.Passed ? "passed"
        : run.Stopped is { } reason ? $"stopped: {reason}"
        : run.Audit is not { Holds: true } ? "failed: the audit does not hold"
        : "failed: " + string.Join(", ", run.Thresholds.Where(each => !each.Holds).Select(each => each.Rule));

    /// <summary>Of what, when and where.</summary>
    public static string Origin(RunReport run) => string.Create(
        CultureInfo.InvariantCulture,
        $"{run.Machine.Date}, commit {run.Machine.Commit}; {run.Machine.Processor}, {run.Machine.Cores} cores, {run.Machine.MemoryGibibytes} GiB, {run.Machine.System}, {run.Machine.Framework}, vectors: {run.Machine.Vectors}, load at the start: {run.Machine.LoadAtStart}");

    /// <summary>The settings.</summary>
    public static string Settings(RunReport run) => string.Create(
        CultureInfo.InvariantCulture,
        $"{run.Scenario.Description}; {run.Scenario.Place}; steps: {run.Scenario.Steps}; receivers {run.Scenario.Receivers}, {run.Scenario.Parties:N0} parties, batches of {run.Scenario.Batch:N0}, a pulse every {run.Scenario.CycleMs} ms, warm-up {run.Scenario.WarmUpSeconds} s, seed {run.Scenario.Seed}; load: {string.Join(", ", run.Scenario.Load)}");

    // The heap of another process is out of sight; in this one something is always allocated.
    private static string Seen(RunReport run, double figure) => run.Cost.BytesAllocated == 0 ? "not seen" : Figure.Short(figure);

    private static string PerSecond(long transfers, RunReport run) => Figure.Short(transfers / Math.Max(run.Seconds, 1e-9));
}
