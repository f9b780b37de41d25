using LeitherCluster.LoadTests.Measuring;

namespace LeitherCluster.Tests.LoadTests;

public sealed class LatencyHistogramTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_023)]
    [InlineData(2_047)]
    [InlineData(2_048)]
    [InlineData(999_999)]
    [InlineData(123_456_789)]
    [InlineData((1L << 42) - 1)]
    public void Percentile_OneValue_IsThatValueToATenthOfAPercent(long us)
    {
        var histogram = new LatencyHistogram();
        histogram.Add(TimeSpan.FromMicroseconds(us), times: 3);
        foreach (double part in new[] { 0, 0.5, 0.9999, 1 })
        {
            Assert.InRange(histogram.PercentileUs(part), us, us + (us / 1_000));
        }

        Assert.Equal((3, us), (histogram.Count, histogram.MaxUs));
    }

    [Fact]
    public void Percentiles_RandomValues_AreThoseOfTheSortedList()
    {
        var random = new Random(7);
        long[] values = [.. Enumerable.Range(0, 20_000).Select(_ => (long)Math.Exp(random.NextDouble() * 18)).Order()];
        LatencyHistogram histogram = Of(values);
        foreach (double part in new[] { 0.01, 0.5, 0.75, 0.99, 0.999, 0.9999 })
        {
            long exact = values[Math.Max(0, (int)Math.Ceiling(part * values.Length) - 1)];
            Assert.InRange(histogram.PercentileUs(part), exact, exact + 1 + (exact / 1_000));
        }

        Assert.Equal(values.Average(), histogram.MeanUs, 3);
        Assert.Equal(0.5, histogram.PartWithin(TimeSpan.FromMicroseconds(values[9_999])), 2);
    }

    [Fact]
    public void Add_OtherHistogram_IsAsIfAllHadBeenCountedInOne()
    {
        LatencyHistogram sum = Of(5, 5_000, 5_000_000);
        sum.Add(Of(7, 9_000_000));
        LatencyHistogram one = Of(5, 5_000, 5_000_000, 7, 9_000_000);
        Assert.Equal((one.Count, one.MaxUs, one.MeanUs), (sum.Count, sum.MaxUs, sum.MeanUs));
        Assert.All([0.2, 0.4, 0.6, 0.8, 1], part => Assert.Equal(one.PercentileUs(part), sum.PercentileUs(part)));
    }

    [Fact]
    public void Percentile_BeyondTheLongest_IsTheLongestThatItKnows()
    {
        var histogram = new LatencyHistogram();
        histogram.Add(TimeSpan.FromDays(1_000));
        Assert.Equal((1L << 42) - 1, histogram.PercentileUs(1));
    }

    private static LatencyHistogram Of(params long[] values)
    {
        var histogram = new LatencyHistogram();
        foreach (long us in values)
        {
            histogram.Add(TimeSpan.FromMicroseconds(us));
        }

        return histogram;
    }
}
