using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using LeitherCluster.LoadTests.Measuring;

namespace LeitherCluster.LoadTests.Benchmarks.Trees;

/// <summary>
/// What it costs when somebody makes ids until many share a long prefix: the same work on a branch of random accounts, and on
/// one where as many accounts lie under one 32-bit prefix.
/// </summary>
internal static class GroundPrefix
{
    public const int GroundAccounts = 100_000;
    public const int PrefixBits = 32;

    private const int Branch = 0xAB;
    private const ulong Prefix = 0xAB12_3456_0000_0000;
    private const int Runs = 7;
    private const int FewChanges = GroundAccounts / 10;

    /// <summary>Measures on this thread; a branch has <paramref name="branchAccounts"/> random accounts besides.</summary>
    public static IReadOnlyList<GroundPrefixCost> Measure(int branchAccounts)
    {
        Measured random = Measure(branchAccounts, (ulong)Branch << (64 - IdTable.DepthBits), IdTable.DepthBits);
        Measured ground = Measure(branchAccounts, Prefix, PrefixBits);
        return
        [
            new($"open {GroundAccounts:N0} accounts and hash them", random.Open.BestNanoseconds, ground.Open.BestNanoseconds),
            new($"change {FewChanges:N0} of them and update", random.ChangeFew.BestNanoseconds, ground.ChangeFew.BestNanoseconds),
            new($"change all {GroundAccounts:N0} and update", random.ChangeAll.BestNanoseconds, ground.ChangeAll.BestNanoseconds),
        ];
    }

    private static Measured Measure(int branchAccounts, ulong prefix, int prefixBits)
    {
        var random = new SplitMix(prefix);
        AccountId[] before = Ids(ref random, branchAccounts, (ulong)Branch << (64 - IdTable.DepthBits), IdTable.DepthBits);
        AccountId[] opened = Ids(ref random, GroundAccounts, prefix, prefixBits);
        before.AsSpan().Sort();

        List<RunTime> open = [];
        List<RunTime> changeFew = [];
        List<RunTime> changeAll = [];
        for (int run = 0; run < Runs; run++)
        {
            using BranchTree tree = Accounts.Load(Branch, before);
            open.Add(RunTime.Of(() =>
            {
                Accounts.Open(tree, opened);
                tree.Update();
            }));
            changeFew.Add(Change(tree, opened.AsMemory(run * FewChanges, FewChanges)));
            changeAll.Add(Change(tree, opened));
        }

        return new Measured(
            new Sample(GroundAccounts, open), new Sample(FewChanges, changeFew), new Sample(GroundAccounts, changeAll));
    }

    private static RunTime Change(BranchTree tree, ReadOnlyMemory<AccountId> ids) => RunTime.Of(() =>
    {
        Updating.Change(tree, ids.Span);
        tree.Update();
    });

    private static AccountId[] Ids(ref SplitMix random, int count, ulong prefix, int prefixBits)
    {
        var ids = new AccountId[count];
        for (int i = 0; i < count; i++)
        {
            ids[i] = IdTable.RandomId(ref random, prefix, prefixBits);
        }

        return ids;
    }

    private readonly record struct Measured(Sample Open, Sample ChangeFew, Sample ChangeAll);
}
