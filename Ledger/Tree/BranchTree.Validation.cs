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

        return HasChanges || Synopsis == (records.Count == 0 ? Synopsis.Empty : Recompute(records, 0, records.Count));
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

    private Synopsis Recompute(List<nint> records, int first, int end)
    {
        var record = (AccountRecord*)records[first];
        if (end - first == 1)
        {
            return new Synopsis(LeafDigest(record), record->Balance.Units);
        }

        int bit = record->Id.FirstDifferingBit(((AccountRecord*)records[end - 1])->Id);
        int middle = first;
        while (((AccountRecord*)records[middle])->Id.Bit(bit) == 0)
        {
            middle++;
        }

        Synopsis left = Recompute(records, first, middle);
        Synopsis right = Recompute(records, middle, end);
        return new Synopsis(
            NodeHash.Inner(bit, Translucency, left.Digest, left.Sum, right.Digest, right.Sum), checked(left.Sum + right.Sum));
    }

    private Hash256 LeafDigest(AccountRecord* record) => NodeHash.Leaf(record->Id, RecordHash(record));

    private Hash256 RecordHash(AccountRecord* record) => record->HasDataRoot
        ? NodeHash.Record(*record, _dataRoots.Get(record->Id))
        : NodeHash.Record(*record);
}
