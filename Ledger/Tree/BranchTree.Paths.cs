using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Tree;

/// <content>The way to a leaf, for proofs.</content>
public sealed unsafe partial class BranchTree
{
    /// <summary>
    /// The leaf that the bits of any id lead to, as of the last update: the account's own if it exists, else the one whose
    /// opening shows that it does not. Adds the nodes passed to the path. Null if the branch is empty.
    /// </summary>
    /// <exception cref="InvalidOperationException">Accounts were marked since the last update: digests are not of now.</exception>
    public LeafOpening? Lead(in AccountId id, TreePath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (HasChanges)
        {
            throw new InvalidOperationException("The branch has changes that were not rehashed yet.");
        }

        return Count == 0 ? null : Lead(_root, id, path);
    }

    private LeafOpening Lead(Subtree* tree, in AccountId id, TreePath path)
    {
        int slot = 1;
        while (!tree->IsPage(slot))
        {
            int low = 2 * slot;
            int bit = tree->FirstBit + Subtree.LevelOf(slot);
            bool both = tree->IsOccupied(low) && tree->IsOccupied(low + 1);
            slot = both ? low + id.Bit(bit) : tree->IsOccupied(low) ? low : low + 1;
            if (both)
            {
                Hash256 sibling = *(Hash256*)tree->DigestAt(slot ^ 1);
                path.Add(bit, Translucency, sibling, tree->Sums[slot ^ 1], tree->Sums[slot]);
            }
        }

        return LeadInPage(tree, slot, id, path);
    }

    private LeafOpening LeadInPage(Subtree* tree, int slot, in AccountId id, TreePath path)
    {
        BucketPage* page = tree->PageAt(slot);
        ulong occupied = tree->OccupiedBuckets[slot];
        int bit = tree->FirstBit + Subtree.LevelOf(slot);
        int node = 1;
        for (; node < BucketPage.Buckets; bit++)
        {
            int low = 2 * node;
            bool lowOccupied = (occupied & BucketPage.BucketsUnder(low)) != 0;
            bool both = lowOccupied && (occupied & BucketPage.BucketsUnder(low + 1)) != 0;
            node = both ? low + id.Bit(bit) : lowOccupied ? low : low + 1;
            if (both)
            {
                Hash256 sibling = *(Hash256*)BucketPage.DigestAt(page, node ^ 1);
                path.Add(bit, Translucency, sibling, BucketPage.SumUnder(page, node ^ 1), BucketPage.SumUnder(page, node));
            }
        }

        Bucket* bucket = BucketPage.BucketAt(page, node - BucketPage.Buckets);
        return bucket->IsSubtree ? Lead(bucket->Subtree, id, path) : LeadInRun(bucket->Run, bucket->Count, id, path);
    }

    private LeafOpening LeadInRun(AccountRecord* run, int count, in AccountId id, TreePath path)
    {
        while (count > 1)
        {
            int bit = run->Id.FirstDifferingBit(run[count - 1].Id);
            int low = (int)CountOfZeros(run, count, bit);
            Synopsis left = SynopsisOfRun(run, low);
            Synopsis right = SynopsisOfRun(run + low, count - low);
            if (id.Bit(bit) == 0)
            {
                path.Add(bit, Translucency, right.Digest, right.Sum, left.Sum);
                count = low;
            }
            else
            {
                path.Add(bit, Translucency, left.Digest, left.Sum, right.Sum);
                run += low;
                count -= low;
            }
        }

        return new LeafOpening(*run, run->HasDataRoot ? _dataRoots.Get(run->Id) : null);
    }

    private Synopsis SynopsisOfRun(AccountRecord* run, int count)
    {
        AccountRecord** records = stackalloc AccountRecord*[Bucket.RunMax];
        for (int i = 0; i < count; i++)
        {
            records[i] = run + i;
        }

        return Recompute(records, count);
    }
}
