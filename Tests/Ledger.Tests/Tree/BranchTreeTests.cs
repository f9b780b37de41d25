using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Ledger.Tree;

public sealed unsafe class BranchTreeTests
{
    private const int GroundAccounts = 100_000;
    private const int GroundPrefixBits = 32;

    [Fact]
    public void AccountRecord_InMemory_IsTheProtocolsBytes()
    {
        PlainAccount account = TreeCase.MakeAccount(RandomId(new Random(1)), new Random(2));
        AccountRecord record = account.Record;

        Assert.Equal(AccountRecord.SizeBytes, sizeof(AccountRecord));
        Assert.Equal(PlainTree.RecordBytes(record), new ReadOnlySpan<byte>(&record, sizeof(AccountRecord)).ToArray());
    }

    [Fact]
    public void Synopsis_OfNoAccounts_IsEmpty()
    {
        using var tree = new BranchTree(8, 3, 8);

        Assert.Equal(Synopsis.Empty, tree.Update());
        Assert.Equal(0, tree.Count);
        Assert.True(tree.Validate());
    }

    [Fact]
    public void Update_AfterChangeThroughPointer_TakesItOnlyWhenMarked()
    {
        using BranchTree tree = TreeOf(1000, out List<PlainAccount> accounts);
        Synopsis before = tree.Update();
        AccountId id = accounts[17].Record.Id;
        tree.Find(id)->Balance += new Amount(5);

        Assert.False(tree.HasChanges);
        Assert.Equal(before, tree.Update());
        Assert.False(tree.Validate());

        tree.MarkChanged(id);
        Assert.True(tree.HasChanges);
        Assert.Equal(before.Sum + 5, tree.Update().Sum);
        Assert.NotEqual(before.Digest, tree.Synopsis.Digest);
        Assert.True(tree.Validate());
    }

    [Fact]
    public void Update_BalancesBeyond64Bits_Throws()
    {
        using var tree = new BranchTree(0, 0, 8);
        var random = new Random(3);
        tree.FindOrOpen(RandomId(random), out _)->Balance = new Amount(ulong.MaxValue);
        Assert.Equal(ulong.MaxValue, tree.Update().Sum);
        tree.FindOrOpen(RandomId(random), out _)->Balance = new Amount(1);

        Assert.Throws<OverflowException>(() => tree.Update());
    }

    [Fact]
    public void Update_RecordNamesDataRootNeverSet_Throws()
    {
        using var tree = new BranchTree(0, 0, 8);
        tree.FindOrOpen(RandomId(new Random(4)), out _)->Flags = RecordFlags.HasDataRoot;

        Assert.Throws<InvalidOperationException>(() => tree.Update());
    }

    [Fact]
    public void DataRoot_SetAndCleared_IsInTheDigestAndOutAgain()
    {
        using BranchTree tree = TreeOf(300, out List<PlainAccount> accounts);
        AccountId id = accounts.Find(account => account.DataRoot is null)!.Record.Id;
        Synopsis without = tree.Update();
        Hash256 root = Blake3.Hash("some data"u8);

        tree.SetDataRoot(id, root);
        Assert.True(tree.TryGetDataRoot(id, out Hash256 stored));
        Assert.Equal(root, stored);
        Assert.NotEqual(without, tree.Update());
        Assert.True(tree.Validate());

        tree.ClearDataRoot(id);
        Assert.False(tree.TryGetDataRoot(id, out _));
        Assert.Equal(without, tree.Update());
    }

    [Fact]
    public void UnknownAccount_IsNeverMarkedNorGivenData()
    {
        using BranchTree tree = TreeOf(10, out _);
        AccountId unknown = RandomId(new Random(99));

        Assert.Throws<KeyNotFoundException>(() => tree.MarkChanged(unknown));
        Assert.Throws<KeyNotFoundException>(() => tree.SetDataRoot(unknown, Hash256.Zero));
        Assert.Throws<KeyNotFoundException>(() => tree.ClearDataRoot(unknown));
    }

    [Fact]
    public void FindOrOpen_IdOfAnotherBranch_Throws()
    {
        using var tree = new BranchTree(8, 3, 8);
        AccountId id = AccountId.Parse("04" + new string('0', 38));

        Assert.Throws<ArgumentException>(() => { tree.FindOrOpen(id, out _); });
        Assert.Equal(0, tree.Count);
    }

    [Fact]
    public void FromSortedRecords_OutOfOrderOrTwiceOrForeign_Throws()
    {
        AccountRecord low = new() { Id = AccountId.Parse("03" + new string('1', 38)) };
        AccountRecord high = new() { Id = AccountId.Parse("03" + new string('2', 38)) };
        AccountRecord foreign = new() { Id = AccountId.Parse("04" + new string('0', 38)) };

        Assert.Throws<ArgumentException>(() => Load(high, low));
        Assert.Throws<ArgumentException>(() => Load(low, low));
        Assert.Throws<ArgumentException>(() => Load(low, foreign));
        Assert.Equal(2, Load(low, high));

        static long Load(params AccountRecord[] records)
        {
            fixed (AccountRecord* first = records)
            {
                using var tree = BranchTree.FromSortedRecords(8, 3, 8, first, records.Length);
                return tree.Count;
            }
        }
    }

    [Fact]
    public void Constructor_NumbersOutOfRange_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new BranchTree(33, 0, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BranchTree(-1, 0, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BranchTree(8, 256, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BranchTree(8, 0, 161));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BranchTree(8, 0, -1));
    }

    [Fact]
    public void DisposedTree_AnyUse_Throws()
    {
        BranchTree tree = TreeOf(10, out List<PlainAccount> accounts);
        tree.Dispose();
        tree.Dispose();

        Assert.Throws<ObjectDisposedException>(() => tree.Update());
        Assert.Throws<ObjectDisposedException>(() => { tree.Find(accounts[0].Record.Id); });
        Assert.Equal(0, tree.NativeBytes);
    }

    /// <summary>Against the plain tree, and then: no bucket is scanned that holds many, and memory stays in proportion.</summary>
    [Theory]
    [InlineData(8)]
    [InlineData(160)]
    public void Tree_OfIdsGroundToOnePrefix_IsRightAndAsSmallAsAnyOther(int translucency)
    {
        using BranchTree ground = Grown(GroundAccounts, GroundPrefixBits, translucency);
        using BranchTree random = Grown(GroundAccounts, 8, translucency);

        Assert.Equal(GroundAccounts, ground.Count);
        Assert.True(ground.Validate());
        Assert.InRange((double)ground.NativeBytes / random.NativeBytes, 0.8, 1.2);
    }

    /// <summary>At every size from that of a branch of 5 million accounts in 256 on, as pages fill and are divided.</summary>
    [Fact]
    public void NativeBytes_WhileBranchGrows_StayBelow135AnAccount()
    {
        using var tree = new BranchTree(0, 0, 8);
        var random = new Random(8);
        double most = 0;
        while (tree.Count < GroundAccounts)
        {
            tree.FindOrOpen(RandomId(random), out _);
            if (tree.Count >= 20_000 && tree.Count % 500 == 0)
            {
                most = Math.Max(most, (double)tree.NativeBytes / tree.Count);
            }
        }

        Assert.InRange(most, AccountRecord.SizeBytes, 135);
    }

    [Fact]
    public void Lookups_AndUpdates_OfKnownAccounts_AllocateNothing()
    {
        using BranchTree tree = TreeOf(5000, out List<PlainAccount> accounts);
        tree.Update();
        AccountId[] ids = [.. accounts.Select(account => account.Record.Id)];
        ChangeAll(tree, ids);

        Assert.Equal(0, Allocation.FewestBytes(() => ChangeAll(tree, ids)));
    }

    [Fact]
    public void Trees_UpdatedByManyThreadsAtOnce_AreAllRight()
    {
        const int Trees = 16;
        var synopses = new Synopsis[Trees];
        Parallel.For(0, Trees, seed =>
        {
            using BranchTree tree = Grown(3000, 8, 8, seed % 2);
            synopses[seed] = tree.Synopsis;
        });

        Assert.Equal(2, synopses.Distinct().Count());
        Assert.All(Enumerable.Range(0, Trees), seed => Assert.Equal(synopses[seed % 2], synopses[seed]));
    }

    private static void ChangeAll(BranchTree tree, AccountId[] ids)
    {
        foreach (AccountId id in ids)
        {
            tree.PrefetchBucket(id);
            tree.PrefetchRecord(id);
            tree.FindForUpdate(id)->Salt++;
            tree.FindOrOpen(id, out _)->NonceHighest++;
            tree.MarkChanged(id);
        }

        tree.Update();
    }

    /// <summary>A tree of accounts that share their first bits, all of 8 bits or more those of branch 0x9A; updated.</summary>
    private static BranchTree Grown(int accounts, int sharedBits, int translucency, int seed = 0)
    {
        var tree = new BranchTree(8, 0x9A, translucency);
        var random = new Random(seed);
        byte[] id = new byte[AccountId.SizeBytes];
        for (int i = 0; i < accounts; i++)
        {
            random.NextBytes(id);
            id.AsSpan(0, sharedBits / 8).Fill(0x9A);
            tree.FindOrOpen(new AccountId(id), out _)->Balance = new Amount((ulong)i);
        }

        tree.Update();
        return tree;
    }

    private static BranchTree TreeOf(int count, out List<PlainAccount> accounts)
    {
        var tree = new TreeCase(Seed: 11, count, SharedBits: 20, DepthBits: 8, Translucency: 8);
        accounts = tree.MakeAccounts();
        BranchTree branch = tree.NewTree();
        accounts.ForEach(branch.Put);
        return branch;
    }

    private static AccountId RandomId(Random random)
    {
        byte[] id = new byte[AccountId.SizeBytes];
        random.NextBytes(id);
        return new AccountId(id);
    }
}
