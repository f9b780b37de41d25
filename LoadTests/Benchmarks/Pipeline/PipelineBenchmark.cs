using System.CommandLine;
using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>
/// The pulse pipeline in this process, through the actors: payments between random accounts, whose signatures count as checked, on
/// a file journal that is synced, at one rate after the other.
/// </summary>
internal sealed class PipelineBenchmark : IBenchmark
{
    private const int SettlePulses = 3;

    // What one second sends is answered within two more; the rest is for the pulse that comes late.
    private const double CyclesInFlight = 3;

    private static readonly TimeSpan s_fundingCycle = TimeSpan.FromMilliseconds(50);

    private static readonly Option<int> s_accounts = new("--parties") { Description = "How many accounts the ledger has.", DefaultValueFactory = _ => 1_000_000 };
    private static readonly Option<int> s_cycle = new("--cycle") { Description = "The pulse cycle, in ms.", DefaultValueFactory = _ => 1_000 };
    private static readonly Option<int> s_pulses = new("--pulses") { Description = "Pulses measured at each rate.", DefaultValueFactory = _ => 10 };
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

    public IReadOnlyList<Option> Options => [s_accounts, s_cycle, s_pulses, s_batch, s_data, s_rates];

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
            Funding.Run(ledger, parties);
        }

        int batches = (int)(CyclesInFlight * cycle.TotalSeconds * rates.Max() / batchFrames) + 1;
        Console.Error.WriteLine($"pipeline: {Figure.Count((long)batches * batchFrames)} payments are prepared");
        var traffic = new Traffic(parties, batchFrames, batches);
        List<RateFigures> figures = [];
        using (LedgerInProcess ledger = LedgerInProcess.Open(folder.Path, cycle))
        {
            foreach (long rate in rates)
            {
                RateFigures at = RateFigures.Measure(ledger, traffic, rate, SettlePulses, arguments.GetValue(s_pulses));
                Console.Error.WriteLine(
                    $"pipeline: {Figure.Count(rate)}/s offered, {Figure.Short(at.PerSecond)} committed, {Figure.Percent(at.Within(2 * cycle))} within two pulses, "
                    + $"{Figure.Short(at.ProcessorNanoseconds)} ns, {Figure.Short(at.AllocatedBytes)} B allocated, {Figure.Short(at.JournalBytes)} B journaled, {at.Gen2Collections} gen 2; "
                    + string.Join(", ", at.Threads.Where(t => t.Nanoseconds > at.Transfers).Select(t => $"{t.Name} {t.Nanoseconds / at.Transfers} ns")));
                foreach (PulseMark m in at.Marks)
                {
                    Console.Error.WriteLine($"   n {m.Pulse.Sequence} tx {m.Pulse.Transfers,9:N0} sealed {m.Pulse.SealedUs / 1000} durable {m.Pulse.DurableUs / 1000} credited {m.Pulse.CreditedUs / 1000} committed {m.Pulse.CommittedUs / 1000}");
                }

                figures.Add(at);
            }
        }

        return new BenchmarkReport { Benchmark = Name, Title = "x", Tables = [], Thresholds = [], Notes = [] };
    }
}
