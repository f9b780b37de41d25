using System.CommandLine;
using LeitherCluster.LoadTests.Measuring;
using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Benchmarks.Signatures;

/// <summary>Ed25519 verification: the ledger's verifier beside bare libcrypto, on one core and on each of two at a time.</summary>
internal sealed class SignatureBenchmark : IBenchmark
{
    private const int Runs = 40;

    public string Name => "signatures";

    public string Purpose => "Ed25519 verification, the ledger's and bare libcrypto's, a core and two";

    public IReadOnlyList<Option> Options => [];

    public BenchmarkReport Run(ParseResult arguments, int core)
    {
        int[] cores = [core, .. ThreadCore.Allowed().Where(other => other != core).Take(1)];
        Sample bare = ThreadCore.Run(core, () => Measure(BareVerification));
        Sample ledger = ThreadCore.Run(core, () => Measure(LedgerVerification));
        List<IReadOnlyList<string>> rows =
        [
            ["libcrypto alone, key and context ready", .. Row(bare), ""],
            ["the ledger's SignatureVerifier", .. Row(ledger), Figure.Percent(ledger.BestPerSecond / bare.BestPerSecond)],
        ];
        if (cores.Length == 2)
        {
            double bareOnTwo = OnEach(cores, BareVerification);
            double ledgerOnTwo = OnEach(cores, LedgerVerification);
            rows.Add(["libcrypto alone, two threads", Figure.Short(bareOnTwo), "", "", ""]);
            rows.Add(["the ledger's SignatureVerifier, two threads", Figure.Short(ledgerOnTwo), "", "", Figure.Percent(ledgerOnTwo / bareOnTwo)]);
        }

        return new BenchmarkReport
        {
            Benchmark = Name,
            Title = "Ed25519 verification",
            Tables = [new ReportTable("Verifications a second:", ["what", "best run", "median run", "µs on a core", "of the bare loop"], rows)],
            Thresholds = [],
            Notes =
            [
                "A signature over 112 bytes, which is a payment's tag and body, by 64 keys in turn.",
                "Libcrypto alone: EVP_DigestVerify with the key's object made beforehand. The ledger gets a key as 32 bytes that it has "
                + "never seen, refuses small-order ones and makes the object for each signature: that is the difference.",
                "On two threads each is kept on a core of its own; the sum of what each did in its best run.",
            ],
        };
    }

    private static IReadOnlyList<string> Row(Sample sample) =>
    [
        Figure.Short(sample.BestPerSecond),
        Figure.Short(sample.MedianPerSecond),
        Figure.Short(sample.ProcessorNanoseconds / 1000),
    ];

    private static double OnEach(int[] cores, Func<VerificationInput, Action> verification)
    {
        Func<Sample>[] running = [.. cores.Select(core => ThreadCore.Start(core, () => Measure(verification)))];
        return running.Sum(wait => wait().BestPerSecond);
    }

    private static Sample Measure(Func<VerificationInput, Action> verification)
    {
        using var input = new VerificationInput();
        return Sample.OfBatches(VerificationInput.Signatures, Runs, verification(input));
    }

    private static Action BareVerification(VerificationInput input) => () => Expect(input.VerifyBare());

    private static Action LedgerVerification(VerificationInput input) => () => Expect(input.VerifyByLedger());

    private static void Expect(int valid)
    {
        if (valid != VerificationInput.Signatures)
        {
            throw new InvalidOperationException($"Only {valid} of {VerificationInput.Signatures} good signatures were found valid.");
        }
    }
}
