using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Tests.Persistence.Support;
using static LeitherCluster.Tests.Persistence.Support.TestBlocks;

namespace LeitherCluster.Tests.Persistence;

public abstract partial class JournalConformance
{
    [Theory]
    [InlineData(0)]
    [InlineData(5000)]
    [InlineData(1_000_000)]
    public void SaveSnapshot_Loaded_IsTheSameAfterReopening(int length)
    {
        var key = new SnapshotKey(Stream(1), 10, 12);
        Assert.Equal(JournalOutcome.Ok, Save(key, length));
        AssertSnapshot(key, ulong.MaxValue, length);
        Reopen();
        AssertSnapshot(key, 10, length);
        Assert.Equal(JournalOutcome.Duplicate, Save(key, length));
        Assert.Equal(1, Store.Usage.Snapshots);
    }

    [Fact]
    public void TryLoadSnapshot_Several_GivesTheNewestOfAtMostThatTimeSequence()
    {
        foreach (ulong sequence in new ulong[] { 30, 10, 20 })
        {
            Save(new SnapshotKey(Stream(1), sequence, sequence + 5), (int)sequence);
        }

        Save(new SnapshotKey(Stream(2), 15, 20), 7);
        Assert.Equal([10UL, 20UL, 30UL], Store.ListSnapshots(Stream(1)).Select(k => k.TimeSequence));
        Assert.Null(Load(Stream(1), 9).Key);
        Assert.Equal(10UL, Load(Stream(1), 10).Key!.Value.TimeSequence);
        Assert.Equal(10UL, Load(Stream(1), 19).Key!.Value.TimeSequence);
        Assert.Equal(30UL, Load(Stream(1), ulong.MaxValue).Key!.Value.TimeSequence);
        Assert.Null(Load(Stream(3), ulong.MaxValue).Key);
    }

    [Fact]
    public void Compact_KeepFrom_LeavesEveryStateFromThereOn()
    {
        // Streams 0 to 2 have snapshots at 10, 20, 30; stream 3 has none and needs all its blocks; stream 4 has one late block.
        for (ulong n = 1; n <= 40; n++)
        {
            for (int stream = 0; stream < 4; stream++)
            {
                Store.Put(Buffers, new BlockKey(Stream(stream), n, 1), stream == 3 ? 10 : 3000, timeSequence: n);
            }

            Commit(n, 1);
            for (int stream = 0; n % 10 == 0 && n <= 30 && stream < 3; stream++)
            {
                Save(new SnapshotKey(Stream(stream), n, n), 100 + stream);
            }
        }

        Assert.Equal(JournalOutcome.Ok, Store.Compact(25));
        foreach (bool reopened in new[] { false, true })
        {
            if (reopened)
            {
                Reopen();
            }

            for (int stream = 0; stream < 3; stream++)
            {
                Assert.Equal([20UL, 30UL], Store.ListSnapshots(Stream(stream)).Select(k => k.TimeSequence));
                AssertSnapshot(new SnapshotKey(Stream(stream), 20, 20), 25, 100 + stream);
                var sink = new ListSink();
                Store.Replay(Stream(stream), 20, ulong.MaxValue, sink);
                Assert.Equal(Enumerable.Range(21, 20).Select(i => (ulong)i), sink.Blocks.Select(b => b.Key.Beat));
                Assert.All(sink.Blocks, b => Assert.Equal(Content(b.Key, 3000), b.Body));
            }

            Assert.Equal(40, Replay(Stream(3)).Count);
            Assert.Equal(new GroupMark(40, 1), reopened ? Store.Opening.LastGroup : new GroupMark(40, 1));
        }

        Commit41();
    }

    [Fact]
    public void Compact_EverythingCovered_StillGoesOnWhereItStood()
    {
        for (ulong n = 1; n <= 30; n++)
        {
            Store.Put(Buffers, new BlockKey(Stream(1), n, 1), 5000, timeSequence: n);
            Commit(n, 1);
        }

        long before = Store.Usage.Bytes;
        Save(new SnapshotKey(Stream(1), 30, 30), 100);
        Assert.Equal(JournalOutcome.Ok, Store.Compact(30));
        Assert.True(Store.Usage.Bytes <= before + 100_000);
        Reopen();
        Assert.Equal(new GroupMark(30, 1), Store.Opening.LastGroup);
        Assert.Equal(30UL, Store.Opening.CommittedTimeSequence);
        Store.Put(Buffers, new BlockKey(Stream(1), 31, 1), 10, timeSequence: 31);
        Commit(31, 1);
        Reopen();
        Store.AssertHolds(Buffers, new BlockKey(Stream(1), 31, 1), 10);
    }

    private void Commit41()
    {
        Store.Put(Buffers, new BlockKey(Stream(1), 41, 1), 10, timeSequence: 41);
        Commit(41, 1);
        Store.AssertHolds(Buffers, new BlockKey(Stream(1), 41, 1), 10);
    }

    private JournalOutcome Save(SnapshotKey key, int length)
    {
        JournalBuffer body = Buffer(Buffers, SnapshotContent(key, length));
        JournalOutcome outcome = Store.SaveSnapshot(key, body);
        body.Span.Fill(0xEE);
        body.Release();
        return outcome;
    }

    private (SnapshotKey? Key, byte[]? Body) Load(StreamId stream, ulong atMost)
    {
        JournalBuffer into = Buffers.Rent(0);
        try
        {
            return Store.TryLoadSnapshot(stream, atMost, into, out SnapshotKey key) ? (key, into.Span.ToArray()) : (null, null);
        }
        finally
        {
            into.Release();
        }
    }

    private void AssertSnapshot(SnapshotKey key, ulong atMost, int length)
    {
        (SnapshotKey? found, byte[]? body) = Load(key.Stream, atMost);
        Assert.Equal(key, found);
        Assert.True(SnapshotContent(key, length).AsSpan().SequenceEqual(body));
    }

    private static byte[] SnapshotContent(SnapshotKey key, int length) =>
        Content(new BlockKey(key.Stream, key.Beat, 99), length, key.TimeSequence);
}
