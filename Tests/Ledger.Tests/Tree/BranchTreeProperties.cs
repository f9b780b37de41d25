using FsCheck;
using FsCheck.Fluent;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Ledger.Tree;

/// <summary>The tree against the plain one, for any accounts, translucency and depth.</summary>
public sealed unsafe class BranchTreeProperties
{
    [Fact]
    public void Update_AnyBatchesOfOpeningsAndChanges_EqualsPlainTree() => Prop.ForAll(TreeCase.Any, tree =>
    {
        var random = new Random(tree.Seed);
        var model = new Dictionary<AccountId, PlainAccount>();
        using BranchTree branch = tree.NewTree();
        foreach (PlainAccount[] batch in tree.MakeAccounts().Chunk(1 + random.Next(200)))
        {
            AccountId[] known = [.. model.Keys];
            IEnumerable<PlainAccount> changes = known.Take(random.Next(50)).Select(id => TreeCase.MakeAccount(id, random));
            foreach (PlainAccount account in batch.Concat(changes))
            {
                model[account.Record.Id] = account;
                branch.Put(account);
            }

            if (branch.Update() != PlainTree.Of(model.Values, tree.Translucency))
            {
                return false;
            }
        }

        return branch.Validate() && branch.Count == model.Count && branch.Synopsis == PlainTree.Of(model.Values, tree.Translucency);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Update_OneBatchOrOneByOne_GivesOneSynopsis() => Prop.ForAll(TreeCase.Any, tree =>
    {
        List<PlainAccount> accounts = tree.MakeAccounts();
        using BranchTree atOnce = tree.NewTree();
        using BranchTree oneByOne = tree.NewTree();
        foreach (PlainAccount account in accounts)
        {
            atOnce.Put(account);
            oneByOne.Put(account);
            oneByOne.Update();
        }

        return atOnce.Update() == oneByOne.Synopsis && oneByOne.Synopsis == PlainTree.Of(accounts, tree.Translucency);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Update_AnyOrderOfOpening_GivesOneSynopsis() => Prop.ForAll(TreeCase.Any, tree =>
    {
        PlainAccount[] accounts = [.. tree.MakeAccounts()];
        using BranchTree inOneOrder = tree.NewTree();
        Array.ForEach(accounts, inOneOrder.Put);
        new Random(tree.Seed + 1).Shuffle(accounts);
        using BranchTree inAnother = tree.NewTree();
        Array.ForEach(accounts, inAnother.Put);
        Array.Sort(accounts, (left, right) => left.Record.Id.CompareTo(right.Record.Id));
        using BranchTree sorted = tree.NewTree();
        Array.ForEach(accounts, sorted.Put);

        Synopsis expected = inOneOrder.Update();
        return inAnother.Update() == expected && sorted.Update() == expected && inAnother.Validate() && sorted.Validate();
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void FromSortedRecords_AnyAccounts_EqualsOpeningThemAndGrowsOn() => Prop.ForAll(TreeCase.Any, tree =>
    {
        List<PlainAccount> accounts = tree.MakeAccounts();
        int loadedCount = accounts.Count * 2 / 3;
        using BranchTree loaded = BranchTreeDriver.BulkLoad(tree, accounts.Take(loadedCount));
        bool asLoaded = loaded.Update() == PlainTree.Of(accounts.Take(loadedCount), tree.Translucency) && loaded.Validate();
        accounts.Skip(loadedCount).ToList().ForEach(loaded.Put);
        return asLoaded && loaded.Update() == PlainTree.Of(accounts, tree.Translucency) && loaded.Validate();
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void CopyRecords_ChunksOfAnySize_GiveAllRecordsInOrder() => Prop.ForAll(
        TreeCase.Any,
        Gen.Elements(1, 3, 64, 1000).ToArbitrary(),
        (tree, chunk) =>
        {
            List<PlainAccount> accounts = tree.MakeAccounts();
            using BranchTree branch = tree.NewTree();
            accounts.ForEach(branch.Put);
            List<AccountRecord> expected = [.. accounts.Select(account => account.Record).OrderBy(record => record.Id)];
            List<AccountRecord> records = branch.Records(chunk);
            return records.Count == expected.Count && records.Zip(expected).All(pair => pair.First.SameBytes(pair.Second));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Find_AnyAccounts_FindsThoseAndNoOthers() => Prop.ForAll(TreeCase.Any, tree =>
    {
        List<PlainAccount> accounts = tree.MakeAccounts();
        using BranchTree branch = tree.NewTree();
        accounts.ForEach(branch.Put);
        branch.Update();
        var others = (tree with { Seed = tree.Seed ^ 0x5555 }).MakeAccounts().Select(account => account.Record.Id).ToHashSet();
        others.ExceptWith(accounts.Select(account => account.Record.Id));

        return accounts.TrueForAll(account => branch.Find(account.Record.Id)->SameBytes(account.Record))
            && others.All(id => branch.Find(id) == null && branch.FindForUpdate(id) == null)
            && !branch.HasChanges;
    }).QuickCheckThrowOnFailure();
}
