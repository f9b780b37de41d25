namespace LeitherCluster.LoadTests.Benchmarks.Trees;

/// <summary>
/// How many compressions any path-compressed tree must do for a set of changed leaves: two for each leaf, one for each inner
/// node above one. What this tree does beyond it is the price of its layout, which hashes changed buckets whole.
/// </summary>
internal static class NecessaryHashes
{
    private const int CompressionsPerLeaf = 2;
    private const int NoBit = -1;

    public static long Compressions(IdTable table, Changes changes)
    {
        // The inner nodes of a sorted sequence of ids are its gaps; a gap lies below the nearest gap with a smaller bit index.
        var open = new Stack<(int Bit, bool Touched)>();
        long nodes = 0;
        for (long leaf = 0; leaf < table.Count; leaf++)
        {
            bool touched = changes.Drawn[leaf];
            int bit = leaf + 1 < table.Count ? table[leaf].FirstDifferingBit(table[leaf + 1]) : NoBit;
            while (open.TryPeek(out (int Bit, bool Touched) top) && top.Bit > bit)
            {
                open.Pop();
                touched |= top.Touched;
                nodes += touched ? 1 : 0;
            }

            if (bit != NoBit)
            {
                open.Push((bit, touched));
            }
        }

        return (CompressionsPerLeaf * (long)changes.Count) + nodes;
    }
}
