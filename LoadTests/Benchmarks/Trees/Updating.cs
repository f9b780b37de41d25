using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using LeitherCluster.LoadTests.Measuring;

namespace LeitherCluster.LoadTests.Benchmarks.Trees;

/// <summary>What is timed: accounts are looked up and changed, then their tree is updated.</summary>
internal static unsafe class Updating
{
    private const int GroupSize = 32;

    /// <summary>Changes each account's balance: lookups in groups, so that their memory is on its way in time.</summary>
    public static void Change(BranchTree tree, ReadOnlySpan<AccountId> ids)
    {
        while (!ids.IsEmpty)
        {
            ReadOnlySpan<AccountId> group = ids[..Math.Min(ids.Length, GroupSize)];
            foreach (ref readonly AccountId id in group)
            {
                tree.PrefetchBucket(id);
            }

            foreach (ref readonly AccountId id in group)
            {
                tree.PrefetchRecord(id);
            }

            foreach (ref readonly AccountId id in group)
            {
                AccountRecord* record = tree.FindForUpdate(id);
                record->Balance += new Amount(1);
            }

            ids = ids[group.Length..];
        }
    }

    /// <summary>One run over all branches.</summary>
    public static UpdateRun Run(BranchTree[] trees, Changes changes)
    {
        double lookupSeconds = 0;
        long leaves = -trees.Sum(tree => tree.LeavesHashed);
        long nodes = -trees.Sum(tree => tree.NodesHashed);
        RunTime time = RunTime.Of(() =>
        {
            for (int branch = 0; branch < trees.Length; branch++)
            {
                double start = ThreadCore.ProcessorSeconds();
                Change(trees[branch], changes.OfBranch(branch));
                lookupSeconds += ThreadCore.ProcessorSeconds() - start;
                trees[branch].Update();
            }
        });
        return new UpdateRun
        {
            Time = time,
            LookupSeconds = lookupSeconds,
            LeavesHashed = leaves + trees.Sum(tree => tree.LeavesHashed),
            NodesHashed = nodes + trees.Sum(tree => tree.NodesHashed),
        };
    }
}
