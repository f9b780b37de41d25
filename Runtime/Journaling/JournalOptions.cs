namespace LeitherCluster.Runtime.Journaling;

/// <summary>Bounds of a journal driver.</summary>
public sealed record JournalOptions
{
    /// <summary>Most blocks sent per page of a replay.</summary>
    public int ReplayPageBlocksMax { get; init; } = 16;

    /// <summary>A replay's page ends with the block that reaches this many bytes.</summary>
    public long ReplayPageBytesMax { get; init; } = 4L << 20;
}
