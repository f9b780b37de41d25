using LeitherCluster.Ledger.Values;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>
/// The compressions that the protocol asks for a payment that both sign, in a pulse of many: two keys (1 each), its id (2), the block's hash (64 bytes
/// each, and the nodes above 1,024), its leaf in the windows tree and a node above (1 each), and its share of the accounts' tree.
/// </summary>
internal static class NecessaryWork
{
    private const double BlockBytes = 64;
    private const double ChunkBytes = 1024;
    private const double PerPayment = 2 + 2 + 2;
    private const double PerLeaf = 2;

    /// <summary>Compressions a payment when <paramref name="payments"/> random ones among <paramref name="accounts"/> make a pulse.</summary>
    public static double CompressionsPerPayment(long accounts, double payments)
    {
        double blockHash = (Traffic.FrameBytes / BlockBytes) + (Traffic.FrameBytes / ChunkBytes);
        double untouched = Math.Exp(-2 * payments / accounts);
        double changed = accounts * (1 - untouched);
        double nodes = 0;
        for (int depth = 0; depth < AccountId.SizeBits && 1L << depth < accounts; depth++)
        {
            double at = Math.Pow(2, depth);
            nodes += at * (1 - Math.Pow(untouched, accounts / at));
        }

        return PerPayment + blockHash + (((PerLeaf * changed) + nodes) / payments);
    }
}
