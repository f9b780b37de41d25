using LeitherCluster.LoadTests.Measuring;

namespace LeitherCluster.LoadTests.Benchmarks.Hashing;

/// <summary>Compressions a second of one form, in the best and the median run.</summary>
internal sealed record HashFormFigures(string Name, double Best, double Median)
{
    public static HashFormFigures Of(string name, Sample compressions) =>
        new(name, compressions.BestPerSecond, compressions.MedianPerSecond);
}
