using LeitherCluster.Actors.Gateway;
using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>What was found beside the rates.</summary>
/// <param name="Accounts">accounts there were</param>
/// <param name="Cycle">the pulse cycle</param>
/// <param name="BatchFrames">transfers in a batch</param>
/// <param name="DiskSeconds">what the bytes of a million transfers take on the bare disk</param>
/// <param name="HashNanoseconds">a compression on one core</param>
/// <param name="Audit">of the journal, afterwards</param>
internal sealed record PipelineSurroundings(int Accounts, TimeSpan Cycle, int BatchFrames, double DiskSeconds, double HashNanoseconds, JournalAudit Audit);

/// <summary>The pipeline's figures as tables.</summary>
internal static class PipelineReport
{
    public const double WithinRequired = 0.99;
    private const double PerSecondRequired = 1e6;
    private const double Million = 1e6;
    private const double CoresOfTheIssue = 2;

    public static BenchmarkReport Of(IReadOnlyList<RateFigures> rates, PipelineSurroundings around)
    {
        // The highest rate that was kept; if none was, the one that came closest.
        RateFigures best = rates.OrderByDescending(rate => rate.Within(2 * around.Cycle) >= WithinRequired).ThenByDescending(rate => rate.PerSecond).First();
        return new BenchmarkReport
        {
            Benchmark = "pipeline",
            Title = $"The pulse pipeline: {Figure.Count(around.Accounts)} accounts, 256 branches, a pulse every {around.Cycle.TotalMilliseconds} ms, file journal with fsync",
            Tables = [RatesTable(rates, around), CostTable(rates), ThreadTable(rates), PhasesTable(rates), LimitsTable(best, around)],
            Thresholds =
            [
                new Threshold { What = "transfers/s committed, the highest rate kept", Measured = best.PerSecond, Required = PerSecondRequired },
                new Threshold { What = "% of them answered within two pulse cycles", Measured = 100 * best.Within(2 * around.Cycle), Required = 100 * WithinRequired },
            ],
            Notes = Notes(rates, around),
        };
    }

    private static string[] Notes(IReadOnlyList<RateFigures> rates, PipelineSurroundings around) =>
    [
        $"Payments of {Traffic.FrameBytes} bytes with both signatures between random accounts, {Figure.Count(around.BatchFrames)} to a batch, sent by a thread of this process at "
        + "a given rate, whether answers come or not. A batch that is sent late counts from when it was due, and all of it from its last answer.",
        $"Measured over {rates[0].Marks.Length - 1} pulses after the rate had settled. Processor time is the whole process's, the generator's included; bytes and new pages (4 KiB, each cleared by the system first) are those of one transfer.",
        "The limits are of this run: the disk writes the same bytes into a file of the same folder, past the page cache, and syncs; the compressions that the protocol asks for "
        + "at the speed of 2,048 in the second-level cache, on two cores.",
        $"Audit: {Figure.Count(around.Audit.Transfers)} transfers in the journal, every one answered 'committed'. Balances, nonces and salts computed anew from their frames make the root that was "
        + $"signed last, and the sum is the {Figure.Count((long)around.Audit.Issued)} units issued.",
    ];

    private static ReportTable RatesTable(IReadOnlyList<RateFigures> rates, PipelineSurroundings around) => new(
        "Transfers a second, and the time from when one was due to its answer:",
        ["sent/s", "committed/s", "within two pulses", "median ms", "99 % ms", "longest ms"],
        Rows(rates, rate =>
        [
            Figure.Short(rate.PerSecond),
            (100 * rate.Within(2 * around.Cycle)).ToString("F2", System.Globalization.CultureInfo.InvariantCulture) + " %",
            Milliseconds(rate.Latency(0.5)),
            Milliseconds(rate.Latency(0.99)),
            Milliseconds(rate.Latencies[^1]),
        ]));

    private static ReportTable CostTable(IReadOnlyList<RateFigures> rates) => new(
        "What it cost:",
        ["sent/s", "core seconds a million", "both cores busy", "by others", "bytes journaled", "bytes allocated", "new pages", "gen-2 collections"],
        Rows(rates, rate =>
        [
            Figure.Short(rate.ProcessorNanoseconds * Million / 1e9),
            Figure.Percent(rate.OwnShare),
            Figure.Percent(rate.OthersShare),
            Figure.Short(rate.JournalBytes),
            Figure.Short(rate.AllocatedBytes),
            Figure.Short(rate.PageFaults),
            Figure.Count(rate.Gen2Collections),
        ]));

    private static ReportTable ThreadTable(IReadOnlyList<RateFigures> rates)
    {
        string[] names = [.. rates.SelectMany(rate => rate.Threads).Where(thread => thread.Nanoseconds > 0).Select(thread => thread.Name).Distinct(StringComparer.Ordinal)];
        names = [.. names.Where(name => rates.Any(rate => NanosecondsOf(rate, name) >= 1))];
        return new ReportTable(
            "Of that, ns a transfer by thread:",
            ["sent/s", .. names],
            Rows(rates, rate => [.. names.Select(name => Figure.Short(NanosecondsOf(rate, name)))]));
    }

    private static ReportTable PhasesTable(IReadOnlyList<RateFigures> rates) => new(
        "Steps of a pulse, ms each, median and longest:",
        ["sent/s", "transfers a pulse", "seal", "make durable", "credit, tree", "statement, durable", "whole pulse"],
        Rows(rates, rate =>
        [
            Figure.Count(rate.Transfers / (rate.Marks.Length - 1)),
            Step(rate, pulse => pulse.SealedUs),
            Step(rate, pulse => pulse.DurableUs - pulse.SealedUs),
            Step(rate, pulse => pulse.CreditedUs - pulse.DurableUs),
            Step(rate, pulse => pulse.CommittedUs - pulse.CreditedUs),
            Step(rate, pulse => pulse.CommittedUs),
        ]));

    private static ReportTable LimitsTable(RateFigures best, PipelineSurroundings around)
    {
        double compressions = NecessaryWork.CompressionsPerPayment(around.Accounts, best.PerSecond * around.Cycle.TotalSeconds);
        double hashing = compressions * around.HashNanoseconds;
        return new ReportTable(
            "The limits in the same run:",
            ["what", "transfers/s at most", "reached"],
            [
                Limit($"the disk alone, {Figure.Short(best.JournalBytes / around.DiskSeconds)} MB/s", Million / around.DiskSeconds, best),
                Limit($"hashing alone, {Figure.Short(compressions)} compressions of {Figure.Short(around.HashNanoseconds)} ns", CoresOfTheIssue * 1e9 / hashing, best),
                Limit($"two cores at the {Figure.Short(best.ProcessorNanoseconds)} ns that it took", CoresOfTheIssue * 1e9 / best.ProcessorNanoseconds, best),
            ]);
    }

    private static string[] Limit(string what, double perSecond, RateFigures best) =>
        [what, Figure.Short(perSecond), Figure.Percent(best.PerSecond / perSecond)];

    private static IReadOnlyList<IReadOnlyList<string>> Rows(IReadOnlyList<RateFigures> rates, Func<RateFigures, string[]> cells) =>
        [.. rates.Select(rate => (IReadOnlyList<string>)[rate.Offered == 0 ? "as answered" : Figure.Count(rate.Offered), .. cells(rate)])];

    private static double NanosecondsOf(RateFigures rate, string thread) =>
        rate.Threads.Where(each => string.Equals(each.Name, thread, StringComparison.Ordinal)).Sum(each => each.Nanoseconds) / (double)rate.Transfers;

    private static string Step(RateFigures rate, Func<PulseSummary, long> microseconds)
    {
        double[] each = [.. rate.Marks[1..].Select(mark => microseconds(mark.Pulse) / 1000.0).Order()];
        return $"{Figure.Short(each[each.Length / 2])} ({Figure.Short(each[^1])})";
    }

    private static string Milliseconds(TimeSpan time) => Figure.Short(time.TotalMilliseconds);
}
