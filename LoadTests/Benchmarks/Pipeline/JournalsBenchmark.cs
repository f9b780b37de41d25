using System.CommandLine;
using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>The pipeline as fast as it goes, on synced files and in a PostgreSQL database whose server has the same cores and the same disk.</summary>
internal sealed class JournalsBenchmark : IBenchmark
{
    private const double PartRequired = 0.45;
    private const int BatchFrames = 10_000;
    private const int SettlePulses = 2;
    private const int Million = 1_000_000;

    // As many as the faster of the two commits in a pulse, and what is on its way meanwhile.
    private const int InFlight = 5 * Million;

    private const long CopiedBytes = 1L << 30;

    private static readonly TimeSpan s_fundingCycle = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_cycle = TimeSpan.FromSeconds(1);

    private static readonly Option<int> s_pulses = new("--journal-pulses") { Description = "Pulses measured on each journal.", DefaultValueFactory = _ => 10 };
    private static readonly Option<int> s_accounts = new("--journal-parties") { Description = "How many accounts the ledgers have.", DefaultValueFactory = _ => Million };

    public string Name => "journals";

    public string Purpose => "transfers a second with the journal on files and in PostgreSQL, side by side";

    public IReadOnlyList<Option> Options => [s_accounts, s_pulses];

    public BenchmarkReport Run(ParseResult arguments, int core)
    {
        var parties = new Population(arguments.GetValue(s_accounts));
        int pulses = arguments.GetValue(s_pulses);
        var runs = new List<(string Journal, RateFigures Rate, JournalAudit Audit)>();
        (double One, double Two) limit = default;
        foreach (Func<string, JournalPlace> kind in new Func<string, JournalPlace>[] { JournalPlace.InFiles, JournalPlace.InDatabase })
        {
            using var folder = new TemporaryFolder(under: null);
            using JournalPlace place = kind(folder.Path);
            Console.Error.WriteLine($"journals: {place.Name}, {Figure.Count(parties.Count)} accounts are issued");
            RateFigures rate = Measure(place, parties, pulses);
            Console.Error.WriteLine($"journals: {place.Name}, {Figure.Short(rate.PerSecond)}/s; the journal is audited");
            runs.Add((place.Name, rate, JournalAudit.Run(place)));
            if (place.ConnectionString is { } address)
            {
                Console.Error.WriteLine("journals: the server alone");
                limit = (CopyLimit.BytesPerSecond(address, 1, CopiedBytes), CopyLimit.BytesPerSecond(address, 2, CopiedBytes));
            }
        }

        return Report(runs, limit, parties.Count);
    }

    /// <summary>The pipeline's rate on a journal, as fast as answers come.</summary>
    public static RateFigures Measure(JournalPlace place, Population parties, int pulses)
    {
        using (var ledger = LedgerInProcess.Open(place, s_fundingCycle))
        {
            Funding.Run(ledger, parties.Ids);
        }

        var traffic = new Traffic(parties, BatchFrames, InFlight / BatchFrames);
        using (var ledger = LedgerInProcess.Open(place, s_cycle))
        {
            RateFigures.WarmUp(ledger, traffic, SettlePulses);
            return RateFigures.Measure(ledger, traffic, perSecond: 0, SettlePulses, pulses);
        }
    }

    private static BenchmarkReport Report(List<(string Journal, RateFigures Rate, JournalAudit Audit)> runs, (double One, double Two) limit, int accounts) => new()
    {
        Benchmark = "journals",
        Title = $"The pulse pipeline on two journals: {Figure.Count(accounts)} accounts, 256 branches, a pulse every {s_cycle.TotalMilliseconds} ms, {Environment.ProcessorCount} cores for everything",
        Tables =
        [
            new ReportTable(
                "As fast as answers come:",
                ["journal", "committed/s", "of files'", "transfers a pulse", "both cores busy", "by others (the server)", "bytes journaled", "99 % ms"],
                [.. runs.Select(run => (IReadOnlyList<string>)
                [
                    run.Journal,
                    Figure.Short(run.Rate.PerSecond),
                    Figure.Percent(run.Rate.PerSecond / runs[0].Rate.PerSecond),
                    Figure.Count(run.Rate.Transfers / (run.Rate.Marks.Length - 1)),
                    Figure.Percent(run.Rate.OwnShare),
                    Figure.Percent(run.Rate.OthersShare),
                    Figure.Short(run.Rate.JournalBytes),
                    Figure.Short(run.Rate.Latency(0.99).TotalMilliseconds),
                ])]),
        ],
        Thresholds = [new Threshold { What = "% of the files' rate with PostgreSQL", Measured = 100 * runs[1].Rate.PerSecond / runs[0].Rate.PerSecond, Required = 100 * PartRequired }],
        Notes =
        [
            $"The server alone: {Limit(limit.One, runs[1].Rate)} by one connection, {Limit(limit.Two, runs[1].Rate)} by two, as the journal has: binary COPY out of memory into tables like the journal's, which grow, with nothing else running.",
            "The server is one of its own with its defaults (fsync and synchronous commit on), reached over a socket, on the same disk and the same cores.",
            $"Audits: {string.Join("; ", runs.Select(run => $"{run.Journal}: {Figure.Count(run.Audit.Transfers)} transfers, balances computed anew make the root signed last"))}.",
        ],
    };

    private static string Limit(double bytesPerSecond, RateFigures rate) =>
        $"{Figure.Short(bytesPerSecond / Million)} MB/s, which is {Figure.Short(bytesPerSecond / rate.JournalBytes)} transfers/s";
}
