using LeitherCluster.Actors.Gateway;

namespace LeitherCluster.Actors.Ingresses;

/// <summary>
/// What each source may still cost an ingress in signatures that do not hold: a bucket of work that fills again as time goes by. A source is in the table from its
/// first bad signature until its bucket is full again. Of a full table the source with the most left is forgotten, so that those who cost most stay.
/// </summary>
/// <param name="sourcesMax">sources remembered at the most</param>
/// <param name="workMax">what a bucket holds, in parts that a signature has in a batch's equation</param>
/// <param name="workPerSecond">what flows into it</param>
internal sealed class SourceBudgets(int sourcesMax, long workMax, long workPerSecond)
{
    private readonly Dictionary<SourceId, Bucket> _buckets = [];

    /// <summary>How many sources are remembered.</summary>
    public int Count => _buckets.Count;

    /// <summary>How a source stands at a monotonic time, in ticks of 100 ns.</summary>
    public SourceStanding StandingOf(SourceId source, long ticks)
    {
        if (source == SourceId.None || !_buckets.TryGetValue(source, out Bucket bucket))
        {
            return SourceStanding.Good;
        }

        long left = LeftIn(bucket, ticks);
        if (left < workMax)
        {
            return left > 0 ? SourceStanding.Suspect : SourceStanding.Exhausted;
        }

        _buckets.Remove(source);
        return SourceStanding.Good;
    }

    /// <summary>Takes what bad signatures cost out of their source's bucket, which may so fall below nothing.</summary>
    public void Charge(SourceId source, long work, long ticks)
    {
        if (source == SourceId.None)
        {
            return;
        }

        bool isKnown = _buckets.TryGetValue(source, out Bucket bucket);
        if (!isKnown && _buckets.Count == sourcesMax)
        {
            ForgetOne(ticks);
        }

        _buckets[source] = new Bucket((isKnown ? LeftIn(bucket, ticks) : workMax) - work, ticks);
    }

    private void ForgetOne(long ticks)
    {
        SourceId most = SourceId.None;
        long mostLeft = long.MinValue;
        foreach ((SourceId source, Bucket bucket) in _buckets)
        {
            long left = LeftIn(bucket, ticks);
            if (left > mostLeft)
            {
                (most, mostLeft) = (source, left);
            }
        }

        _buckets.Remove(most);
    }

    // Never above the brim, and so no overflow: a bucket that waited long enough is full.
    private long LeftIn(in Bucket bucket, long ticks)
    {
        double flown = (double)(ticks - bucket.At) / TimeSpan.TicksPerSecond * workPerSecond;
        return flown >= workMax - bucket.Left ? workMax : bucket.Left + (long)flown;
    }

    private readonly record struct Bucket(long Left, long At);
}
