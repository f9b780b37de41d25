namespace LeitherCluster.LoadTests.Measuring;

/// <summary>A histogram in few words: its buckets that are not empty, each by its number and its count in turn, the sum and the longest of its values.</summary>
internal sealed record HistogramPart(IReadOnlyList<long> Buckets, double SumUs, long MaxUs);
