using System.Diagnostics;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using LeitherCluster.LoadTests.Benchmarks.Signatures;
using LeitherCluster.LoadTests.Benchmarks.Trees;
using LeitherCluster.LoadTests.Measuring;

namespace LeitherCluster.LoadTests.Scaling;

/// <summary>One measured update of a branch.</summary>
internal sealed record MeasuredUpdate(int Accounts, int Changed, double Leaves, double Nodes, double Microseconds, double BytesPerAccount);

/// <summary>What single steps take on one core of this machine: measured on small cases, and applied to large ones.</summary>
/// <param name="UpdateUs">an update, whatever its size</param>
/// <param name="CompressionNs">each compression of an update, with what is gathered for it</param>
/// <param name="TrunkNodeNs">each node of a trunk, which are hashed one by one</param>
/// <param name="SignaturesPerSecond">verifications, in batches</param>
internal sealed record UnitCosts(double UpdateUs, double CompressionNs, double TrunkNodeNs, double SignaturesPerSecond)
{
    private const int Runs = 60;
    private const int Rounds = 4;
    private const double WarmUpSeconds = 2;
    private const int CalibrationAccounts = 32_768;

    private static readonly int[] s_calibrationChanges = [15, 60, 250, 1_000];

    /// <summary>Measures them: updates of a branch of 32,768 accounts with 15 to 1,000 changes, and a trunk of 12 bits.</summary>
    public static UnitCosts Measure()
    {
        WarmUp();
        MeasuredUpdate[] updates = MeasureUpdates([.. s_calibrationChanges.Select(changes => (CalibrationAccounts, changes))]);
        (double fixedUs, double perCompressionUs) = Line([.. updates.Select(update => ((2 * update.Leaves) + update.Nodes, update.Microseconds))]);
        using var signatures = new OwnVerification();
        return new UnitCosts(
            fixedUs,
            perCompressionUs * 1_000,
            MeasureTrunks([12])[0] * 1_000 / ((1 << 12) - 1),
            1e9 / Sample.OfBatches(OwnVerification.BatchSignatures, 10, () => signatures.Verify()).ProcessorNanoseconds);
    }

    /// <summary>Seconds on a core of an update that hashes so much.</summary>
    public double UpdateSeconds(UpdateHashes hashes) => ((UpdateUs * 1_000) + (CompressionNs * hashes.Compressions)) / 1e9;

    /// <summary>Measures updates in several rounds, some seconds apart, and gives of each the best: whoever else uses the machine, or the compiler, may spoil a round.</summary>
    public static MeasuredUpdate[] MeasureUpdates((int Accounts, int Changed)[] cases)
    {
        MeasuredUpdate[][] rounds = [.. Enumerable.Range(0, Rounds).Select(_ => cases.Select(each => MeasureUpdate(each.Accounts, each.Changed)).ToArray())];
        return [.. cases.Select((_, number) => rounds.Select(round => round[number]).MinBy(update => update.Microseconds)!)];
    }

    /// <summary>The same for trunks of so many bits, in microseconds.</summary>
    public static double[] MeasureTrunks(int[] widths)
    {
        double[][] rounds = [.. Enumerable.Range(0, Rounds).Select(_ => widths.Select(MeasureTrunk).ToArray())];
        return [.. widths.Select((_, number) => rounds.Min(round => round[number]))];
    }

    /// <summary>Updates a branch, with other accounts changed each time; the run that took least of a core counts, as others use the machine too.</summary>
    private static unsafe MeasuredUpdate MeasureUpdate(int accounts, int changed)
    {
        var random = new SplitMix((ulong)accounts + (ulong)changed);
        var ids = new AccountId[accounts];
        foreach (ref AccountId id in ids.AsSpan())
        {
            id = IdTable.RandomId(ref random, 0, IdTable.DepthBits);
        }

        Array.Sort(ids);
        using BranchTree tree = Accounts.Load(0, ids);
        long leaves = -tree.LeavesHashed;
        long nodes = -tree.NodesHashed;
        double best = double.MaxValue;
        var drawn = new AccountId[changed];
        for (int run = 0; run < Runs; run++)
        {
            for (int i = 0; i < changed; i++)
            {
                // One of each stretch of the ids, so that all are distinct.
                long first = (long)i * accounts / changed;
                long end = (long)(i + 1) * accounts / changed;
                drawn[i] = ids[first + random.Below(end - first)];
            }

            RunTime time = RunTime.Of(() =>
            {
                Updating.Change(tree, drawn);
                tree.Update();
            });
            best = Math.Min(best, time.ProcessorSeconds);
        }

        return new MeasuredUpdate(
            accounts, changed, (leaves + tree.LeavesHashed) / (double)Runs, (nodes + tree.NodesHashed) / (double)Runs, best * 1e6, tree.NativeBytes / (double)accounts);
    }

    /// <summary>Microseconds to make a trunk of so many bits anew, all its children changed; the best run.</summary>
    private static double MeasureTrunk(int widthBits)
    {
        var trunk = new TrunkTree(0, widthBits, 160);
        double best = double.MaxValue;
        Span<byte> digest = stackalloc byte[Hash256.ByteLength];
        for (int run = 1; run <= Runs; run++)
        {
            digest.Fill((byte)run);
            var synopsis = new Synopsis(new Hash256(digest), (ulong)run);
            for (int child = 0; child < trunk.Children; child++)
            {
                trunk.Set(child, synopsis);
            }

            best = Math.Min(best, RunTime.Of(() => trunk.Update()).ProcessorSeconds);
        }

        return best * 1e6;
    }

    // Until the compiler has seen enough of the code to make it quick.
    private static void WarmUp()
    {
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < WarmUpSeconds;)
        {
            MeasureUpdate(CalibrationAccounts, s_calibrationChanges[^1]);
            MeasureUpdate(CalibrationAccounts, s_calibrationChanges[0]);
            MeasureTrunk(8);
        }
    }

    // y = a + b x, with the relative errors made small: a long update must not drown a short one.
    private static (double A, double B) Line((double X, double Y)[] points)
    {
        double w = points.Sum(point => 1 / (point.Y * point.Y));
        double x = points.Sum(point => point.X / (point.Y * point.Y)) / w;
        double y = points.Sum(point => point.Y / (point.Y * point.Y)) / w;
        double b = points.Sum(point => (point.X - x) * (point.Y - y) / (point.Y * point.Y)) / points.Sum(point => (point.X - x) * (point.X - x) / (point.Y * point.Y));
        return (Math.Max(0, y - (b * x)), b);
    }
}
