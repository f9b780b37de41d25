using System.CommandLine;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using LeitherCluster.LoadTests.Measuring;
using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Benchmarks.Trees;

/// <summary>
/// The batch update of the synopsis tree on one core, beside the time that its hashing alone takes; memory an account; and
/// ids made to share a prefix.
/// </summary>
internal sealed class TreeBenchmark : IBenchmark
{
    private const int GrownBranches = 8;

    private static readonly (int Changed, int Runs)[] s_updates = [(20_000, 30), (200_000, 15), (2_000_000, 7)];

    private const long AccountsMin = 4_000_000;

    private static readonly Option<long> s_accounts = CreateAccountsOption();

    public string Name => "tree";

    public string Purpose => "the synopsis tree: batch update, memory, ids ground to one prefix; one core";

    public IReadOnlyList<Option> Options => [s_accounts];

    public BenchmarkReport Run(ParseResult arguments, int core) => ThreadCore.Run(core, () => Run(arguments.GetValue(s_accounts)));

    private static BenchmarkReport Run(long accounts)
    {
        using IdTable table = IdTable.Random(accounts, seed: 1);
        Accounts.Load(0, table.OfBranch(0)).Dispose();
        long residentBefore = Accounts.ResidentBytes();
        BranchTree[] trees = Accounts.Load(table);
        double resident = (Accounts.ResidentBytes() - residentBefore) / (double)accounts;

        List<UpdateFigures> updates = [];
        foreach ((int changed, int runs) in s_updates)
        {
            Console.Error.WriteLine($"tree: {Figure.Count(changed)} changed leaves of {Figure.Count(accounts)}");
            updates.Add(UpdateFigures.Measure(trees, table, changed, runs));
        }

        double hashNanoseconds = HashingAlone.NanosecondsPerCompression();
        double native = trees.Sum(tree => tree.NativeBytes) / (double)accounts;
        Accounts.DisposeAll(trees);
        MemoryFigures memory = Grow(table, resident, native);
        IReadOnlyList<GroundPrefixCost> ground = GroundPrefix.Measure((int)(accounts / IdTable.Branches));
        return TreeReport.Of(accounts, updates, hashNanoseconds, memory, ground);
    }

    private static Option<long> CreateAccountsOption()
    {
        var option = new Option<long>("--accounts", "-n")
        {
            Description = $"How many accounts the ledger has; at least {AccountsMin:N0}.",
            DefaultValueFactory = _ => 10_000_000,
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long>() < AccountsMin)
            {
                result.AddError($"There must be at least {AccountsMin:N0} accounts, so that 2,000,000 of them can change.");
            }
        });
        return option;
    }

    private static MemoryFigures Grow(IdTable table, double resident, double native)
    {
        long nativeBytes = 0;
        long accounts = 0;
        List<RunTime> times = [];
        var random = new Random(1);
        for (int branch = 0; branch < GrownBranches; branch++)
        {
            AccountId[] ids = table.OfBranch(branch).ToArray();
            random.Shuffle(ids);
            using var tree = new BranchTree(IdTable.DepthBits, (uint)branch, Accounts.Translucency);
            times.Add(RunTime.Of(() =>
            {
                Accounts.Open(tree, ids);
                tree.Update();
            }));
            nativeBytes += tree.NativeBytes;
            accounts += ids.Length;
        }

        var sample = new Sample(accounts / (double)GrownBranches, times);
        return new MemoryFigures(resident, native, nativeBytes / (double)accounts, sample.BestPerSecond);
    }
}
