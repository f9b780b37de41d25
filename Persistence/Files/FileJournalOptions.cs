namespace LeitherCluster.Persistence.Files;

/// <summary>The sizes of a file journal. All in bytes; what is aligned must be a multiple of 4,096.</summary>
public sealed record FileJournalOptions
{
    /// <summary>A new segment is begun with the first group after this many bytes. A group never spans segments. Default 512 MiB.</summary>
    public long SegmentBytes { get; init; } = 512L << 20;

    /// <summary>Room is set aside on the disk in steps of this many bytes (aligned). Default 32 MiB.</summary>
    public long AllocationStepBytes { get; init; } = 32L << 20;

    /// <summary>
    /// Room kept behind the log (aligned) that only the second group of a beat may use: a pulse whose seals are durable can then
    /// be committed on a full disk. Default 4 MiB.
    /// </summary>
    public long CommitReserveBytes { get; init; } = 4L << 20;

    /// <summary>Bodies of at least this length are written at once, from the writer's buffer; smaller ones are packed. Default 256 KiB.</summary>
    public int LargeBodyBytes { get; init; } = 256 << 10;

    /// <summary>Packed bodies are written when there are this many bytes of them (aligned), or at the commit. Default 1 MiB.</summary>
    public int StagingBytes { get; init; } = 1 << 20;

    /// <summary>
    /// At opening, the bodies of the newest groups are read and checked, up to this many bytes in all; that of the last group
    /// always. Older ones are checked when they are read, and by the inspector. Default 256 MiB.
    /// </summary>
    public long VerifyAtOpenBytes { get; init; } = 256L << 20;

    /// <summary>Checks the options against each other.</summary>
    /// <exception cref="ArgumentException">One is out of range.</exception>
    public void Check()
    {
        Require(SegmentBytes >= JournalFormat.PageBytes, nameof(SegmentBytes));
        Require(IsAligned(AllocationStepBytes) && AllocationStepBytes > 0, nameof(AllocationStepBytes));
        Require(IsAligned(CommitReserveBytes) && CommitReserveBytes >= 0, nameof(CommitReserveBytes));
        Require(IsAligned(StagingBytes) && StagingBytes >= 2 * JournalFormat.PageBytes, nameof(StagingBytes));
        Require(LargeBodyBytes > 0 && LargeBodyBytes <= StagingBytes - JournalFormat.PageBytes, nameof(LargeBodyBytes));
        Require(VerifyAtOpenBytes >= 0, nameof(VerifyAtOpenBytes));
    }

    private static bool IsAligned(long bytes) => bytes % JournalFormat.PageBytes == 0;

    private static void Require(bool holds, string option)
    {
        if (!holds)
        {
            throw new ArgumentException($"{nameof(FileJournalOptions)}.{option} is out of range", option);
        }
    }
}
