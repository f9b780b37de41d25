using System.Numerics;

namespace LeitherCluster.LoadTests.Measuring;

/// <summary>
/// Latencies counted in buckets that are as fine as their values are: below 2,048 us each microsecond has one, above, each power of two has 1,024, so that
/// a value is known to 0.1 %. Holds up to 2^42 us (some 50 days); one that is longer counts as that. 0.3 MB. Histograms add up. Not thread-safe.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 10;
    private const int SubCount = 1 << SubBits;
    private const int ValueBits = 42;
    private const long ValueMax = (1L << ValueBits) - 1;

    private readonly long[] _counts = new long[(ValueBits - SubBits + 1) * SubCount];
    private double _sum;

    /// <summary>Values counted.</summary>
    public long Count { get; private set; }

    /// <summary>The longest, in us; 0 when there is none.</summary>
    public long MaxUs { get; private set; }

    /// <summary>The mean, in us; 0 when there is none.</summary>
    public double MeanUs => Count == 0 ? 0 : _sum / Count;

    /// <summary>Counts a latency so many times over.</summary>
    public void Add(TimeSpan latency, long times = 1)
    {
        long us = Math.Clamp((long)latency.TotalMicroseconds, 0, ValueMax);
        _counts[BucketOf(us)] += times;
        Count += times;
        _sum += (double)us * times;
        MaxUs = Math.Max(MaxUs, us);
    }

    /// <summary>Forgets all that was counted.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
        MaxUs = 0;
        _sum = 0;
    }

    /// <summary>All that was counted, in few words.</summary>
    public HistogramPart ToPart()
    {
        var buckets = new List<long>();
        for (int bucket = 0; bucket < _counts.Length; bucket++)
        {
            if (_counts[bucket] != 0)
            {
                buckets.Add(bucket);
                buckets.Add(_counts[bucket]);
            }
        }

        return new HistogramPart(buckets, _sum, MaxUs);
    }

    /// <summary>Adds what another counted, bucket by bucket.</summary>
    public void Add(HistogramPart part)
    {
        for (int i = 0; i < part.Buckets.Count; i += 2)
        {
            _counts[part.Buckets[i]] += part.Buckets[i + 1];
            Count += part.Buckets[i + 1];
        }

        _sum += part.SumUs;
        MaxUs = Math.Max(MaxUs, part.MaxUs);
    }

    /// <summary>Adds all that another counted.</summary>
    public void Add(LatencyHistogram other)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        Count += other.Count;
        _sum += other._sum;
        MaxUs = Math.Max(MaxUs, other.MaxUs);
    }

    /// <summary>The latency that this part of all (0 to 1) does not exceed, in us, up to the width of its bucket; 0 when there is none.</summary>
    public long PercentileUs(double part)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(part);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(part, 1);
        long rank = Math.Max(1, (long)Math.Ceiling(part * Count));
        long seen = 0;
        for (int bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= rank)
            {
                return Math.Min(HighestOf(bucket), MaxUs);
            }
        }

        return MaxUs;
    }

    /// <summary>The part that took at most so long, to the width of a bucket; 1 when there is none.</summary>
    public double PartWithin(TimeSpan time)
    {
        if (Count == 0)
        {
            return 1;
        }

        int last = BucketOf(Math.Clamp((long)time.TotalMicroseconds, 0, ValueMax));
        long within = 0;
        for (int bucket = 0; bucket <= last; bucket++)
        {
            within += _counts[bucket];
        }

        return within / (double)Count;
    }

    // Values up to 2^11 are their own buckets; of a longer one the highest 11 bits count.
    private static int BucketOf(long us)
    {
        int shift = Math.Max(0, BitOperations.Log2((ulong)us | 1) - SubBits);
        return (shift * SubCount) + (int)(us >> shift);
    }

    private static long HighestOf(int bucket)
    {
        int shift = Math.Max(0, (bucket / SubCount) - 1);
        long scaled = bucket - (shift * SubCount);
        return ((scaled + 1) << shift) - 1;
    }
}
