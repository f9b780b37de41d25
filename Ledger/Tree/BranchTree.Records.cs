using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Tree;

/// <content>Records out and in, in the order of their ids: for snapshots.</content>
public sealed unsafe partial class BranchTree
{
    /// <summary>
    /// A branch of copies of many records at once, much faster than opening them one by one. The data root of a record whose
    /// flag says that it has one is to be set before the first <see cref="Update"/>.
    /// </summary>
    /// <param name="depthBits">As in the constructor, like index and translucency.</param>
    /// <param name="index">The branch's index.</param>
    /// <param name="translucency">The ledger's T.</param>
    /// <param name="records">The records in ascending order of ids, each id once.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="ArgumentException">The records are not in order, or one belongs to another branch.</exception>
    public static BranchTree FromSortedRecords(int depthBits, uint index, int translucency, AccountRecord* records, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        for (long i = 0; i < count; i++)
        {
            if (records[i].Id.Prefix(depthBits) != index || (i > 0 && records[i - 1].Id >= records[i].Id))
            {
                throw new ArgumentException(
                    $"Record {i}, account {records[i].Id}, is out of order or of another branch than {index}.", nameof(records));
            }
        }

        return new BranchTree(depthBits, index, translucency, records, count);
    }

    /// <summary>
    /// Copies records in ascending order of ids, from the first whose id is greater than <paramref name="after"/>, or from the
    /// very first if that is null. Whoever copies in chunks goes on after the last id copied.
    /// </summary>
    /// <returns>How many were copied: fewer than <paramref name="capacity"/> only at the end.</returns>
    public long CopyRecords(AccountId? after, AccountRecord* destination, long capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        return CopyRecords(Root, after, destination, capacity);
    }

    /// <summary>Copies from a subtree. If <paramref name="after"/> is given, it has the prefix of the subtree.</summary>
    private static long CopyRecords(Subtree* tree, AccountId? after, AccountRecord* destination, long capacity)
    {
        int slot = 1;
        int bucketIndex = 0;
        if (after is { } start)
        {
            tree->Locate(Subtree.Window(start, tree->FirstBit), out slot, out bucketIndex);
        }

        long copied = 0;
        for (slot = tree->FirstPageFrom(slot); slot != 0 && copied < capacity; slot = tree->NextPage(slot))
        {
            for (; bucketIndex < BucketPage.Buckets && copied < capacity; bucketIndex++)
            {
                Bucket* bucket = BucketPage.BucketAt(tree->PageAt(slot), bucketIndex);
                copied += bucket->IsSubtree
                    ? CopyRecords(bucket->Subtree, after, destination + copied, capacity - copied)
                    : CopyRun(bucket, after, destination + copied, capacity - copied);
                after = null;
            }

            bucketIndex = 0;
        }

        return copied;
    }

    private static long CopyRun(Bucket* bucket, AccountId? after, AccountRecord* destination, long capacity)
    {
        AccountRecord* run = bucket->Run;
        int first = 0;
        while (after is { } start && first < bucket->Count && run[first].Id <= start)
        {
            first++;
        }

        int count = (int)Math.Min(bucket->Count - first, capacity);
        Copy(run + first, destination, count);
        return count;
    }
}
