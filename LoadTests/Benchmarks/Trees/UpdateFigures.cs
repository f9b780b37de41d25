using LeitherCluster.LoadTests.Measuring;

namespace LeitherCluster.LoadTests.Benchmarks.Trees;

/// <summary>Repeated batch updates of one size.</summary>
internal sealed record UpdateFigures
{
    public required int Changed { get; init; }

    public required Sample Sample { get; init; }

    /// <summary>The run that needed the core for the shortest time.</summary>
    public required UpdateRun Best { get; init; }

    /// <summary>Compressions that any path-compressed tree would need for the changes of one run.</summary>
    public required long NecessaryCompressions { get; init; }

    public double PerLeaf(double seconds) => 1e9 * seconds / Changed;

    /// <summary>Updates as often, each time with other accounts, and keeps the times.</summary>
    public static UpdateFigures Measure(Ledger.Tree.BranchTree[] trees, IdTable table, int changed, int runs)
    {
        var measured = new List<UpdateRun>();
        long necessary = 0;
        for (int run = 0; run <= runs; run++)
        {
            using var changes = new Changes(table, changed, (ulong)((changed * 100L) + run));
            UpdateRun update = Updating.Run(trees, changes);
            if (run == 0)
            {
                necessary = NecessaryHashes.Compressions(table, changes); // the first run only warms up
            }
            else
            {
                measured.Add(update);
            }
        }

        return new UpdateFigures
        {
            Changed = changed,
            Sample = new Sample(changed, [.. measured.Select(run => run.Time)]),
            Best = measured.MinBy(run => run.Time.ProcessorSeconds)!,
            NecessaryCompressions = necessary,
        };
    }
}
