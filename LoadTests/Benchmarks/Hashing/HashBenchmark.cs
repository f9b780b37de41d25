using System.CommandLine;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.LoadTests.Measuring;
using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Benchmarks.Hashing;

/// <summary>
/// BLAKE3 of short messages on one core, on each instruction set of this machine, beside the bare arithmetic of it, this
/// project's own scalar code, and the framework's SHA-256.
/// </summary>
internal sealed class HashBenchmark : IBenchmark
{
    private const double RequiredPerSecond = 80e6;
    private const double RequiredRatio = 5;

    public string Name => "hash";

    public string Purpose => "BLAKE3 of short messages, one core, every instruction set";

    public IReadOnlyList<Option> Options => [];

    public BenchmarkReport Run(ParseResult arguments, int core)
    {
        HashPathFigures[] paths =
        [
            .. ChildProbe.SwitchedOff
                .Select(switchedOff => HashProbe.RunChild(switchedOff, core))
                .DistinctBy(figures => figures.Path),
        ];
        HashPathFigures widest = paths[0];
        HashPathFigures scalar = paths.First(figures => figures.Path == Blake3Path.Scalar);
        return new BenchmarkReport
        {
            Benchmark = Name,
            Title = "BLAKE3, one core",
            Tables = [FormsTable(paths, scalar), PeersTable(widest, scalar)],
            Thresholds = Thresholds(widest, scalar),
            Notes =
            [
                "Million compressions a second: best run (median run). A compression takes 64 bytes; 96 and 112 bytes take two.",
                "Batches of 128 items in the first-level cache; runs of a few milliseconds; each instruction set in a process of its own, "
                + "chosen by the runtime's own settings.",
                "The arithmetic alone is the limit: the same additions, exclusive ors and rotations with the same dependencies, without "
                + "loads, stores and the transpositions that bring messages into lanes.",
            ],
        };
    }

    private static ReportTable FormsTable(HashPathFigures[] paths, HashPathFigures scalar)
    {
        IEnumerable<IReadOnlyList<string>> rows = scalar.Forms.Select((form, index) => (IReadOnlyList<string>)
        [
            form.Name,
            .. paths.Select(path => BestAndMedian(path.Forms[index])),
            Figure.Ratio(paths[0].Forms[index].Best / form.Best),
        ]);
        return new ReportTable(
            "Million compressions a second, and the widest path's ratio to this project's scalar code:",
            ["form", .. paths.Select(path => path.Path.ToString()), "widest : scalar"],
            [.. rows]);
    }

    private static ReportTable PeersTable(HashPathFigures widest, HashPathFigures scalar)
    {
        List<IReadOnlyList<string>> rows = [];
        foreach (HashFormFigures? peer in new[] { widest.ArithmeticPerSecond, widest.Sha256PerSecond })
        {
            if (peer != null)
            {
                rows.Add([peer.Name, BestAndMedian(peer), Figure.Ratio(widest.Judged / peer.Best), Figure.Ratio(scalar.Judged / peer.Best)]);
            }
        }

        return new ReportTable(
            "The limit and the peer, in million a second, and what an inner node's hash is of them:",
            ["beside", "million/s", $"{widest.Path} is", "Scalar is"],
            rows);
    }

    private static Threshold[] Thresholds(HashPathFigures widest, HashPathFigures scalar) => widest.Path != Blake3Path.Avx512
        ? []
        :
        [
            new Threshold
            {
                What = "64-byte keyed compressions with AVX-512, million/s",
                Measured = widest.Judged / 1e6,
                Required = RequiredPerSecond / 1e6,
            },
            new Threshold { What = "AVX-512 to this project's scalar code, times", Measured = widest.Judged / scalar.Judged, Required = RequiredRatio },
        ];

    private static string BestAndMedian(HashFormFigures figures) =>
        $"{Figure.Millions(figures.Best)} ({Figure.Millions(figures.Median)})";
}
