using LeitherCluster.Persistence.Files;

namespace LeitherCluster.Tests.Persistence.Support;

internal static class TestOptions
{
    /// <summary>Sizes at which a few small groups meet every boundary there is.</summary>
    public static FileJournalOptions Small { get; } = new()
    {
        SegmentBytes = 32 << 10,
        AllocationStepBytes = 16 << 10,
        CommitReserveBytes = 8 << 10,
        LargeBodyBytes = 4000,
        StagingBytes = 16 << 10,
        VerifyAtOpenBytes = long.MaxValue,
    };
}
