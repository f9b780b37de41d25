using System.CommandLine;
using System.Diagnostics;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>
/// How long a ledger takes to come back: every branch has a snapshot, and full pulses after it. What is timed begins with the closed folder and ends
/// when the ledger has had its first beat and takes transfers.
/// </summary>
internal sealed class RecoveryBenchmark : IBenchmark
{
    private const int SecondsRequired = 5;
    private const int PaymentsPerSecond = 1_000_000;
    private const int BatchFrames = 10_000;
    private const int BatchesInFlight = 3 * PaymentsPerSecond / BatchFrames;
    private const int SnapshotPulses = 2;
    private const int Runs = 3;

    private static readonly TimeSpan s_shortCycle = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_cycle = TimeSpan.FromSeconds(1);

    private static readonly Option<int> s_accounts = new("--accounts") { Description = "How many accounts the ledger to recover has.", DefaultValueFactory = _ => 1_000_000 };
    private static readonly Option<int> s_pulses = new("--full-pulses") { Description = "Pulses of a million transfers after the snapshot.", DefaultValueFactory = _ => 10 };

    public string Name => "recovery";

    public string Purpose => "seconds from a closed folder to a running ledger, from snapshots and ten full pulses after them";

    public IReadOnlyList<Option> Options => [s_accounts, s_pulses];

    public BenchmarkReport Run(ParseResult arguments, int core)
    {
        int accounts = arguments.GetValue(s_accounts);
        using var folder = new TemporaryFolder(under: null);
        var parties = new Population(accounts);
        Console.Error.WriteLine($"recovery: {Figure.Count(accounts)} accounts are issued");
        using (LedgerInProcess ledger = LedgerInProcess.Open(folder.Path, s_shortCycle))
        {
            Funding.Run(ledger, parties.Ids);
        }

        var traffic = new Traffic(parties, BatchFrames, BatchesInFlight);
        Load snapshots = Send(folder.Path, traffic, pulsesPerSnapshot: 1, SnapshotPulses * PaymentsPerSecond);
        Console.Error.WriteLine("recovery: full pulses follow the snapshot");
        Load after = Send(folder.Path, traffic, pulsesPerSnapshot: int.MaxValue, arguments.GetValue(s_pulses) * (long)PaymentsPerSecond);
        RecoveryRun[] runs = [.. Enumerable.Range(0, Runs).Select(_ => Recover(folder.Path, traffic, after))];
        Console.Error.WriteLine("recovery: the journal is audited");
        JournalAudit audit = JournalAudit.Run(folder.Path);
        RecoveryRun best = runs.MinBy(run => run.Seconds);
        return new BenchmarkReport
        {
            Benchmark = Name,
            Title = $"Recovery: {Figure.Count(accounts)} accounts, 256 branches, a snapshot of each, and after it {after.Pulses} pulses with {Figure.Count(after.Transfers)} transfers",
            Tables =
            [
                new ReportTable(
                    "From the closed folder to a running ledger:",
                    ["run", "seconds", "core seconds", "both cores busy", "transfers/s replayed", "journal after the snapshot, MB/s"],
                    [.. runs.Select((run, i) => (IReadOnlyList<string>)Row(i + 1, run, after))]),
            ],
            Thresholds = [new Threshold { What = "seconds to recover, the best run", Measured = best.Seconds, Required = SecondsRequired, IsUpperBound = true }],
            Notes =
            [
                $"The snapshots were taken over {snapshots.Pulses} pulses that touched every branch; they and the journal were written past the page cache, and are read again in each run.",
                "A run ends when the ledger has had its first beat; the cycle is 50 ms. In each the recovered ledger then commits one more batch.",
                $"Audit: {Figure.Count(audit.Transfers)} transfers in the journal. Balances computed anew from their frames make the root that the recovered ledger signed last.",
            ],
        };
    }

    private static string[] Row(int number, RecoveryRun run, Load after) =>
    [
        Figure.Count(number),
        Figure.Short(run.Seconds),
        Figure.Short(run.ProcessorSeconds),
        Figure.Percent(run.ProcessorSeconds / run.Seconds / Environment.ProcessorCount),
        Figure.Count((long)(after.Transfers / run.Seconds)),
        Figure.Short(after.JournalBytes / run.Seconds / 1e6),
    ];

    /// <summary>Sends so many payments at a million a second, and closes the ledger when all are committed.</summary>
    private static Load Send(string folder, Traffic traffic, int pulsesPerSnapshot, long payments)
    {
        using LedgerInProcess ledger = LedgerInProcess.Open(folder, s_cycle, options => options with { PulsesPerSnapshot = pulsesPerSnapshot });
        long journal = ledger.JournalBytes;
        int pulsesDone = 0;
        long transfersDone = 0;
        using IDisposable counting = ledger.Events.Subscribe<PulseSummary>(pulse =>
        {
            if (pulse.Changed)
            {
                Interlocked.Increment(ref pulsesDone);
                Interlocked.Add(ref transfersDone, (long)pulse.Transfers);
            }
        });
        using (var generator = new Generator(ledger, traffic, PaymentsPerSecond, payments / BatchFrames))
        {
            while (Interlocked.Read(ref transfersDone) < payments)
            {
                ledger.ThrowIfFailed();
                Thread.Sleep(1);
            }

            generator.Finish();
        }

        return new Load(pulsesDone, transfersDone, ledger.JournalBytes - journal);
    }

    private static RecoveryRun Recover(string folder, Traffic traffic, Load after)
    {
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        using LedgerInProcess ledger = LedgerInProcess.Open(folder, s_shortCycle, options => options with { PulsesPerSnapshot = int.MaxValue });
        var run = new RecoveryRun(Stopwatch.GetElapsedTime(start).TotalSeconds, (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
        Console.Error.WriteLine($"recovery: {Figure.Count(after.Transfers)} transfers replayed in {Figure.Short(run.Seconds)} s");
        TransferBatch batch = traffic.Batches[0];
        traffic.NextRound(batch);
        while (!ledger.Gateway.TrySubmit(batch))
        {
            Thread.Sleep(1);
        }

        while (!batch.WhenAnswered.Wait(TimeSpan.FromMilliseconds(100)))
        {
            ledger.ThrowIfFailed();
        }

        Traffic.RequireCommitted(batch);
        return run;
    }

    private readonly record struct RecoveryRun(double Seconds, double ProcessorSeconds);

    private readonly record struct Load(int Pulses, long Transfers, long JournalBytes);
}
