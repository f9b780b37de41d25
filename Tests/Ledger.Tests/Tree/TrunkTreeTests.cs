using FsCheck;
using FsCheck.Fluent;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Ledger.Tree;

public sealed class TrunkTreeTests
{
    /// <summary>Bands of any widths over branches: the top trunk's synopsis is that of the plain tree over all accounts.</summary>
    [Fact]
    public void Forest_OfAnyBandsAndAccounts_EqualsPlainTree() => Prop.ForAll(ForestCase.Any, forestCase =>
    {
        using var forest = new Forest(forestCase.Bands, forestCase.Tree.Translucency);
        List<PlainAccount> accounts = forestCase.Tree.MakeAccounts();
        accounts.Take(accounts.Count / 2).ToList().ForEach(forest.Put);
        bool half = forest.Update() == PlainTree.Of(accounts.Take(accounts.Count / 2), forestCase.Tree.Translucency);
        accounts.Skip(accounts.Count / 2).ToList().ForEach(forest.Put);
        return half && forest.Update() == PlainTree.Of(accounts, forestCase.Tree.Translucency);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Update_OfNoChildren_IsEmpty()
    {
        var trunk = new TrunkTree(0, 8, 8);

        Assert.Equal(Synopsis.Empty, trunk.Update());
        Assert.Equal(-1, trunk.Lead(default, new TreePath()));
    }

    [Fact]
    public void Update_OneChild_PassesItThroughUntilItIsEmptyAgain()
    {
        var trunk = new TrunkTree(0, 8, 8);
        var child = new Synopsis(Blake3.Hash("child"u8), 7);
        trunk.Set(200, child);

        Assert.True(trunk.HasChanges);
        Assert.Equal(child, trunk.Update());
        Assert.Equal(child, trunk[200]);
        Assert.False(trunk.HasChanges);
        trunk.Set(200, child);
        Assert.False(trunk.HasChanges);
        trunk.Set(200, Synopsis.Empty);
        Assert.Equal(Synopsis.Empty, trunk.Update());
    }

    [Fact]
    public void Update_SumsBeyond64Bits_Throws()
    {
        var trunk = new TrunkTree(0, 8, 0);
        trunk.Set(0, new Synopsis(Blake3.Hash("a"u8), ulong.MaxValue));
        trunk.Set(255, new Synopsis(Blake3.Hash("b"u8), 1));

        Assert.Throws<OverflowException>(() => trunk.Update());
    }

    [Fact]
    public void Lead_WithoutUpdate_Throws()
    {
        var trunk = new TrunkTree(0, 8, 8);
        trunk.Set(1, new Synopsis(Blake3.Hash("a"u8), 1));

        Assert.Throws<InvalidOperationException>(() => trunk.Lead(default, new TreePath()));
    }

    [Fact]
    public void Lead_ToEmptyChild_GoesWhereItsBitsLead()
    {
        var trunk = new TrunkTree(0, 8, 8);
        trunk.Set(0b0100_0000, new Synopsis(Blake3.Hash("a"u8), 1));
        trunk.Set(0b0111_0000, new Synopsis(Blake3.Hash("b"u8), 1));
        trunk.Update();
        var path = new TreePath();

        // The two differ first in bit 2; bits 0 and 1 decide nothing.
        Assert.Equal(0b0111_0000, trunk.Lead(AccountId.Parse("A1" + new string('0', 38)), path));
        Assert.Equal([2], path.Nodes.Select(node => node.BitIndex));
        Assert.Equal(trunk[0b0100_0000].Digest, path.Nodes[0].Sibling);
    }

    [Fact]
    public void Constructor_NumbersOutOfRange_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrunkTree(-1, 8, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrunkTree(0, 0, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrunkTree(0, 17, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrunkTree(24, 9, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrunkTree(0, 8, 161));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrunkTree(0, 8, 8).Set(256, Synopsis.Empty));
    }
}
