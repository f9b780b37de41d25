using LeitherCluster.LoadTests.Benchmarks.Trees;

namespace LeitherCluster.LoadTests.Scaling;

/// <summary>What sampled branches hashed in a pulse that was drawn, and how uneven the nodes' loads were.</summary>
/// <param name="Branches">sampled</param>
/// <param name="Changed">accounts changed in one, on average</param>
/// <param name="Compressions">of the layout, of one branch, on average</param>
/// <param name="Necessary">that any path-compressed tree does, of one branch, on average</param>
/// <param name="SlowestNode">transfers of the node that has most, of the average</param>
internal sealed record SimulatedPulse(int Branches, double Changed, double Compressions, double Necessary, double SlowestNode);

/// <summary>Draws a pulse: how many transfers meet each branch, and in some branches every account, its place in the tree, and which of them change.</summary>
internal static class BranchSimulation
{
    private const int Sampled = 48;
    private const int NoBit = -1;
    private const int SimulatedAccountsMax = 1 << 20;

    public static SimulatedPulse Run(NetworkPlan plan, ulong seed)
    {
        var random = new SplitMix(seed);
        int accounts = (int)Math.Min(SimulatedAccountsMax, Math.Max(2, plan.AccountsPerBranch));
        double touches = 2 * plan.TransfersPerPulse / plan.Branches;
        int sampled = (int)Math.Min(Sampled, plan.Branches);
        double changed = 0;
        double compressions = 0;
        double necessary = 0;
        ulong[] ids = new ulong[accounts];
        bool[] isChanged = new bool[accounts];
        for (int branch = 0; branch < sampled; branch++)
        {
            Array.Clear(isChanged);
            foreach (ref ulong id in ids.AsSpan())
            {
                id = random.Next();
            }

            Array.Sort(ids);
            long draws = Poisson(touches, ref random);
            for (long draw = 0; draw < draws; draw++)
            {
                isChanged[random.Below(accounts)] = true;
            }

            int distinct = isChanged.Count(each => each);
            (double leaves, double nodes, double needed) = Count(ids, isChanged);
            changed += distinct;
            compressions += (2 * leaves) + nodes;
            necessary += (2 * distinct) + needed;
        }

        return new SimulatedPulse(sampled, changed / sampled, compressions / sampled, necessary / sampled, SlowestNode(plan, touches, ref random));
    }

    // Walks the sorted ids: inner nodes are the gaps between neighbours, by the first bit that differs.
    private static (double Leaves, double Nodes, double Necessary) Count(ulong[] ids, bool[] isChanged)
    {
        int bucketBits = (int)Math.Round(Math.Log2(UpdateModel.Buckets(ids.Length)));
        bool[] isTouched = new bool[ids.Length];
        long leaves = 0;
        for (int first = 0; first < ids.Length;)
        {
            int end = first;
            bool any = false;
            for (; end < ids.Length && ids[end] >> (64 - bucketBits) == ids[first] >> (64 - bucketBits); end++)
            {
                any |= isChanged[end];
            }

            leaves += any ? end - first : 0;
            isTouched.AsSpan(first, end - first).Fill(any);
            first = end;
        }

        return (leaves, Nodes(ids, isTouched), Nodes(ids, isChanged));
    }

    private static long Nodes(ulong[] ids, bool[] touchedLeaves)
    {
        var open = new Stack<(int Bit, bool Touched)>();
        long nodes = 0;
        for (int leaf = 0; leaf < ids.Length; leaf++)
        {
            bool touched = touchedLeaves[leaf];
            int bit = leaf + 1 < ids.Length ? System.Numerics.BitOperations.LeadingZeroCount(ids[leaf] ^ ids[leaf + 1]) : NoBit;
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

        return nodes;
    }

    private static double SlowestNode(NetworkPlan plan, double touches, ref SplitMix random)
    {
        long perNode = (long)Math.Max(1, plan.Branches / plan.Nodes);
        double most = 0;
        double sum = 0;
        for (int node = 0; node < plan.Nodes; node++)
        {
            double load = 0;
            for (long branch = 0; branch < perNode; branch++)
            {
                load += Poisson(touches, ref random);
            }

            most = Math.Max(most, load);
            sum += load;
        }

        return sum == 0 ? 1 : most * plan.Nodes / sum;
    }

    // By multiplication where the mean is small (Knuth 1969), by the normal distribution where it is large.
    private static long Poisson(double mean, ref SplitMix random)
    {
        if (mean > 500)
        {
            double radius = Math.Sqrt(-2 * Math.Log(Unit(ref random)));
            return Math.Max(0, (long)Math.Round(mean + (Math.Sqrt(mean) * radius * Math.Cos(2 * Math.PI * Unit(ref random)))));
        }

        double least = Math.Exp(-mean);
        long count = 0;
        for (double product = Unit(ref random); product > least; product *= Unit(ref random))
        {
            count++;
        }

        return count;
    }

    private static double Unit(ref SplitMix random) => ((random.Next() >> 11) + 1) * (1.0 / ((1UL << 53) + 1));
}
