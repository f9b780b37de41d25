using System.CommandLine;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.LoadTests.Benchmarks;
using LeitherCluster.LoadTests.Benchmarks.Trees;
using LeitherCluster.LoadTests.Measuring;
using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Scaling;

/// <summary>
/// How the cost of a batch update grows with accounts, changes and branches, each beside what is expected of it: the hashes that a tree over random ids needs
/// (<see cref="UpdateModel"/>), times what one takes.
/// </summary>
internal sealed class ScalingBenchmark : IBenchmark
{
    private const double OffMax = 10;
    private const double SlowerMax = 2;
    private const double GibibytesMax = 7;
    private const int LargestAccounts = 50_000_000;
    private const int RunsMin = 3;
    private const int ChangesMeasured = 3_000_000;

    private static readonly int[] s_accounts = [1_000_000, 10_000_000, LargestAccounts];
    private static readonly int[] s_changes = [1_000, 10_000, 100_000, 1_000_000, 2_000_000];
    private static readonly int[] s_branchBits = [4, 6, 8, 10, 12];

    private static readonly Option<double> s_scale = CreateScaleOption();

    public string Name => "scaling";

    public string Purpose => "the tree's batch update over accounts, changes and branches, beside the expected law; one core";

    public IReadOnlyList<Option> Options => [s_scale];

    public BenchmarkReport Run(ParseResult arguments, int core)
    {
        double scale = arguments.GetValue(s_scale);
        return ThreadCore.Run(core, () => Run(count => Math.Max(1_000, (int)(count * scale)), isWhole: scale >= 1));
    }

    private static BenchmarkReport Run(Func<int, int> scaled, bool isWhole)
    {
        var costs = UnitCosts.Measure();
        int changes = scaled(200_000);
        ScalingPoint[] byAccounts = [.. s_accounts.SelectMany(accounts => Measure(scaled(accounts), IdTable.DepthBits, [changes], costs))];
        int middle = scaled(s_accounts[1]);
        ScalingPoint[] byChanges = [.. Measure(middle, IdTable.DepthBits, [.. s_changes.Select(scaled).Distinct()], costs)];
        ScalingPoint[] byBranches = [.. s_branchBits.SelectMany(bits => Measure(middle, bits, [changes], costs))];
        ScalingPoint[] all = [.. byAccounts, .. byChanges, .. byBranches];
        return new BenchmarkReport
        {
            Benchmark = "scaling",
            Title = "How a batch update grows, one core",
            Tables =
            [
                Table($"With the accounts: 256 branches, {Figure.Count(changes)} changed", "accounts", byAccounts, point => point.Accounts),
                Table($"With the changes: 256 branches, {Figure.Count(middle)} accounts", "changed", byChanges, point => point.Changed),
                Table($"With the branches: {Figure.Count(middle)} accounts, {Figure.Count(changes)} changed", "branches", byBranches, point => 1 << point.BranchBits),
            ],
            Thresholds =
            [
                new Threshold { What = "compressions a leaf off the expected, %, the worst", Measured = all.Max(point => Math.Abs(point.OffPercent)), Required = OffMax, IsUpperBound = true },
                new Threshold { What = "time to the expected, the worst, times", Measured = all.Max(point => point.Seconds / point.ExpectedSeconds), Required = SlowerMax, IsUpperBound = true },
                .. isWhole ? [new Threshold { What = "50 million accounts, GiB", Measured = byAccounts[^1].Bytes / (1 << 30), Required = GibibytesMax, IsUpperBound = true }] : Array.Empty<Threshold>(),
            ],
            Notes =
            [
                "A run draws other accounts each time, looks them up, changes them and updates all branches; the run that needed the core for the shortest time counts.",
                $"Expected compressions: those that a tree over random ids makes in this layout, by calculation; leither-load simulate uses the same. Expected time: {Figure.Short(costs.UpdateUs)} us a branch and {Figure.Short(costs.CompressionNs)} ns a compression, measured in this run on one branch of 32,768 accounts, which the caches hold; beyond that a tree waits for memory.",
                "Cost and law: the time for all changes, measured and expected, as multiples of the first row's. Memory is what the trees hold.",
            ],
        };
    }

    private static Option<double> CreateScaleOption()
    {
        var option = new Option<double>("--scale") { Description = "All sizes times this, to try it out.", DefaultValueFactory = _ => 1 };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (> 0 and <= 1))
            {
                result.AddError("--scale must be above 0 and at most 1.");
            }
        });
        return option;
    }

    private static ReportTable Table(string caption, string first, ScalingPoint[] points, Func<ScalingPoint, int> number) => new(
        caption + ":",
        [first, "ns a leaf", "million leaves/s", "compressions a leaf", "expected", "off", "expected ns a leaf", "times", "cost", "law", "bytes an account", "GiB"],
        [.. points.Select(point => (IReadOnlyList<string>)
        [
            Figure.Count(number(point)),
            Figure.Short(point.LeafNs),
            Figure.Short(1e3 / point.LeafNs),
            Figure.Short(point.Compressions / point.Changed),
            Figure.Short(point.Expected / point.Changed),
            Figure.Short(point.OffPercent) + " %",
            Figure.Short(1e9 * point.ExpectedSeconds / point.Changed),
            Figure.Short(point.Seconds / point.ExpectedSeconds),
            Figure.Ratio(point.Seconds / points[0].Seconds),
            Figure.Ratio(point.ExpectedSeconds / points[0].ExpectedSeconds),
            Figure.Short(point.Bytes / point.Accounts),
            Figure.Short(point.Bytes / (1 << 30)),
        ])]);

    private static List<ScalingPoint> Measure(int accounts, int branchBits, int[] changes, UnitCosts costs)
    {
        Console.Error.WriteLine($"scaling: {Figure.Count(accounts)} accounts, {Figure.Count(1 << branchBits)} branches");
        using IdTable table = IdTable.Random(accounts, seed: 1);
        BranchTree[] trees = Accounts.Load(table, branchBits);
        double bytes = trees.Sum(tree => tree.NativeBytes);
        var points = new List<ScalingPoint>();
        foreach (int changed in changes)
        {
            UpdateRun best = Best(trees, table, changed, branchBits);
            double branches = trees.Length;
            UpdateHashes expected = UpdateModel.Hashes(accounts / branches, changed / branches);
            points.Add(new ScalingPoint(
                accounts, changed, branchBits, best.Time.ProcessorSeconds, best.Compressions, branches * expected.Compressions, branches * costs.UpdateSeconds(expected), bytes));
        }

        Accounts.DisposeAll(trees);
        return points;
    }

    private static UpdateRun Best(BranchTree[] trees, IdTable table, int changed, int branchBits)
    {
        UpdateRun? best = null;
        int runs = Math.Max(RunsMin, ChangesMeasured / changed);
        for (int run = 0; run <= runs; run++)
        {
            using var changes = new Changes(table, changed, (ulong)((changed * 100L) + run), branchBits);
            UpdateRun update = Updating.Run(trees, changes);

            // The first run only warms up.
            best = run != 0 && (best is null || update.Time.ProcessorSeconds < best.Time.ProcessorSeconds) ? update : best;
        }

        return best!;
    }

    /// <summary>One measured case.</summary>
    private sealed record ScalingPoint(int Accounts, int Changed, int BranchBits, double Seconds, double Compressions, double Expected, double ExpectedSeconds, double Bytes)
    {
        public double LeafNs => 1e9 * Seconds / Changed;

        public double OffPercent => 100 * ((Compressions / Expected) - 1);
    }
}
