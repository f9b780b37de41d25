namespace LeitherCluster.LoadTests.Scaling;

/// <summary>What one batch update of a branch hashes.</summary>
/// <param name="Leaves">leaves, two compressions each</param>
/// <param name="Nodes">inner nodes, one compression each</param>
/// <param name="Necessary">compressions that any path-compressed tree would do</param>
internal readonly record struct UpdateHashes(double Leaves, double Nodes, double Necessary)
{
    public double Compressions => (2 * Leaves) + Nodes;
}

/// <summary>
/// How much a branch's update hashes, as expected over random ids: n accounts are Poisson distributed over prefixes, each changed with probability p. A node below
/// which there are mu accounts on average is there, and touched, with probability (1 - e^(-mu/2))^2 - (e^(-mu p/2) - e^(-mu/2))^2: both its sides have accounts, and
/// not both are untouched. The layout hashes changed buckets whole (Ledger/Tree/BranchTree.Growth.cs): pages of 64 buckets are divided above 160 records.
/// </summary>
internal static class UpdateModel
{
    private const double PageRecordsMax = 160;
    private const double PageBuckets = 64;
    private const double BucketBytes = 80;
    private const double RecordBytes = 64;

    /// <summary>Deeper than this, two random ids of one branch practically never agree.</summary>
    private const int DepthMax = 64;

    /// <summary>Buckets that a branch of so many accounts has.</summary>
    public static double Buckets(double accounts) => PageBuckets * Math.Pow(2, Math.Max(0, Math.Ceiling(Math.Log2(accounts / PageRecordsMax))));

    /// <summary>Bytes of memory an account, at the least: its record and its share of a bucket.</summary>
    public static double BytesPerAccount(double accounts) => RecordBytes + (BucketBytes * Buckets(accounts) / accounts);

    /// <summary>What an update hashes.</summary>
    /// <param name="accounts">of the branch</param>
    /// <param name="changed">of them, distinct</param>
    public static UpdateHashes Hashes(double accounts, double changed)
    {
        double part = Math.Min(1, changed / accounts);
        double buckets = Buckets(accounts);
        double load = accounts / buckets;
        double touched = buckets * (1 - Math.Exp(-load * part));
        double leaves = buckets * load * (1 - ((1 - part) * Math.Exp(-load * part)));
        double above = 0;
        double necessary = 2 * changed;
        int bucketDepth = (int)Math.Round(Math.Log2(buckets));
        for (int depth = 0; depth < DepthMax; depth++)
        {
            double nodes = NodesAt(accounts, part, depth);
            necessary += nodes;
            above += depth < bucketDepth ? nodes : 0;
        }

        return new UpdateHashes(leaves, above + leaves - touched, necessary);
    }

    /// <summary>Inner nodes of a trunk that are made anew when each of its children changed with this probability.</summary>
    public static double TrunkNodes(int widthBits, double changedPart)
    {
        double nodes = 0;
        for (int depth = 0; depth < widthBits; depth++)
        {
            nodes += Math.Pow(2, depth) * (1 - Math.Pow(1 - changedPart, Math.Pow(2, widthBits - depth)));
        }

        return nodes;
    }

    private static double NodesAt(double accounts, double part, int depth)
    {
        double half = accounts / Math.Pow(2, depth + 1);
        double there = 1 - Math.Exp(-half);
        double untouched = Math.Exp(-half * part) - Math.Exp(-half);
        return Math.Pow(2, depth) * ((there * there) - (untouched * untouched));
    }
}
