using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Tests.Ledger.Hashing;

public sealed unsafe class Blake3LanesTests
{
    [Fact]
    public void AllFunctions_EveryCountTo70_GiveOneShot() => Assert.Equal(10 * 70 * 71 / 2, LaneChecks.EveryCountGivesOneShot());

    [Fact]
    public void AllFunctions_EveryLength_GiveOneShot() => Assert.Equal(93 * (64 + 64 + 121 + 128), LaneChecks.EveryLengthGivesOneShot());

    [Fact]
    public void KeyedPairs_DigestOverOwnMessage_GivesOneShot() => Assert.Equal(93, LaneChecks.DigestOverOwnMessageGivesOneShot());

    [Fact]
    public void MessageFunctions_MessagesAtPageEdges_ReadNothingBesideThem()
        => Assert.Equal(93 * (128 + 121), LaneChecks.MessagesAtPageEdgesGiveOneShot());

    [Theory]
    [InlineData(0)]
    [InlineData(65)]
    [InlineData(-1)]
    public void KeyedBlocks_LengthOutOfRange_Throws(int length)
        => Assert.Throws<ArgumentOutOfRangeException>(() => Blake3Lanes.KeyedBlocks(null, length, null, null, 0));

    [Theory]
    [InlineData(64)]
    [InlineData(129)]
    public void KeyedTwoBlocks_LengthOutOfRange_Throws(int length)
        => Assert.Throws<ArgumentOutOfRangeException>(() => Blake3Lanes.KeyedTwoBlocks(null, length, null, null, 0));

    [Theory]
    [InlineData(-1)]
    [InlineData(121)]
    public void TaggedHash_LengthOutOfRange_Throws(int length)
        => Assert.Throws<ArgumentOutOfRangeException>(() => Blake3Lanes.TaggedHash(null, length, 0, null, 0));

    [Theory]
    [InlineData(0)]
    [InlineData(129)]
    public void Hash_LengthOutOfRange_Throws(int length)
        => Assert.Throws<ArgumentOutOfRangeException>(() => Blake3Lanes.Hash(null, length, null, 0));

    [Fact]
    public void AllFunctions_NegativeCount_Throw()
    {
        byte* key = stackalloc byte[32];
        Assert.Throws<ArgumentOutOfRangeException>(() => Blake3Lanes.KeyedPairs(null, (byte**)null, null, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Blake3Lanes.KeyedPairs(null, (byte*)null, null, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Blake3Lanes.KeyedPairs(null, null, (byte**)null, null, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Blake3Lanes.KeyedPairs(null, null, (byte*)null, null, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Blake3Lanes.KeyedBlocks(null, 64, null, null, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Blake3Lanes.KeyedTwoBlocks(null, 96, null, null, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Blake3Lanes.TaggedHash(null, 8, 0, null, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Blake3Lanes.Hash(null, 8, null, -1));
    }

    [Fact]
    public void AllFunctions_FullAndPartialGroups_AllocateNothing()
    {
        using LaneItems items = new(61, seed: 61);
        Lanes(items);

        Assert.Equal(0, Allocation.FewestBytes(() => Lanes(items)));
    }

    private static void Lanes(LaneItems items)
    {
        Blake3Lanes.KeyedBlocks(items.Messages, 52, items.Key, items.Digests, items.Count);
        Blake3Lanes.KeyedTwoBlocks(items.Messages, 96, items.Key, items.Digests, items.Count);
        Blake3Lanes.KeyedPairs(items.Messages, items.Key, items.Digests, items.Count);
        Blake3Lanes.KeyedPairs(items.Messages, items.Rights, items.Keys, items.Digests, items.Count);
        Blake3Lanes.TaggedHash(items.Messages, 104, 1, items.Digests, items.Count);
        Blake3Lanes.Hash(items.Messages, 32, items.Digests, items.Count);
    }
}
