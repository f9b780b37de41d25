using System.Globalization;
using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.LoadTests.Benchmarks.Trees;

/// <summary>Trees full of accounts, and what memory the process holds.</summary>
internal static unsafe class Accounts
{
    public const int Translucency = IdTable.DepthBits;

    private const int ResidentField = 1;

    /// <summary>All branches, each loaded at once and hashed.</summary>
    public static BranchTree[] Load(IdTable table, int depthBits = IdTable.DepthBits)
    {
        var trees = new BranchTree[1 << depthBits];
        for (int branch = 0; branch < trees.Length; branch++)
        {
            trees[branch] = Load(branch, table.OfBranch(branch, depthBits), depthBits);
        }

        return trees;
    }

    /// <summary>One branch of these ascending ids, hashed.</summary>
    public static BranchTree Load(int branch, ReadOnlySpan<AccountId> ids, int depthBits = IdTable.DepthBits)
    {
        AccountRecord* records = (AccountRecord*)NativeMemory.Alloc((nuint)ids.Length, AccountRecord.SizeBytes);
        for (int i = 0; i < ids.Length; i++)
        {
            records[i] = new AccountRecord { Id = ids[i], Balance = new Amount(1_000_000), Salt = ids[i].Middle };
        }

        BranchTree tree = BranchTree.FromSortedRecords(depthBits, (uint)branch, Translucency, records, ids.Length);
        NativeMemory.Free(records);
        tree.Update();
        return tree;
    }

    /// <summary>Opens accounts one by one.</summary>
    public static void Open(BranchTree tree, ReadOnlySpan<AccountId> ids)
    {
        foreach (ref readonly AccountId id in ids)
        {
            tree.FindOrOpen(id, out _)->Balance = new Amount(1_000_000);
        }
    }

    public static void DisposeAll(BranchTree[] trees)
    {
        foreach (BranchTree tree in trees)
        {
            tree.Dispose();
        }
    }

    /// <summary>Bytes of the process that lie in memory, after managed memory has been cleaned up.</summary>
    public static long ResidentBytes()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        string pages = File.ReadAllText("/proc/self/statm").Split(' ')[ResidentField];
        return long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }
}
