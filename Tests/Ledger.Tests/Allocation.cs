namespace LeitherCluster.Tests.Ledger;

/// <summary>What something allocates each time it runs.</summary>
internal static class Allocation
{
    private const int RoundsMax = 10;

    /// <summary>
    /// The fewest bytes that a run allocated on this thread. The runtime itself may allocate here once, when it puts an optimized method in place of a
    /// quick one; what <paramref name="action"/> allocates, it allocates in every run.
    /// </summary>
    public static long FewestBytes(Action action)
    {
        long fewest = long.MaxValue;
        for (int round = 0; round < RoundsMax && fewest != 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            fewest = long.Min(fewest, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return fewest;
    }
}
