using System.CommandLine;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.LoadTests.Benchmarks.Signatures;
using LeitherCluster.LoadTests.Measuring;
using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>
/// The pipeline with signatures that are verified, as fast as it goes: payments of one each, the same beside a flood of bad ones, and bundles of one for a hundred.
/// Beside it bare loops of verifications on the same cores, by libcrypto and by the ledger's own verifier, before and after.
/// </summary>
internal sealed class SignedBenchmark : IBenchmark
{
    private const double PartRequired = 0.85;
    private const double PerSecondRequired = 150_000;
    private const double BundledPerSecondRequired = 1_000_000;
    private const double PartBesideFloodRequired = 0.75;
    private const int Parties = 20_000;
    private const int FloodBatches = 16;
    private const ulong FloodSource = 1;

    private static readonly TimeSpan s_shortCycle = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_cycle = TimeSpan.FromSeconds(1);

    private static readonly Option<int> s_batches = new("--signed-batches")
    {
        Description = $"Batches of {SignedTraffic.BatchFrames} payments to sign and send, and as many beside the flood.",
        DefaultValueFactory = _ => 600,
    };

    private static readonly Option<int> s_bundles = new("--signed-bundles")
    {
        Description = $"Batches of {SignedBundles.BatchBundles} bundles to sign and send, of {SignedBundles.Items} payments each.",
        DefaultValueFactory = _ => 600,
    };

    public string Name => "signed";

    public string Purpose => "transfers a second through the pipeline, signatures verified: one each, beside a flood of bad ones, and one for a bundle of 100";

    public IReadOnlyList<Option> Options => [s_batches, s_bundles];

    public BenchmarkReport Run(ParseResult arguments, int core)
    {
        int[] cores = [core, .. ThreadCore.Allowed().Where(other => other != core).Take(1)];
        int payments = arguments.GetValue(s_batches) * SignedTraffic.BatchFrames;
        int bundles = arguments.GetValue(s_bundles) * SignedBundles.BatchBundles;
        using var parties = new SignedParties(Parties);
        using var folder = new TemporaryFolder(under: null);
        using (LedgerInProcess ledger = LedgerInProcess.Open(folder.Path, s_shortCycle))
        {
            Funding.Run(ledger, parties.Ids);
        }

        Console.Error.WriteLine("signed: the bare loops, the pipeline, and the bare loops again");
        SignedRate libCryptoBefore = BareLoops.ByLibCrypto(cores);
        SignedRate ownBefore = BareLoops.ByLedger(cores);
        int nonces = 0;
        SignedRun singles = Pipeline(folder.Path, SignedTraffic.Sign(parties, payments, nonces));
        nonces += NoncesOf(payments);
        (SignedRun besideFlood, string flood) = BesideFlood(folder.Path, SignedTraffic.Sign(parties, payments, nonces));
        nonces += NoncesOf(payments);
        SignedRun bundled = Pipeline(folder.Path, SignedBundles.Sign(parties, bundles, nonces));
        SignedRate own = SignedRate.Mean(ownBefore, BareLoops.ByLedger(cores));
        SignedRate libCrypto = SignedRate.Mean(libCryptoBefore, BareLoops.ByLibCrypto(cores));
        JournalAudit audit = JournalAudit.Run(folder.Path);
        return new BenchmarkReport
        {
            Benchmark = Name,
            Title = $"Signed transfers, {cores.Length} cores",
            Tables =
            [
                new ReportTable(
                    "A second:",
                    ["what", "by the wall clock", "µs on a core", "times libcrypto", "by time on a core", "of the ledger's own", "by time on a core"],
                    [
                        ["verifications, libcrypto", .. Cells(libCrypto, libCrypto, own)],
                        ["verifications, the ledger's own", .. Cells(own, libCrypto, own)],
                        ["transfers committed, a signature each", .. Cells(singles.Rate, libCrypto, own)],
                        ["the same beside a flood of bad ones", .. Cells(besideFlood.Rate, libCrypto, own)],
                        [$"transfers committed, a signature for {SignedBundles.Items}", .. Cells(bundled.Rate, libCrypto, own)],
                    ]),
                new ReportTable(
                    "Pulses meanwhile:",
                    ["what", "transfers a pulse", "ms, median", "ms, longest"],
                    [
                        ["a signature each", .. Cells(singles)],
                        ["beside a flood", .. Cells(besideFlood)],
                        ["bundles", .. Cells(bundled)],
                    ]),
            ],
            Thresholds =
            [
                Threshold("% of libcrypto's bare loop that the pipeline commits", 100 * singles.Rate.PerSecond / libCrypto.PerSecond, 100 * PartRequired),
                Threshold("signed transfers/s committed", singles.Rate.PerSecond, PerSecondRequired),
                Threshold("% of them beside a flood of bad signatures", 100 * besideFlood.Rate.PerSecond / singles.Rate.PerSecond, 100 * PartBesideFloodRequired),
                Threshold($"transfers/s committed in bundles of {SignedBundles.Items}", bundled.Rate.PerSecond, BundledPerSecondRequired),
            ],
            Notes =
            [
                $"{Figure.Count(payments)} payments by {Figure.Count(Parties)} parties to one of them, whose standing acceptance is verified once and remembered; "
                + $"{Figure.Count(bundles)} bundles to parties that chance chooses, whose acceptances are each verified when met first. All are with the ledger from the start. "
                + "From the commit of the first pulse to that of the last but one; a pulse a second, file journal with fsync.",
                flood,
                "Bare loops: one thread a core, signatures over 112 bytes, the mean of a run before and one after. libcrypto: EVP_DigestVerify by 64 keys whose objects are ready. The "
                + $"ledger's own: batches of {OwnVerification.BatchSignatures} as the ingress makes them, by {Figure.Count(OwnVerification.Signatures)} keys, more than its cache keeps. "
                + "What others use of the cores, all lose by the wall clock; time on a core, which is the whole process's, is free of it.",
                $"Audit: {Figure.Count(audit.Transfers)} transfers in the journal, every one answered 'committed'; balances computed anew from their frames make the root signed last.",
            ],
        };
    }

    private static int NoncesOf(int payments) => (payments + Parties - 1) / Parties;

    private static SignedRun Pipeline(string folder, TransferBatch[] batches)
    {
        using LedgerInProcess ledger = LedgerInProcess.Open(folder, s_cycle);
        return SignedRun.Of(ledger, batches);
    }

    private static (SignedRun Run, string Note) BesideFlood(string folder, TransferBatch[] batches)
    {
        TransferBatch[] bad = SignedTraffic.Spoil(batches.Take(FloodBatches), new SourceId(0, FloodSource));
        using LedgerInProcess ledger = LedgerInProcess.Open(folder, s_cycle);
        using var flood = new SignatureFlood(ledger, bad);
        SignedRun run = SignedRun.Of(ledger, batches);
        string note = $"The flood: {Figure.Count(SignatureFlood.PerSecond)} transfers a second of one source, all with a bad signature. Until the honest ones were committed, "
            + $"{Figure.Count(flood.Judged)} of them were verified and {Figure.Count(flood.HeldOff)} answered busy.";
        return (run, note);
    }

    private static IReadOnlyList<string> Cells(SignedRun run) =>
        [Figure.Count((long)run.TransfersPerPulse), Figure.Short(run.PulseMs), Figure.Short(run.PulseMsMax)];

    private static IReadOnlyList<string> Cells(SignedRate rate, SignedRate libCrypto, SignedRate own) =>
    [
        Figure.Count((long)rate.PerSecond),
        Figure.Short(rate.CoreMicroseconds),
        Figure.Short(rate.PerSecond / libCrypto.PerSecond),
        Figure.Short(libCrypto.CoreMicroseconds / rate.CoreMicroseconds),
        Figure.Percent(rate.PerSecond / own.PerSecond),
        Figure.Percent(own.CoreMicroseconds / rate.CoreMicroseconds),
    ];

    private static Threshold Threshold(string what, double measured, double required) => new() { What = what, Measured = measured, Required = required };
}
