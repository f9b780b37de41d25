using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Hosting.Support;

namespace LeitherCluster.Tests.Hosting.Api;

/// <summary>
/// What transfers cost the garbage collector from the socket to the answer, all of the node and the client included. Nothing else runs in
/// this process meanwhile.
/// </summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests
{
    private const int Senders = 2_000;
    private const int Connections = 4;
    private const int MeasuredRounds = 8;

    // By then what remembers the newest pulses is full, and the index of sealed transfers has been written to disk some times.
    private const int WarmUpRounds = 24;

    private const int AccountsOfTheSmall = 1_000;
    private const int AccountsOfTheLarge = 200_000;
    private const int RoundsOfEach = 10;

    // What the smallest object that knows its id takes, without the reference to it. What files of sealed ids are merged through is a few MB, more or less
    // of them at a time.
    private const long HeapBytesPerAccountMax = 40;

    [Fact]
    public async Task Post_BundlesInTheSteadyState_AllocateAtMostAByteATransfer()
    {
        await using TestLedger ledger = await TestLedger.StartAsync(
            options => options with { PulseCycleMs = 1_000, PlacesInMemoryMax = 15 << 16 }, bands: "6");
        using var load = new BundleLoad(ledger, Senders, Connections);
        await ledger.GrantAsync(load.Senders, 1_000_000_000);

        (long[] bytes, int committed) = await OnThreadOfItsOwn(() => Measure(load));

        Assert.Equal(MeasuredRounds * load.TransfersPerRound, committed);
        // What a transfer allocates is in every round; what a pulse does depends on how many a round fell into, and what grows is in some only.
        Assert.True(bytes.Min() <= load.TransfersPerRound, $"bytes for {load.TransfersPerRound:N0} transfers: {string.Join(", ", bytes)}");
    }

    [Fact]
    public async Task Collections_TwoHundredTimesTheAccounts_AreNoMore()
    {
        (int collectionsOfSmall, long growthOfSmall) = await CollectionsOf(AccountsOfTheSmall);
        (int collectionsOfLarge, long growthOfLarge) = await CollectionsOf(AccountsOfTheLarge);

        Assert.True(collectionsOfLarge <= collectionsOfSmall, $"{collectionsOfSmall} and {collectionsOfLarge} collections of generation 2");
        Assert.True(
            growthOfLarge - growthOfSmall <= (AccountsOfTheLarge - AccountsOfTheSmall) * HeapBytesPerAccountMax,
            $"the heap grew by {growthOfSmall:N0} bytes in the small ledger, by {growthOfLarge:N0} in the large one");
    }

    /// <summary>Collections of generation 2 while some traffic goes through a ledger with so many accounts, and by how much what is alive has grown with them.</summary>
    private static async Task<(int Collections, long HeapGrowth)> CollectionsOf(int accounts)
    {
        await using TestLedger ledger = await TestLedger.StartAsync(options => options with { PlacesInMemoryMax = 1 << 14 }, bands: "6");
        using var load = new BundleLoad(ledger, AccountsOfTheSmall, Connections);
        await ledger.GrantAsync(load.Senders, 1_000_000_000);
        long heapBefore = await OnThreadOfItsOwn(() => HeapAfterRounds(load));
        var random = new Random(1);
        // As many are granted something in both: only that in the small one they are few.
        IEnumerable<AccountId> granted = Enumerable.Range(0, AccountsOfTheLarge - AccountsOfTheSmall)
            .Select(number => accounts == AccountsOfTheLarge ? RandomId(random) : load.Senders[number % AccountsOfTheSmall]);
        await ledger.GrantAsync(granted, 1);
        Assert.InRange(ledger.Gateway.Status.Accounts, accounts, accounts + 1);

        return await OnThreadOfItsOwn(() =>
        {
            long growth = HeapAfterRounds(load) - heapBefore;
            int before = GC.CollectionCount(GC.MaxGeneration);
            Assert.Equal(RoundsOfEach * load.TransfersPerRound, Rounds(load));
            return (GC.CollectionCount(GC.MaxGeneration) - before, growth);
        });
    }

    private static long HeapAfterRounds(BundleLoad load)
    {
        Assert.Equal(RoundsOfEach * load.TransfersPerRound, Rounds(load));
        // What a ledger of before leaves to be finalized is not this one's.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static int Rounds(BundleLoad load)
    {
        int committed = 0;
        for (int i = 0; i < RoundsOfEach; i++)
        {
            committed += load.SendRound();
        }

        return committed;
    }

    private static AccountId RandomId(Random random)
    {
        Span<byte> bytes = stackalloc byte[AccountId.SizeBytes];
        random.NextBytes(bytes);
        return new AccountId(bytes);
    }

    private static (long[] Bytes, int Committed) Measure(BundleLoad load)
    {
        for (int i = 0; i < WarmUpRounds; i++)
        {
            load.SendRound();
        }

        int committed = 0;
        long[] bytes = new long[MeasuredRounds];
        for (int i = 0; i < MeasuredRounds; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            committed += load.SendRound();
            bytes[i] = GC.GetTotalAllocatedBytes(precise: true) - before;
        }

        return (bytes, committed);
    }

    private static Task<T> OnThreadOfItsOwn<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
