using System.Numerics;

namespace LeitherCluster.Persistence.Sealed;

/// <summary>
/// Sorts entries by id. Ids are hashes, so one distribution by the highest bits nearly sorts them; what shares those bits (ids can be
/// ground for that) is sorted by comparison, so that no input costs more than n log n.
/// </summary>
internal sealed class EntrySorter
{
    private const int BucketBitsMax = 12;
    private const int InsertionMax = 24;

    private readonly int[] _starts = new int[(1 << BucketBitsMax) + 1];
    private SealedEntry[] _sorted = [];

    /// <summary>The entries in order; the span is good until the next call.</summary>
    public ReadOnlySpan<SealedEntry> Sort(ReadOnlySpan<SealedEntry> entries)
    {
        if (_sorted.Length < entries.Length)
        {
            _sorted = new SealedEntry[BitOperations.RoundUpToPowerOf2((uint)entries.Length)];
        }

        Span<SealedEntry> sorted = _sorted.AsSpan(0, entries.Length);
        int bits = Math.Clamp(BitOperations.Log2((uint)entries.Length | 1), 1, BucketBitsMax);
        Distribute(entries, sorted, 64 - bits);
        int start = 0;
        for (int bucket = 0; bucket < 1 << bits; bucket++)
        {
            // Distributing moved every start to the end of its bucket.
            int end = _starts[bucket];
            SortBucket(sorted[start..end]);
            start = end;
        }

        return sorted;
    }

    private void Distribute(ReadOnlySpan<SealedEntry> entries, Span<SealedEntry> into, int shift)
    {
        Span<int> starts = _starts.AsSpan(0, (1 << (64 - shift)) + 1);
        starts.Clear();
        foreach (ref readonly SealedEntry entry in entries)
        {
            starts[(int)(entry.High >> shift) + 1]++;
        }

        for (int i = 1; i < starts.Length; i++)
        {
            starts[i] += starts[i - 1];
        }

        foreach (ref readonly SealedEntry entry in entries)
        {
            into[starts[(int)(entry.High >> shift)]++] = entry;
        }
    }

    private static void SortBucket(Span<SealedEntry> bucket)
    {
        if (bucket.Length > InsertionMax)
        {
            bucket.Sort(SealedEntry.Compare);
            return;
        }

        for (int i = 1; i < bucket.Length; i++)
        {
            SealedEntry entry = bucket[i];
            int at = i;
            while (at > 0 && entry.IsBefore(bucket[at - 1]))
            {
                bucket[at] = bucket[at - 1];
                at--;
            }

            bucket[at] = entry;
        }
    }
}
