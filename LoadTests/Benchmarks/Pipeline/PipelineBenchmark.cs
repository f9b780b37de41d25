using System.CommandLine;
using LeitherCluster.LoadTests.Benchmarks.Trees;
using LeitherCluster.LoadTests.Measuring;
using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>
/// The pulse pipeline in this process, through the actors: payments between random accounts, whose signatures count as checked, on
/// a file journal that is synced, at one rate after the other.
/// </summary>
internal sealed class PipelineBenchmark : IBenchmark
{
    private const int SettlePulses = 3;
    private const int Million = 1_000_000;
    private const int Branches = 256;

    // What one second sends is answered within two more; the rest is for the pulse that comes late.
    private const double CyclesInFlight = 3;

    private static readonly TimeSpan s_fundingCycle = TimeSpan.FromMilliseconds(50);

    private static readonly Option<int> s_accounts = new("--parties") { Description = "How many accounts the ledger has.", DefaultValueFactory = _ => 1_000_000 };
    private static readonly Option<int> s_cycle = new("--cycle") { Description = "The pulse cycle, in ms.", DefaultValueFactory = _ => 1_000 };
    private static readonly Option<int> s_pulses = new("--pulses") { Description = "Pulses measured at each rate.", DefaultValueFactory = _ => 10 };
    private static readonly Option<int> s_warmUp = new("--warm-up") { Description = "Pulses before anything is measured, as full as they get.", DefaultValueFactory = _ => 10 };
    private static readonly Option<int> s_batch = new("--batch") { Description = "Transfers in one batch.", DefaultValueFactory = _ => 10_000 };
    private static readonly Option<string?> s_data = new("--data") { Description = "A folder under which the ledger's is made; it is removed again. The system's temporary one by default." };

    private static readonly Option<long[]> s_rates = new("--rates")
    {
        Description = "Transfers a second to send, one after the other; 0: as many as come back.",
        DefaultValueFactory = _ => [1_000_000, 1_500_000, 2_000_000],
        AllowMultipleArgumentsPerToken = true,
    };

    public string Name => "pipeline";

    public string Purpose => "transfers a second through actors, pulses and journal, signatures checked beforehand";

    public IReadOnlyList<Option> Options => [s_accounts, s_cycle, s_pulses, s_warmUp, s_batch, s_data, s_rates];

    public BenchmarkReport Run(ParseResult arguments, int core)
    {
        int accounts = arguments.GetValue(s_accounts);
        var cycle = TimeSpan.FromMilliseconds(arguments.GetValue(s_cycle));
        int batchFrames = arguments.GetValue(s_batch);
        long[] rates = arguments.GetValue(s_rates)!;
        using var folder = new TemporaryFolder(arguments.GetValue(s_data));
        var parties = new Population(accounts);
        using (LedgerInProcess ledger = LedgerInProcess.Open(folder.Path, s_fundingCycle))
        {
            Console.Error.WriteLine($"pipeline: {Figure.Count(accounts)} accounts are issued");
            Funding.Run(ledger, parties.Ids);
        }

        int batches = (int)(CyclesInFlight * cycle.TotalSeconds * rates.Max() / batchFrames) + 1;
        Console.Error.WriteLine($"pipeline: {Figure.Count((long)batches * batchFrames)} payments are prepared");
        var traffic = new Traffic(parties, batchFrames, batches);
        List<RateFigures> figures = [];
        using (LedgerInProcess ledger = LedgerInProcess.Open(folder.Path, cycle))
        {
            Console.Error.WriteLine("pipeline: warming up");
            RateFigures.WarmUp(ledger, traffic, arguments.GetValue(s_warmUp));
            foreach (long rate in rates)
            {
                RateFigures at = RateFigures.Measure(ledger, traffic, rate, SettlePulses, arguments.GetValue(s_pulses));
                Console.Error.WriteLine(
                    $"pipeline: {Figure.Count(rate)}/s sent, {Figure.Short(at.PerSecond)} committed, {Figure.Percent(at.Within(2 * cycle))} within two pulses, "
                    + $"{Figure.Short(at.ProcessorNanoseconds)} ns each, {Figure.Percent(at.OwnShare)} of both cores used, {Figure.Percent(at.OthersShare)} by others");
                figures.Add(at);
            }
        }

        double bytes = figures.Max(rate => rate.JournalBytes);
        double windowBytes = bytes * figures.Max(rate => rate.Marks.Max(mark => mark.Pulse.Transfers)) / Branches;
        double diskSeconds = DiskLimit.Seconds(folder.Path, (long)(bytes * Million), (int)windowBytes);
        double hashNanoseconds = ThreadCore.Run(core, HashingAlone.NanosecondsPerCompression);
        Console.Error.WriteLine("pipeline: the journal is audited");
        return PipelineReport.Of(figures, new PipelineSurroundings(accounts, cycle, batchFrames, diskSeconds, hashNanoseconds, JournalAudit.Run(folder.Path)));
    }
}
