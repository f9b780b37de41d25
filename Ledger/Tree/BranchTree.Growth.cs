using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Tree;

/// <content>How accounts are opened and pages and subtrees grow.</content>
public sealed unsafe partial class BranchTree
{
    /// <summary>
    /// A page with more records in its 64 buckets is divided in two. Fewer would cost memory (80 bytes a bucket), more would
    /// cost hashing (all records of a changed bucket are hashed).
    /// </summary>
    private const int PageRecordsMax = 160;

    /// <summary>When many records are built into a tree at once, a half with less than this part of them is a crowded corner.</summary>
    private const int LopsidedPart = 16;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private AccountRecord* Open(in AccountId id)
    {
        if (id.Prefix(DepthBits) != Index)
        {
            ThrowOtherBranch(id);
        }

        Subtree* tree = _root;
        while (true)
        {
            BucketPage* page = tree->Locate(Subtree.Window(id, tree->FirstBit), out int slot, out int bucketIndex);
            Bucket* bucket = BucketPage.BucketAt(page, bucketIndex);
            if (bucket->Count == Bucket.RunMax)
            {
                PushDown(tree, slot, bucketIndex);
            }

            tree->Mark(slot, bucketIndex);
            tree->OccupiedBuckets[slot] |= 1UL << bucketIndex;
            if (!bucket->IsSubtree)
            {
                AccountRecord* record = Insert(bucket, id);
                page->Records++;
                tree->Records++;
                Count++;
                if (page->Records > PageRecordsMax)
                {
                    Divide(tree, slot);
                }

                return record;
            }

            tree = bucket->Subtree;
        }
    }

    private AccountRecord* Insert(Bucket* bucket, in AccountId id)
    {
        AccountRecord* old = bucket->Run;
        int count = bucket->Count;
        int place = 0;
        while (place < count && old[place].Id < id)
        {
            place++;
        }

        AccountRecord* run = _memory.AllocateRun(count + 1);
        Copy(old, run, place);
        Copy(old + place, run + place + 1, count - place);
        run[place] = new AccountRecord { Id = id };
        if (count > 0)
        {
            _memory.FreeRun(old, count);
        }

        bucket->SetRun(run, count + 1);
        return run + place;
    }

    /// <summary>Makes the run of a bucket a subtree.</summary>
    private void PushDown(Subtree* tree, int slot, int bucketIndex)
    {
        BucketPage* page = tree->PageAt(slot);
        Bucket* bucket = BucketPage.BucketAt(page, bucketIndex);
        AccountRecord* run = bucket->Run;
        int count = bucket->Count;

        bucket->SetSubtree(Build(run, count, tree->FirstBit + Subtree.LevelOf(slot) + BucketPage.BucketBits));
        _memory.FreeRun(run, count);
        if (page->Subtrees == 0)
        {
            tree->PagesWithSubtrees++;
        }

        page->Subtrees |= 1UL << bucketIndex;
        page->Records -= count;
        tree->Records -= count;
    }

    /// <summary>
    /// Divides a page that is too full, if the directory may be as deep as that. A page with a subtree among its buckets stays
    /// one: only ids made for it get there, and its buckets turn into subtrees as they fill.
    /// </summary>
    private void Divide(Subtree* tree, int slot)
    {
        BucketPage* page = tree->PageAt(slot);
        int level = Subtree.LevelOf(slot);
        if (page->Subtrees != 0 || (level == tree->DirectoryBits && !tree->MayDeepen(PageRecordsMax)))
        {
            return;
        }

        if (level == tree->DirectoryBits)
        {
            _memory.DeepenSubtree(tree);
        }

        BucketPage* upper = _memory.AllocatePage();
        int dividingBit = tree->FirstBit + level + BucketPage.BucketBits;
        ulong upperOccupied = DivideBuckets(page, BucketPage.Buckets / 2, upper, dividingBit);
        ulong lowerOccupied = DivideBuckets(page, 0, page, dividingBit);
        page->Records -= upper->Records;

        tree->ClearSlot(slot);
        PlaceChanged(tree, 2 * slot, page, lowerOccupied);
        PlaceChanged(tree, (2 * slot) + 1, upper, upperOccupied);
        if (page->Records > PageRecordsMax)
        {
            Divide(tree, 2 * slot);
        }
        else if (upper->Records > PageRecordsMax)
        {
            Divide(tree, (2 * slot) + 1);
        }
    }

    /// <summary>
    /// Divides 32 buckets of a page into the 64 of another, or, from its last to its first, of the same. No record moves: a
    /// run, being sorted, falls into two.
    /// </summary>
    private static ulong DivideBuckets(BucketPage* source, int firstBucket, BucketPage* target, int dividingBit)
    {
        ulong occupied = 0;
        int records = 0;
        for (int i = (BucketPage.Buckets / 2) - 1; i >= 0; i--)
        {
            Bucket bucket = *BucketPage.BucketAt(source, firstBucket + i);
            int count = bucket.Count;
            int low = 0;
            while (low < count && bucket.Run[low].Id.Bit(dividingBit) == 0)
            {
                low++;
            }

            *BucketPage.BucketAt(target, 2 * i) = default;
            *BucketPage.BucketAt(target, (2 * i) + 1) = default;
            BucketPage.BucketAt(target, 2 * i)->SetRun(bucket.Run, low);
            BucketPage.BucketAt(target, (2 * i) + 1)->SetRun(bucket.Run + low, count - low);
            occupied |= ((low > 0 ? 1UL : 0) | (low < count ? 2UL : 0)) << (2 * i);
            records += count;
        }

        if (target != source)
        {
            target->Records = records;
        }

        return occupied;
    }

    /// <summary>Puts a page whose digests and sums are unknown into a slot: all its buckets wait for the next update.</summary>
    private static void PlaceChanged(Subtree* tree, int slot, BucketPage* page, ulong occupied)
    {
        tree->ClearSlot(slot);
        tree->Place(slot, page);
        tree->OccupiedBuckets[slot] = occupied;
        tree->DirtyBuckets[slot] = occupied;
        if (occupied != 0)
        {
            tree->Dirty[slot >> 6] |= 1UL << slot;
        }
    }

    /// <summary>A subtree of copies of sorted, distinct records that share all bits before <paramref name="firstBit"/>.</summary>
    private Subtree* Build(AccountRecord* records, long count, int firstBit)
    {
        Subtree* tree = _memory.AllocateSubtree(firstBit);
        tree->Records = count;
        BuildPages(tree, 1, records, count);
        return tree;
    }

    private void BuildPages(Subtree* tree, int slot, AccountRecord* records, long count)
    {
        int level = Subtree.LevelOf(slot);
        if (count > PageRecordsMax && (level < tree->DirectoryBits || tree->MayDeepen(PageRecordsMax)))
        {
            long low = CountOfZeros(records, count, tree->FirstBit + level);
            if (Math.Min(low, count - low) >= count / LopsidedPart)
            {
                if (level == tree->DirectoryBits)
                {
                    _memory.DeepenSubtree(tree);
                }

                BuildPages(tree, 2 * slot, records, low);
                BuildPages(tree, (2 * slot) + 1, records + low, count - low);
                return;
            }
        }

        BuildPage(tree, slot, records, count);
    }

    private void BuildPage(Subtree* tree, int slot, AccountRecord* records, long count)
    {
        BucketPage* page = _memory.AllocatePage();
        int bucketBit = tree->FirstBit + Subtree.LevelOf(slot);
        ulong occupied = 0;
        for (long start = 0; start < count;)
        {
            int bucketIndex = BucketOf(records[start].Id, bucketBit);
            long end = start + 1;
            while (end < count && BucketOf(records[end].Id, bucketBit) == bucketIndex)
            {
                end++;
            }

            occupied |= 1UL << bucketIndex;
            Bucket* bucket = BucketPage.BucketAt(page, bucketIndex);
            if (end - start <= Bucket.RunMax)
            {
                int runCount = (int)(end - start);
                AccountRecord* run = _memory.AllocateRun(runCount);
                Copy(records + start, run, runCount);
                bucket->SetRun(run, runCount);
                page->Records += runCount;
            }
            else
            {
                bucket->SetSubtree(Build(records + start, end - start, bucketBit + BucketPage.BucketBits));
                page->Subtrees |= 1UL << bucketIndex;
                tree->Records -= end - start;
            }

            start = end;
        }

        if (page->Subtrees != 0)
        {
            tree->PagesWithSubtrees++;
        }

        PlaceChanged(tree, slot, page, occupied);
    }

    private static int BucketOf(in AccountId id, int bucketBit) =>
        (int)(Subtree.Window(id, bucketBit) >> (64 - BucketPage.BucketBits));

    /// <summary>How many of the sorted records, equal before this bit, have a zero there.</summary>
    private static long CountOfZeros(AccountRecord* records, long count, int bit)
    {
        long low = 0;
        long high = count;
        while (low < high)
        {
            long middle = (low + high) >>> 1;
            if (records[middle].Id.Bit(bit) == 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private static void Copy(AccountRecord* source, AccountRecord* destination, int records) =>
        new ReadOnlySpan<AccountRecord>(source, records).CopyTo(new Span<AccountRecord>(destination, records));

    [DoesNotReturn]
    private void ThrowOtherBranch(in AccountId id) =>
        throw new ArgumentException($"Account {id} does not belong to branch {Index} of {DepthBits} bits.", nameof(id));
}
