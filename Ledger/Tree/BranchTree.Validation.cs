using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Ledger.Tree;

/// <content>The check of everything that a branch keeps true.</content>
public sealed unsafe partial class BranchTree
{
    /// <summary>
    /// Whether all is as it must be: every record in its place and in order, frozen no more than its balance; all counts right;
    /// and, if nothing is marked, digest and sum what a plain recursive computation over all records gives. Takes long.
    /// </summary>
    public bool Validate()
    {
        var records = new List<nint>();
        if (!IsSound(Root, records) || records.Count != Count)
        {
            return false;
        }

        for (int i = 0; i < records.Count; i++)
        {
            var record = (AccountRecord*)records[i];
            bool inOrder = i == 0 || ((AccountRecord*)records[i - 1])->Id < record->Id;
            if (!inOrder || record->Id.Prefix(DepthBits) != Index || record->Frozen > record->Balance || Find(record->Id) != record)
            {
                return false;
            }
        }

        return HasChanges || Synopsis == Recompute(records);
    }

    private static bool IsSound(Subtree* tree, List<nint> records)
    {
        long recordsInTree = 0;
        int pagesWithSubtrees = 0;
        for (int slot = tree->FirstPageFrom(1); slot != 0; slot = tree->NextPage(slot))
        {
            BucketPage* page = tree->PageAt(slot);
            ulong occupied = 0;
            ulong subtrees = 0;
            int recordsInPage = 0;
            for (int i = 0; i < BucketPage.Buckets; i++)
            {
                Bucket* bucket = BucketPage.BucketAt(page, i);
                occupied |= (bucket->Contents == 0 ? 0UL : 1) << i;
                subtrees |= (bucket->IsSubtree ? 1UL : 0) << i;
                recordsInPage += bucket->Count;
                for (int record = 0; record < bucket->Count; record++)
                {
                    records.Add((nint)(bucket->Run + record));
                }

                if (bucket->IsSubtree && !IsSound(bucket->Subtree, records))
                {
                    return false;
                }
            }

            if (occupied != tree->OccupiedBuckets[slot] || subtrees != page->Subtrees || recordsInPage != page->Records)
            {
                return false;
            }

            recordsInTree += recordsInPage;
            pagesWithSubtrees += subtrees == 0 ? 0 : 1;
        }

        return recordsInTree == tree->Records && pagesWithSubtrees == tree->PagesWithSubtrees;
    }

    private Synopsis Recompute(List<nint> records)
    {
        fixed (nint* pointers = CollectionsMarshal.AsSpan(records))
        {
            return records.Count == 0 ? Synopsis.Empty : Recompute((AccountRecord**)pointers, records.Count);
        }
    }

    /// <summary>The synopsis of sorted records, one hash at a time.</summary>
    private Synopsis Recompute(AccountRecord** records, int count)
    {
        AccountRecord* first = records[0];
        if (count == 1)
        {
            Hash256 recordHash = first->HasDataRoot ? NodeHash.Record(*first, _dataRoots.Get(first->Id)) : NodeHash.Record(*first);
            return new Synopsis(NodeHash.Leaf(first->Id, recordHash), first->Balance.Units);
        }

        int bit = first->Id.FirstDifferingBit(records[count - 1]->Id);
        int low = 0;
        while (records[low]->Id.Bit(bit) == 0)
        {
            low++;
        }

        Synopsis left = Recompute(records, low);
        Synopsis right = Recompute(records + low, count - low);
        return new Synopsis(
            NodeHash.Inner(bit, Translucency, left.Digest, left.Sum, right.Digest, right.Sum), checked(left.Sum + right.Sum));
    }
}
