using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Benchmarks.Http;

/// <summary>What was found beside the rates.</summary>
internal sealed record HttpSurroundings
{
    public required int Parties { get; init; }

    public required TimeSpan Cycle { get; init; }

    public required int BundlesPerRequest { get; init; }

    public required int ItemsPerBundle { get; init; }

    public required int Connections { get; init; }

    /// <summary>Bytes of a request's body to a transfer.</summary>
    public required double BytesPerTransfer { get; init; }

    /// <summary>The most memory that the node had.</summary>
    public required long MemoryBytesMax { get; init; }

    public required JournalFindings Journal { get; init; }

    /// <summary>Transfers a second that a bare Kestrel takes, reading the same bytes and forgetting them.</summary>
    public required double SinkPerSecond { get; init; }

    /// <summary>Bare verifications a second, two cores together.</summary>
    public required double SignaturesPerSecond { get; init; }

    /// <summary>Bytes a second that the bare disk takes, synced.</summary>
    public required double DiskBytesPerSecond { get; init; }
}

/// <summary>The figures of posting as tables.</summary>
internal static class HttpReport
{
    private const double PerSecondRequired = 200_000;
    private const double Mebibyte = 1 << 20;
    private const double Cores = 2;

    public static BenchmarkReport Of(IReadOnlyList<HttpFigures> rates, HttpSurroundings around)
    {
        HttpFigures best = rates.OrderByDescending(rate => rate.PerSecond).First();
        return new BenchmarkReport
        {
            Benchmark = "http",
            Title = $"Bundles of {around.ItemsPerBundle} posted over loopback: {Figure.Count(around.Parties)} accounts, 256 branches, a pulse every {around.Cycle.TotalMilliseconds} ms, "
                + "file journal with fsync",
            Tables = [RatesTable(rates, around), CostTable(rates), ThreadTable(rates), LimitsTable(best, around)],
            Thresholds =
            [
                new Threshold { What = "transfers/s committed", Measured = best.PerSecond, Required = PerSecondRequired },
            ],
            Notes = Notes(rates, around),
        };
    }

    private static string[] Notes(IReadOnlyList<HttpFigures> rates, HttpSurroundings around) =>
    [
        $"A request is {around.BundlesPerRequest} bundles, {Figure.Short(around.BytesPerTransfer * around.BundlesPerRequest * around.ItemsPerBundle / Mebibyte)} MiB; every bundle is signed by its sender, its items go to random "
        + "accounts under their standing acceptances. The node verifies each bundle's signature, and each acceptance when it meets it first.",
        $"The node is the program's own, a process started with `leither node`; the generator is another process on the same cores, with {around.Connections} connections, each of which sends a request "
        + "made beforehand and waits for the answer, 'committed'. At a given rate a request that is sent late counts from when it was due.",
        $"Measured from the first answer out of one pulse to the first out of a later one, {string.Join(", ", rates.Select(rate => rate.Pulses))} pulses, after each rate had settled.",
        "Limits of this run: the same requests to a bare Kestrel that reads and forgets them, the same generator beside it; the ledger's verifier alone on two cores, a signature a bundle; the disk, "
        + "1 MiB at a time past the page cache, synced.",
        $"Audit: {Figure.Count(around.Journal.Transfers)} transfers in the journal (the issuance to each account among them), every one answered 'committed' and each place given once; "
        + $"{Figure.Count(around.Journal.Pulses)} pulses, whose chain, certificates and signatures hold (`leither journal verify --quick`); the supply is the {Figure.Count((long)around.Journal.Supply)} units issued. "
        + $"The node's memory was {Figure.Count((long)(around.MemoryBytesMax / Mebibyte))} MiB at the most.",
    ];

    private static ReportTable RatesTable(IReadOnlyList<HttpFigures> rates, HttpSurroundings around) => new(
        "Transfers a second, and the time from when a request was due to its answer:",
        ["sent/s", "committed/s", "within two pulses", "median ms", "99 % ms", "longest ms"],
        Rows(rates, rate =>
        [
            Figure.Short(rate.PerSecond),
            Figure.Percent(rate.Within(2 * around.Cycle)),
            Milliseconds(rate.Latency(0.5)),
            Milliseconds(rate.Latency(0.99)),
            Milliseconds(rate.Latencies[^1]),
        ]));

    private static ReportTable CostTable(IReadOnlyList<HttpFigures> rates) => new(
        "What a transfer cost, ns on a core:",
        ["sent/s", "node", "generator", "cores busy"],
        Rows(rates, rate =>
        [
            Figure.Short(rate.ServerNanoseconds),
            Figure.Short(rate.GeneratorNanoseconds),
            Figure.Short((rate.ServerSeconds + rate.GeneratorSeconds) / rate.Seconds),
        ]));

    private static ReportTable ThreadTable(IReadOnlyList<HttpFigures> rates)
    {
        string[] names = [.. rates.SelectMany(rate => rate.Threads).Select(thread => thread.Name).Distinct(StringComparer.Ordinal)];
        names = [.. names.Where(name => rates.Any(rate => NanosecondsOf(rate, name) >= 1))];
        return new ReportTable(
            "Of the node's, ns a transfer by thread:",
            ["sent/s", .. names],
            Rows(rates, rate => [.. names.Select(name => Figure.Short(NanosecondsOf(rate, name)))]));
    }

    private static ReportTable LimitsTable(HttpFigures best, HttpSurroundings around)
    {
        double nanoseconds = best.ServerNanoseconds + best.GeneratorNanoseconds;
        double journalBytes = around.Journal.Bytes / (double)around.Journal.Transfers;
        return new ReportTable(
            "The limits in the same run:",
            ["what", "transfers/s at most", "reached"],
            [
                Limit("a bare Kestrel that reads and forgets", around.SinkPerSecond, best),
                Limit($"bare signatures, {Figure.Short(around.SignaturesPerSecond)} a second", around.SignaturesPerSecond * around.ItemsPerBundle, best),
                Limit($"the disk alone, {Figure.Short(around.DiskBytesPerSecond / 1e6)} MB/s for {Figure.Short(journalBytes)} bytes each", around.DiskBytesPerSecond / journalBytes, best),
                Limit($"two cores at the {Figure.Short(nanoseconds)} ns that node and generator took", Cores * 1e9 / nanoseconds, best),
            ]);
    }

    private static string[] Limit(string what, double perSecond, HttpFigures best) =>
        [what, Figure.Short(perSecond), Figure.Percent(best.PerSecond / perSecond)];

    private static IReadOnlyList<IReadOnlyList<string>> Rows(IReadOnlyList<HttpFigures> rates, Func<HttpFigures, string[]> cells) =>
        [.. rates.Select(rate => (IReadOnlyList<string>)[rate.Offered == 0 ? "as answered" : Figure.Count(rate.Offered), .. cells(rate)])];

    private static double NanosecondsOf(HttpFigures rate, string thread) =>
        rate.Threads.Where(each => string.Equals(each.Name, thread, StringComparison.Ordinal)).Sum(each => each.Nanoseconds) / (double)rate.TransfersInAll;

    private static string Milliseconds(TimeSpan time) => Figure.Short(time.TotalMilliseconds);
}
