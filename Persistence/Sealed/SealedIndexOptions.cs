namespace LeitherCluster.Persistence.Sealed;

/// <summary>The sizes of a sealed index.</summary>
public sealed record SealedIndexOptions
{
    /// <summary>A run is written when so many entries are in memory (24 bytes each, and 8 more once somebody asks). Default 2,097,152.</summary>
    public int MemoryEntriesMax { get; init; } = 1 << 21;

    /// <summary>
    /// A run is written when the oldest entry in memory is that much older than the newest, in milliseconds of committed time: so
    /// much of the journal is read again after a crash. Default 30,000.
    /// </summary>
    public ulong MemorySpanMs { get; init; } = 30_000;

    /// <summary>That many runs of one level are merged into one of the next: 2 to 8. Default 8.</summary>
    public int MergeRuns { get; init; } = 8;

    /// <summary>Runs that would have more entries together are not merged any more. Default 268,435,456 (6.4 GB).</summary>
    public long RunEntriesMax { get; init; } = 1L << 28;

    /// <summary>Checks the options against each other.</summary>
    /// <exception cref="ArgumentException">One is out of range.</exception>
    public void Check()
    {
        Require(MemoryEntriesMax > 0, nameof(MemoryEntriesMax));
        Require(MemorySpanMs > 0, nameof(MemorySpanMs));
        Require(MergeRuns is >= 2 and <= RunMerger.RunsMax, nameof(MergeRuns));
        Require(RunEntriesMax >= MemoryEntriesMax, nameof(RunEntriesMax));
    }

    private static void Require(bool holds, string option)
    {
        if (!holds)
        {
            throw new ArgumentException($"{nameof(SealedIndexOptions)}.{option} is out of range", option);
        }
    }
}
