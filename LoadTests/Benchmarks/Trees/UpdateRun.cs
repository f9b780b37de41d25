using LeitherCluster.LoadTests.Measuring;

namespace LeitherCluster.LoadTests.Benchmarks.Trees;

/// <summary>One timed batch update.</summary>
internal sealed record UpdateRun
{
    private const int CompressionsPerLeaf = 2;

    public required RunTime Time { get; init; }

    /// <summary>Of the time on a core, finding the accounts and writing to them.</summary>
    public required double LookupSeconds { get; init; }

    /// <summary>Of the time on a core, <see cref="Ledger.Tree.BranchTree.Update"/>.</summary>
    public double UpdateSeconds => Time.ProcessorSeconds - LookupSeconds;

    public required long LeavesHashed { get; init; }

    public required long NodesHashed { get; init; }

    public long Compressions => (CompressionsPerLeaf * LeavesHashed) + NodesHashed;
}
