using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Tests.Persistence.Support;
using static LeitherCluster.Tests.Persistence.Support.TestBlocks;

namespace LeitherCluster.Tests.Persistence;

public abstract partial class JournalConformance
{
    [Fact]
    public void AcquireEpoch_Again_IsHigherAlsoAfterReopening()
    {
        uint first = Acquire(Stream(1));
        uint second = Acquire(Stream(1));
        Assert.True(second > first && first > 0);
        Reopen();
        Assert.True(Acquire(Stream(1)) > second);
        Assert.Equal(0U, Store.Opening.Epoch);

        uint whole = Acquire(StreamId.WholeJournal);
        Reopen();
        Assert.Equal(whole, Store.Opening.Epoch);
        Assert.True(Acquire(StreamId.WholeJournal) > whole);
    }

    [Fact]
    public void Write_UnderSupersededEpoch_IsFenced()
    {
        uint old = Acquire(Stream(1));
        Assert.Equal(JournalOutcome.Ok, Store.Put(Buffers, new BlockKey(Stream(1), 1, 1), 10, epoch: old));
        Commit(1, 1);
        uint now = Acquire(Stream(1));
        Assert.Equal(JournalOutcome.Fenced, Store.Put(Buffers, new BlockKey(Stream(1), 2, 1), 10, epoch: old));
        Assert.Equal(JournalOutcome.Ok, Store.Put(Buffers, new BlockKey(Stream(1), 2, 1), 10, epoch: now));
        Assert.Equal(JournalOutcome.Ok, Store.Put(Buffers, new BlockKey(Stream(2), 2, 1), 10));
        Commit(2, 1);

        Reopen();
        Assert.Equal(JournalOutcome.Fenced, Store.Put(Buffers, new BlockKey(Stream(1), 3, 1), 10, epoch: old));
        Assert.Equal(JournalOutcome.Ok, Store.Put(Buffers, new BlockKey(Stream(1), 3, 1), 10, epoch: now));
        Commit(3, 1);
        Assert.Equal(3, Replay(Stream(1)).Count);
    }

    [Fact]
    public void AcquireEpoch_OfWholeJournal_FencesEveryStream()
    {
        uint own = Acquire(Stream(1));
        own = Math.Max(own, Acquire(Stream(1)));
        uint whole = Acquire(StreamId.WholeJournal);
        Assert.True(whole > own);
        Assert.Equal(JournalOutcome.Fenced, Store.Put(Buffers, new BlockKey(Stream(1), 1, 1), 10, epoch: own));
        Assert.Equal(JournalOutcome.Fenced, Store.Put(Buffers, new BlockKey(Stream(2), 1, 1), 10));
        Assert.Equal(JournalOutcome.Ok, Store.Put(Buffers, new BlockKey(Stream(1), 1, 1), 10, epoch: whole));
        Assert.True(Acquire(Stream(1)) > whole);
    }

    [Fact]
    public void Commit_EpochRaisedSinceTheWrite_IsFencedAndLeavesNothingInThatPart()
    {
        uint old = Acquire(Stream(1));
        Store.Put(Buffers, new BlockKey(Stream(1), 1, 1), 500_000, epoch: old);
        Store.Put(Buffers, new BlockKey(Stream(2), 1, 1), 10);
        uint now = Acquire(Stream(1));
        Assert.Equal(JournalOutcome.Fenced, Store.Commit(new GroupMark(1, 1)));
        Assert.Empty(Replay(Stream(1)));
        Assert.Equal(GroupsAreWhole ? 0 : 1, Replay(Stream(2)).Count);

        Store.Put(Buffers, new BlockKey(Stream(1), 1, 1), 20, epoch: now);
        Commit(1, 1);
        Reopen();
        Store.AssertHolds(Buffers, new BlockKey(Stream(1), 1, 1), 20);
        Assert.Equal(GroupsAreWhole ? 0 : 1, Replay(Stream(2)).Count);
    }

    private uint Acquire(StreamId owner)
    {
        Assert.Equal(JournalOutcome.Ok, Store.AcquireEpoch(owner, out uint epoch));
        return epoch;
    }
}
