using LeitherCluster.LoadTests.Reports;
using LeitherCluster.LoadTests.Runs;
using LeitherCluster.LoadTests.Runs.Reports;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.Groups;

/// <summary>Runs made one after the other, and what must hold of them.</summary>
/// <param name="under">a folder under which each run's ledger is made; null: the system's temporary one</param>
/// <param name="reports">under which each run's report is made</param>
/// <param name="command">what asked for it</param>
internal sealed class RunSeries(string? under, string reports, string command)
{
    private readonly List<RunReport> _runs = [];
    private readonly List<Threshold> _thresholds = [];

    public IReadOnlyList<RunReport> Runs => _runs;

    public IReadOnlyList<Threshold> Thresholds => _thresholds;

    /// <summary>What was committed, and how soon.</summary>
    public ReportTable Rates => new(
        "Transfers a second, and from when a transfer was due to its commit, ms:",
        ["run", "accounts", "journal", "cycle", "due/s", "committed/s", "within two pulses", "50 %", "99 %", "99.9 %", "seal to root, 99 %", "audit"],
        [.. _runs.Select(run => (IReadOnlyList<string>)
        [
            run.Session,
            Figure.Count(run.Scenario.Parties),
            run.Scenario.Journal,
            Figure.Short(run.Scenario.CycleMs),
            Figure.Short(run.Counts.Scheduled / Math.Max(run.Seconds, 1e-9)),
            Figure.Short(run.Metrics[Metric.Committed.Name]),
            Figure.Short(run.Metrics[Metric.Within.Name]) + " %",
            Figure.Short(run.Latencies.P50),
            Figure.Short(run.Latencies.P99),
            Figure.Short(run.Latencies.P999),
            Figure.Short(run.Metrics[Metric.SealToRoot.Name]),
            run.Audit is { Holds: true } ? "holds" : "FAILED",
        ])]);

    /// <summary>What it took.</summary>
    public ReportTable Cost => new(
        "What it took:",
        ["run", "cores busy", "core s a million", "of that the generator", "bytes journaled", "bytes allocated", "longest pause, ms", "memory, MiB", "sent in time"],
        [.. _runs.Select(run => (IReadOnlyList<string>)
        [
            run.Session,
            Figure.Percent(run.Cost.CoresBusy),
            Figure.Short(run.Cost.CoreSecondsPerMillion),
            Figure.Percent(run.Cost.GeneratorShare),
            Figure.Short(run.Cost.BytesJournaled),
            Figure.Short(run.Cost.BytesAllocated),
            Figure.Short(run.Cost.LongestPauseMs),
            Figure.Short(run.Cost.MemoryMiBMax),
            Figure.Short(run.Metrics[Metric.Achieved.Name]) + " %",
        ])]);

    /// <summary>The run of that name; null when there was none yet.</summary>
    public RunReport? Find(string session) => _runs.FirstOrDefault(run => run.Session == session);

    /// <summary>Runs a scenario to its end and writes its report.</summary>
    public RunReport Run(string session, Scenario scenario)
    {
        Console.Error.WriteLine($"scenarios: {session}");
        using var run = new ScenarioRun(scenario, under, RunProgress.OnConsole());
        RunReport report = run.RunAsync(session, command, CancellationToken.None).GetAwaiter().GetResult();
        ReportFolder.Write(report, Path.Combine(reports, session));
        Console.Error.WriteLine($"scenarios: {session}: {Figure.Short(report.Metrics[Metric.Committed.Name])}/s committed, {RunTables.Verdict(report)}");
        _runs.Add(report);

        // What this run used is given back before the next is measured.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        return report;
    }

    /// <summary>Takes down what a figure must be.</summary>
    public void Require(string what, double measured, double required, bool isUpperBound = false) =>
        _thresholds.Add(new Threshold { What = what, Measured = measured, Required = required, IsUpperBound = isUpperBound });
}
