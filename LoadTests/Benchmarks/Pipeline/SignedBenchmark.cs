using System.CommandLine;
using System.Diagnostics;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.LoadTests.Benchmarks.Signatures;
using LeitherCluster.LoadTests.Measuring;
using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>
/// The pipeline with one Ed25519 verification a transfer, as fast as it goes, beside bare loops of verifications on the same cores, by libcrypto and by the
/// ledger's own verifier, which run before it and again after it.
/// </summary>
internal sealed class SignedBenchmark : IBenchmark
{
    private const double PartRequired = 0.85;
    private const double PerSecondRequired = 150_000;
    private const int Senders = 20_000;
    private const int BareSeconds = 3;

    private static readonly TimeSpan s_shortCycle = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_cycle = TimeSpan.FromSeconds(1);

    private static readonly Option<int> s_batches = new("--signed-batches")
    {
        Description = $"Batches of {SignedTraffic.BatchFrames} payments to sign and send.",
        DefaultValueFactory = _ => 600,
    };

    public string Name => "signed";

    public string Purpose => "transfers a second through the pipeline, one Ed25519 verification each, beside the bare loop";

    public IReadOnlyList<Option> Options => [s_batches];

    public BenchmarkReport Run(ParseResult arguments, int core)
    {
        int[] cores = [core, .. ThreadCore.Allowed().Where(other => other != core).Take(1)];
        int payments = arguments.GetValue(s_batches) * SignedTraffic.BatchFrames;
        Console.Error.WriteLine($"signed: {Figure.Count(payments)} payments are signed");
        using var traffic = new SignedTraffic(Senders, payments);
        using var folder = new TemporaryFolder(under: null);
        using (LedgerInProcess ledger = LedgerInProcess.Open(folder.Path, s_shortCycle))
        {
            Funding.Run(ledger, traffic.Ids);
        }

        Console.Error.WriteLine("signed: the bare loops, the pipeline, and the bare loops again");
        Rate libCryptoBefore = Bare(cores, VerifyByLibCrypto);
        Rate ownBefore = Bare(cores, VerifyByLedger);
        Rate pipeline = Pipeline(folder.Path, traffic);
        Rate ownAfter = Bare(cores, VerifyByLedger);
        Rate libCryptoAfter = Bare(cores, VerifyByLibCrypto);
        Rate bare = Rate.Mean(libCryptoBefore, libCryptoAfter);
        Rate own = Rate.Mean(ownBefore, ownAfter);
        JournalAudit audit = JournalAudit.Run(folder.Path);
        return new BenchmarkReport
        {
            Benchmark = Name,
            Title = $"One Ed25519 verification a transfer, {cores.Length} cores",
            Tables =
            [
                new ReportTable(
                    "A second:",
                    ["what", "by the wall clock", "µs on a core", "times libcrypto", "by time on a core", "of the ledger's own", "by time on a core"],
                    [
                        ["verifications, libcrypto, before", .. Cells(libCryptoBefore, bare, own)],
                        ["verifications, the ledger's own, before", .. Cells(ownBefore, bare, own)],
                        ["transfers committed by the pipeline", .. Cells(pipeline, bare, own)],
                        ["verifications, the ledger's own, after", .. Cells(ownAfter, bare, own)],
                        ["verifications, libcrypto, after", .. Cells(libCryptoAfter, bare, own)],
                    ]),
            ],
            Thresholds =
            [
                new Threshold { What = "% of libcrypto's bare loop that the pipeline commits", Measured = 100 * pipeline.PerSecond / bare.PerSecond, Required = 100 * PartRequired },
                new Threshold { What = "signed transfers/s committed", Measured = pipeline.PerSecond, Required = PerSecondRequired },
            ],
            Notes =
            [
                $"{Figure.Count(payments)} payments by {Figure.Count(Senders)} senders to one receiver, whose standing acceptance is verified once and remembered; all are with the "
                + "ledger from the start. From the commit of the first pulse to that of the last but one; a pulse a second, file journal with fsync.",
                "Bare loops: one thread a core, signatures over 112 bytes. libcrypto: EVP_DigestVerify by 64 keys whose objects are ready. The ledger's own: batches of "
                + $"{OwnVerification.BatchSignatures} as the ingress makes them, by {Figure.Count(OwnVerification.Signatures)} keys, more than its cache keeps. What others use of the cores, all "
                + "lose by the wall clock; time on a core, which is the whole process's, is free of it.",
                $"Audit: {Figure.Count(audit.Transfers)} transfers in the journal, every one answered 'committed'; balances computed anew from their frames make the root signed last.",
            ],
        };
    }

    private static IReadOnlyList<string> Cells(Rate rate, Rate bare, Rate own) =>
    [
        Figure.Count((long)rate.PerSecond),
        Figure.Short(rate.CoreMicroseconds),
        Figure.Short(rate.PerSecond / bare.PerSecond),
        Figure.Short(bare.CoreMicroseconds / rate.CoreMicroseconds),
        Figure.Percent(rate.PerSecond / own.PerSecond),
        Figure.Percent(own.CoreMicroseconds / rate.CoreMicroseconds),
    ];

    private static Rate Pipeline(string folder, SignedTraffic traffic)
    {
        using LedgerInProcess ledger = LedgerInProcess.Open(folder, s_cycle);
        using var log = new PulseLog(ledger);
        foreach (TransferBatch batch in traffic.Batches)
        {
            while (!ledger.Gateway.TrySubmit(batch))
            {
                ledger.ThrowIfFailed();
                Thread.Sleep(1);
            }
        }

        foreach (TransferBatch batch in traffic.Batches)
        {
            while (!batch.WhenAnswered.Wait(TimeSpan.FromMilliseconds(100)))
            {
                ledger.ThrowIfFailed();
            }

            Traffic.RequireCommitted(batch);
        }

        PulseMark[] full = log.SoFar()[..^1];
        long transfers = full[1..].Sum(mark => (long)mark.Pulse.Transfers);
        return new Rate(
            transfers / Stopwatch.GetElapsedTime(full[0].Ticks, full[^1].Ticks).TotalSeconds,
            (full[^1].Processor - full[0].Processor).TotalMicroseconds / transfers);
    }

    private static Rate Bare(int[] cores, Func<Rate> loop)
    {
        Func<Rate>[] running = [.. cores.Select(core => ThreadCore.Start(core, loop))];
        Rate[] rates = [.. running.Select(wait => wait())];
        return new Rate(rates.Sum(rate => rate.PerSecond), rates.Average(rate => rate.CoreMicroseconds));
    }

    private static Rate VerifyByLibCrypto()
    {
        using var input = new BareVerification();
        return Verify(input.Verify);
    }

    private static Rate VerifyByLedger()
    {
        using var input = new OwnVerification();
        return Verify(input.Verify);
    }

    private static Rate Verify(Func<int> verify)
    {
        long verified = 0;
        RunTime time = RunTime.Of(() =>
        {
            long start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start).TotalSeconds < BareSeconds)
            {
                verified += verify();
            }
        });
        return new Rate(verified / time.WallSeconds, time.ProcessorSeconds * 1e6 / verified);
    }

    private readonly record struct Rate(double PerSecond, double CoreMicroseconds)
    {
        public static Rate Mean(Rate one, Rate other) =>
            new((one.PerSecond + other.PerSecond) / 2, (one.CoreMicroseconds + other.CoreMicroseconds) / 2);
    }
}
