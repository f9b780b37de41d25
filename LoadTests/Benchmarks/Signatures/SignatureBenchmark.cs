using System.CommandLine;
using LeitherCluster.Ledger.Signatures;
using LeitherCluster.LoadTests.Measuring;
using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Benchmarks.Signatures;

/// <summary>Ed25519 verification by batch size and instruction set, one core, beside libcrypto and libsodium in the same process.</summary>
internal sealed class SignatureBenchmark : IBenchmark
{
    private const double SingleRatioMin = 2;
    private const double SmallBatchRatioMin = 4;
    private const double LargeBatchRatioMin = 8;
    private const int SmallBatch = 64;
    private const int LargeBatch = 4096;

    private static readonly Option<int> s_agreement = new("--agreement")
    {
        Description = "Compare so many random verdicts with libcrypto's first; 0 for none.",
        DefaultValueFactory = _ => 0,
    };

    public string Name => "signatures";

    public string Purpose => "Ed25519 verification by batch size and instruction set, beside libcrypto, one core";

    public IReadOnlyList<Option> Options => [s_agreement];

    public BenchmarkReport Run(ParseResult arguments, int core)
    {
        int compared = arguments.GetValue(s_agreement);
        int differences = compared > 0 ? SignatureAgreement.CountDifferences(compared) : 0;
        SignatureFigures[] paths = [.. ChildProbe.SwitchedOff.Select(off => SignatureProbe.RunChild(off, core)).DistinctBy(figures => figures.Path)];
        return new BenchmarkReport
        {
            Benchmark = Name,
            Title = "Ed25519 verification",
            Tables = [PathTable(paths), BatchTable(paths[0])],
            Thresholds = [.. Thresholds(paths[0], compared, differences)],
            Notes =
            [
                "Signatures over 112 bytes, which is a payment's tag and body. Libcrypto alone: EVP_DigestVerify with the key's object made beforehand. "
                + "Each instruction set is measured in a process of its own, with libcrypto in it for the ratio.",
                "A single verification has a key never seen. In a batch every signature has a key of its own, which is the least that a batch can profit from; "
                + "known ones are in the cache of decoded keys. Without a seed there are no equations: every signature is judged by itself, lane by lane, as are "
                + "batches below 24. On the path without lanes a batch is verified one by one.",
                "One bad: in the middle of the batch. Switching AVX2 off takes the wide multiplication (BMI2) away as well, so that Scalar is the very "
                + "least that a machine does.",
            ],
        };
    }

    private static ReportTable PathTable(SignatureFigures[] paths)
    {
        List<IReadOnlyList<string>> rows =
        [
            ["libcrypto alone", .. paths.SelectMany(path => Row(path.LibCrypto, path))],
            ["one by one", .. paths.SelectMany(path => Row(path.Single, path))],
        ];
        if (paths.All(path => path.LibSodium != null))
        {
            rows.Insert(1, ["libsodium alone", .. paths.SelectMany(path => Row(path.LibSodium!.Value, path))]);
        }

        for (int i = 0; i < paths[0].Batches.Count; i++)
        {
            int index = i;
            rows.Add([$"batches of {Figure.Count(paths[0].Batches[i].Size)}", .. paths.SelectMany(path => Row(path.Batches[index].NewKeys, path))]);
        }

        return new ReportTable(
            "Verifications a second on one core, keys never seen, best run; and times libcrypto in the same process:",
            ["what", .. paths.SelectMany(path => new[] { path.Path.ToString(), "" })],
            rows);
    }

    private static ReportTable BatchTable(SignatureFigures figures) => new(
        $"{figures.Path}, verifications a second, best run:",
        ["batches of", "new keys", "known keys", "no seed", "one bad", "all bad", "all bad : libcrypto"],
        [
            .. figures.Batches.Select(batch => (IReadOnlyList<string>)
            [
                Figure.Count(batch.Size),
                Figure.Short(batch.NewKeys),
                Figure.Short(batch.KnownKeys),
                Figure.Short(batch.WithoutSeed),
                Figure.Short(batch.OneBad),
                Figure.Short(batch.AllBad),
                Figure.Ratio(batch.AllBad / figures.LibCrypto),
            ]),
        ]);

    private static string[] Row(double perSecond, SignatureFigures path) => [Figure.Short(perSecond), Figure.Ratio(perSecond / path.LibCrypto)];

    private static IEnumerable<Threshold> Thresholds(SignatureFigures widest, int compared, int differences)
    {
        if (compared > 0)
        {
            yield return new() { What = $"verdicts other than libcrypto's, of {Figure.Count(compared)}", Measured = differences, Required = 0, IsUpperBound = true };
        }

        if (widest.Path == SignaturePath.Avx512)
        {
            yield return new() { What = "one by one, times libcrypto", Measured = widest.Single / widest.LibCrypto, Required = SingleRatioMin };
            yield return Ratio(widest, SmallBatch, SmallBatchRatioMin);
            yield return Ratio(widest, LargeBatch, LargeBatchRatioMin);
        }
    }

    private static Threshold Ratio(SignatureFigures figures, int size, double required) => new()
    {
        What = $"batches of {Figure.Count(size)}, times libcrypto",
        Measured = figures.Batches.First(batch => batch.Size == size).NewKeys / figures.LibCrypto,
        Required = required,
    };
}
