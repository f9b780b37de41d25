using System.Runtime.CompilerServices;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <summary>A row of accounts that are looked up one after the other.</summary>
internal interface IAccountRow
{
    int Count { get; }

    /// <summary>Asks for the memory in which an id of the row lies.</summary>
    void PrefetchId(int index);

    /// <summary>An id of the row.</summary>
    AccountId Id(int index);

    /// <summary>Asks for whatever else is looked up with an id.</summary>
    void PrefetchBeside(in AccountId id);
}

/// <summary>
/// Looks ahead along a row of accounts, so that a lookup finds what it needs in the cache: ids three groups ahead, buckets two, records one.
/// </summary>
internal static class AccountPrefetch
{
    /// <summary>Lookups in a group: together they take longer than memory takes to answer.</summary>
    public const int Group = 8;

    /// <summary>Called before each lookup, in ascending order from 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Before<TRow>(int index, BranchTree tree, TRow row)
        where TRow : struct, IAccountRow, allows ref struct
    {
        if (index % Group == 0)
        {
            LookAhead(index, tree, row);
        }
    }

    private static void LookAhead<TRow>(int index, BranchTree tree, TRow row)
        where TRow : struct, IAccountRow, allows ref struct
    {
        if (index == 0)
        {
            PrefetchIds(row, 0, 3 * Group);
            PrefetchBuckets(tree, row, 0, 2 * Group);
            PrefetchRecords(tree, row, 0, Group);
        }

        PrefetchIds(row, index + (3 * Group), index + (4 * Group));
        PrefetchBuckets(tree, row, index + (2 * Group), index + (3 * Group));
        PrefetchRecords(tree, row, index + Group, index + (2 * Group));
    }

    private static void PrefetchIds<TRow>(TRow row, int from, int through)
        where TRow : struct, IAccountRow, allows ref struct
    {
        through = Math.Min(through, row.Count);
        for (int i = from; i < through; i++)
        {
            row.PrefetchId(i);
        }
    }

    private static void PrefetchBuckets<TRow>(BranchTree tree, TRow row, int from, int through)
        where TRow : struct, IAccountRow, allows ref struct
    {
        through = Math.Min(through, row.Count);
        for (int i = from; i < through; i++)
        {
            AccountId id = row.Id(i);
            tree.PrefetchBucket(id);
            row.PrefetchBeside(id);
        }
    }

    private static void PrefetchRecords<TRow>(BranchTree tree, TRow row, int from, int through)
        where TRow : struct, IAccountRow, allows ref struct
    {
        through = Math.Min(through, row.Count);
        for (int i = from; i < through; i++)
        {
            tree.PrefetchRecord(row.Id(i));
        }
    }
}
