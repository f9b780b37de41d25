using System.CommandLine;
using LeitherCluster.Hosting.Devnet;
using LeitherCluster.LoadTests.Benchmarks.Pipeline;
using LeitherCluster.LoadTests.Reports;
using Npgsql;

namespace LeitherCluster.LoadTests.Benchmarks.Peers;

/// <summary>The same payments in the same run on what a user would pick instead: plain PostgreSQL, a transaction each and many in a call.</summary>
internal sealed class PeersBenchmark : IBenchmark
{
    private const double TimesFilesRequired = 20;
    private const double TimesDatabaseRequired = 10;
    private const int ConnectionsOneByOne = 16;
    private const int ConnectionsBatched = 2;
    private const int Batch = 10_000;

    private static readonly Option<int> s_accounts = new("--peer-parties") { Description = "How many accounts there are.", DefaultValueFactory = _ => 1_000_000 };
    private static readonly Option<int> s_seconds = new("--peer-seconds") { Description = "Seconds for which each is measured.", DefaultValueFactory = _ => 10 };

    public string Name => "peers";

    public string Purpose => "the same payments on plain PostgreSQL, a transaction each and in batches, and on the ledger";

    public IReadOnlyList<Option> Options => [s_accounts, s_seconds];

    public BenchmarkReport Run(ParseResult arguments, int core)
    {
        int accounts = arguments.GetValue(s_accounts);
        int seconds = arguments.GetValue(s_seconds);
        (double oneByOne, double batched, bool addsUp) = MeasurePlain(accounts, TimeSpan.FromSeconds(seconds));
        var parties = new Population(accounts);
        double files = Measure(JournalPlace.InFiles, parties, seconds);
        double database = Measure(JournalPlace.InDatabase, parties, seconds);
        return new BenchmarkReport
        {
            Benchmark = Name,
            Title = $"Plain PostgreSQL and the ledger: {Figure.Count(accounts)} accounts, {Environment.ProcessorCount} cores for everything, fsync on everywhere",
            Tables =
            [
                new ReportTable(
                    "Payments a second between random accounts:",
                    ["", "payments/s", "of a transaction each", "of batches"],
                    [
                        Row($"plain PostgreSQL, a transaction each, {ConnectionsOneByOne} connections", oneByOne, oneByOne, batched),
                        Row($"plain PostgreSQL, {Figure.Count(Batch)} a call, {ConnectionsBatched} connections", batched, oneByOne, batched),
                        Row("the ledger, journal in PostgreSQL", database, oneByOne, batched),
                        Row("the ledger, journal on files", files, oneByOne, batched),
                    ]),
            ],
            Thresholds =
            [
                new Threshold { What = "times the batched peer, journal on files", Measured = files / batched, Required = TimesFilesRequired },
                new Threshold { What = "times the batched peer, journal in PostgreSQL", Measured = database / batched, Required = TimesDatabaseRequired },
            ],
            Notes =
            [
                "The peer checks balances, keeps every transfer and two entries for each, and locks in the order of ids; it has no signatures, proofs, receipts or states of the past. "
                + $"Its books {(addsUp ? "add up" : "DO NOT ADD UP")} afterwards.",
                "The ledger's payments bear both signatures, which count as checked before; its pulses are a second apart, the peer's transactions are as short as they come.",
                "Servers are of this run's own, with PostgreSQL's defaults for durability (fsync and synchronous_commit on).",
            ],
        };
    }

    private static string[] Row(string what, double rate, double oneByOne, double batched) =>
        [what, Figure.Short(rate), Figure.Ratio(rate / oneByOne), Figure.Ratio(rate / batched)];

    private static double Measure(Func<string, JournalPlace> kind, Population parties, int pulses)
    {
        using var folder = new TemporaryFolder(under: null);
        using JournalPlace place = kind(folder.Path);
        Console.Error.WriteLine($"peers: the ledger, journal on {place.Name}");
        return JournalsBenchmark.Measure(place, parties, pulses).PerSecond;
    }

    private static (double OneByOne, double Batched, bool AddsUp) MeasurePlain(int accounts, TimeSpan during)
    {
        using var folder = new TemporaryFolder(under: null);
        string data = Path.Combine(folder.Path, "pg");
        using var server = PrivateServer.Start(data, Environment.GetEnvironmentVariable);
        var address = new NpgsqlConnectionStringBuilder { Host = data, Username = "postgres", Database = "postgres", Pooling = false };
        var plain = new PlainLedger(address.ConnectionString, accounts);
        Console.Error.WriteLine($"peers: plain PostgreSQL, {Figure.Count(accounts)} accounts are made");
        plain.Create();
        Console.Error.WriteLine("peers: plain PostgreSQL, a transaction each");
        double oneByOne = plain.PayOneByOne(ConnectionsOneByOne, during);
        Console.Error.WriteLine($"peers: {Figure.Short(oneByOne)}/s; now {Figure.Count(Batch)} a call");
        double batched = plain.PayInBatches(ConnectionsBatched, Batch, during);
        Console.Error.WriteLine($"peers: {Figure.Short(batched)}/s");
        return (oneByOne, batched, plain.AddsUp());
    }
}
