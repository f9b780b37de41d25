using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Tests.Persistence.Support;
using static LeitherCluster.Tests.Persistence.Support.TestBlocks;

namespace LeitherCluster.Tests.Persistence;

/// <summary>What <see cref="IJournalStore"/> promises, whatever stands behind it. Every backend runs it.</summary>
public abstract partial class JournalConformance : IDisposable
{
    private IJournalStore? _store;

    protected JournalBufferPool Buffers { get; } = new(256L << 20);

    /// <summary>Opens the store of this test: empty the first time, then with what was left there.</summary>
    protected abstract IJournalStore OpenStore();

    /// <summary>A group is whole or not at all; else so much of it as went to one part.</summary>
    protected virtual bool GroupsAreWhole => true;

    protected virtual void CleanUp()
    {
    }

    private IJournalStore Store => _store ??= OpenStore();

    public void Dispose()
    {
        _store?.Dispose();
        CleanUp();
        Assert.Equal(0, Buffers.BytesRented);
        Buffers.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Opening_EmptyStore_HasNothing()
    {
        Assert.Equal(new JournalOpening(default, 0, 0, 0), Store.Opening);
        Assert.Empty(Replay(Stream(1)));
        Assert.Null(Store.Get(Buffers, new BlockKey(Stream(1), 1, 1)));
        Assert.Empty(Store.ListSnapshots(Stream(1)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(70_000)]
    [InlineData(1_500_000)]
    public void Commit_Block_IsReadBackAtOnceAndAfterReopening(int length)
    {
        var key = new BlockKey(Stream(3), 7, 1);
        Assert.Equal(JournalOutcome.Ok, Store.Put(Buffers, key, length, timeSequence: 5));
        Assert.Equal(JournalOutcome.Ok, Store.Commit(new GroupMark(7, 1)));
        Store.AssertHolds(Buffers, key, length);

        Reopen();
        Store.AssertHolds(Buffers, key, length);
        Assert.Equal(new GroupMark(7, 1), Store.Opening.LastGroup);
        Assert.Equal(7UL, Store.Opening.LastBeat);
        Assert.Equal(5UL, Store.Opening.CommittedTimeSequence);
    }

    [Fact]
    public void Commit_GroupOfAllSizes_IsReadBackWhole()
    {
        int[] lengths = [300_000, 0, 1, 4000, 511, 512, 513, 262_143, 262_144, 4096, 600_000, 9000, 262_145, 17, 1_048_576, 3];
        for (ulong beat = 1; beat <= 3; beat++)
        {
            for (int i = 0; i < lengths.Length; i++)
            {
                Assert.Equal(JournalOutcome.Ok, Store.Put(Buffers, new BlockKey(Stream(i), beat, 1), lengths[i]));
            }

            Commit(beat, 1);
        }

        Reopen();
        for (ulong beat = 1; beat <= 3; beat++)
        {
            for (int i = 0; i < lengths.Length; i++)
            {
                Store.AssertHolds(Buffers, new BlockKey(Stream(i), beat, 1), lengths[i]);
            }
        }
    }

    [Fact]
    public void Write_WithoutCommit_IsNotThereAndDoesNotComeBack()
    {
        var committed = new BlockKey(Stream(1), 1, 1);
        var small = new BlockKey(Stream(1), 2, 1);
        var large = new BlockKey(Stream(2), 2, 1);
        Store.Put(Buffers, committed, 100);
        Commit(1, 1);
        Store.Put(Buffers, small, 100);
        Store.Put(Buffers, large, 900_000);
        Assert.Null(Store.Get(Buffers, small));
        Assert.Null(Store.Get(Buffers, large));

        Reopen();
        Assert.Null(Store.Get(Buffers, small));
        Assert.Null(Store.Get(Buffers, large));
        Store.AssertHolds(Buffers, committed, 100);
        Assert.Equal(new GroupMark(1, 1), Store.Opening.LastGroup);

        Assert.Equal(JournalOutcome.Ok, Store.Put(Buffers, small, 200, variant: 1));
        Commit(2, 1);
        Store.AssertHolds(Buffers, small, 200, variant: 1);
    }

    [Fact]
    public void Commit_WithoutBlocks_IsOkAndLeavesNothing()
    {
        Assert.Equal(JournalOutcome.Ok, Store.Commit(new GroupMark(1, 1)));
        Assert.Equal(JournalOutcome.Ok, Store.Commit(new GroupMark(1, 2)));
        Reopen();
        Assert.Equal(default, Store.Opening.LastGroup);
    }

    [Fact]
    public void Commit_MarkThatDoesNotRise_Throws()
    {
        Store.Put(Buffers, new BlockKey(Stream(1), 5, 1), 10);
        Commit(5, 2);
        Reopen();
        Store.Put(Buffers, new BlockKey(Stream(1), 6, 1), 10);
        Assert.Throws<ArgumentException>(() => Store.Commit(new GroupMark(5, 2)));
        Assert.Throws<ArgumentException>(() => Store.Commit(new GroupMark(5, 1)));
        Assert.Throws<ArgumentException>(() => Store.Commit(new GroupMark(4, 9)));
        Commit(5, 3);
    }

    [Fact]
    public void Replay_Stream_GivesItsBlocksInOrderOfBeatAndKind()
    {
        // As a pulse does: the credits of a beat come with the seals of the next.
        for (ulong beat = 1; beat <= 6; beat++)
        {
            for (int stream = 0; stream < 3; stream++)
            {
                Store.Put(Buffers, new BlockKey(Stream(stream), beat, 1), 50 + (int)beat, timeSequence: beat);
                if (beat > 1)
                {
                    Store.Put(Buffers, new BlockKey(Stream(stream), beat - 1, 2), 20, timeSequence: beat - 1);
                }
            }

            Commit(beat, 1);
        }

        foreach (bool reopened in new[] { false, true })
        {
            if (reopened)
            {
                Reopen();
            }

            var sink = new ListSink();
            Store.Replay(Stream(1), 0, ulong.MaxValue, sink);
            Assert.Equal(
                [(1UL, 1), (1UL, 2), (2UL, 1), (2UL, 2), (3UL, 1), (3UL, 2), (4UL, 1), (4UL, 2), (5UL, 1), (5UL, 2), (6UL, 1)],
                sink.Blocks.Select(b => (b.Key.Beat, (int)b.Key.Kind)));
            Assert.All(sink.Blocks, b => Assert.Equal(Content(b.Key, b.Key.Kind == 1 ? 50 + (int)b.Key.Beat : 20), b.Body));
            Assert.All(sink.Blocks, b => Assert.Equal(b.Key.Beat, b.TimeSequence));
        }
    }

    [Fact]
    public void Replay_Bounds_AreExclusiveBelowAndInclusiveAbove()
    {
        for (ulong beat = 1; beat <= 6; beat++)
        {
            Store.Put(Buffers, new BlockKey(Stream(1), beat, 1), 10);
            Store.Put(Buffers, new BlockKey(Stream(1), beat, 255), 10);
            Commit(beat, 1);
        }

        var sink = new ListSink();
        Store.Replay(Stream(1), 2, 4, sink);
        Assert.Equal([3UL, 3UL, 4UL, 4UL], sink.Blocks.Select(b => b.Key.Beat));

        var none = new ListSink();
        Store.Replay(Stream(1), 6, ulong.MaxValue, none);
        Store.Replay(Stream(1), ulong.MaxValue, ulong.MaxValue, none);
        Store.Replay(Stream(2), 0, ulong.MaxValue, none);
        Assert.Empty(none.Blocks);

        var stopped = new ListSink(most: 2);
        Store.Replay(Stream(1), 0, ulong.MaxValue, stopped);
        Assert.Equal(2, stopped.Blocks.Count);
    }

    [Fact]
    public void Write_SameKeyAgain_IsDuplicateOrConflictByContent()
    {
        var key = new BlockKey(Stream(1), 1, 1);
        Assert.Equal(JournalOutcome.Ok, Store.Put(Buffers, key, 100));
        Assert.Equal(JournalOutcome.Duplicate, Store.Put(Buffers, key, 100));
        Assert.Equal(JournalOutcome.Conflict, Store.Put(Buffers, key, 100, variant: 1));
        Commit(1, 1);
        Assert.Equal(JournalOutcome.Duplicate, Store.Put(Buffers, key, 100));
        Assert.Equal(JournalOutcome.Conflict, Store.Put(Buffers, key, 101));

        Reopen();
        Assert.Equal(JournalOutcome.Duplicate, Store.Put(Buffers, key, 100));
        Assert.Equal(JournalOutcome.Conflict, Store.Put(Buffers, key, 100, variant: 1));
        Assert.Equal(JournalOutcome.Ok, Store.Put(Buffers, key with { Kind = 2 }, 100));
        Commit(2, 1);
        Assert.Equal(2, Replay(Stream(1)).Count);
        Store.AssertHolds(Buffers, key, 100);
    }

    [Fact]
    public void ReaderBesideWriter_SeesEveryCommittedBlockWholeAndNoOther()
    {
        const ulong Beats = 60;
        IJournalStore store = Store;
        ulong committed = 0;
        var reader = new Thread(() =>
        {
            ulong until;
            do
            {
                until = Volatile.Read(ref committed);
                for (ulong beat = 1; beat <= until; beat++)
                {
                    store.AssertHolds(Buffers, new BlockKey(Stream(1), beat, 1), LengthOf(beat));
                }

                Assert.True(Replay(Stream(1)).Count >= (int)until);
            }
            while (until < Beats);
        });
        reader.Start();
        for (ulong beat = 1; beat <= Beats; beat++)
        {
            Store.Put(Buffers, new BlockKey(Stream(1), beat, 1), LengthOf(beat));
            Commit(beat, 1);
            Volatile.Write(ref committed, beat);
        }

        reader.Join();
        static int LengthOf(ulong beat) => beat % 7 == 0 ? 300_000 : (int)beat * 10;
    }

    private void Commit(ulong beat, byte phase) => Assert.Equal(JournalOutcome.Ok, Store.Commit(new GroupMark(beat, phase)));

    private List<BlockKey> Replay(StreamId stream)
    {
        var sink = new ListSink();
        Store.Replay(stream, 0, ulong.MaxValue, sink);
        return sink.Blocks.ConvertAll(b => b.Key);
    }

    private void Reopen()
    {
        _store?.Dispose();
        _store = null;
        _store = OpenStore();
    }
}
