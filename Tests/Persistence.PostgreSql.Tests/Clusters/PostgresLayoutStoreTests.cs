using LeitherCluster.Persistence.PostgreSql.Clusters;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Persistence.PostgreSql.Journals;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;
using LeitherCluster.Tests.Persistence.PostgreSql.Support;
using LeitherCluster.Tests.Persistence.Support;
using LeitherCluster.Tests.Runtime.Sharding;
using Npgsql;

namespace LeitherCluster.Tests.Persistence.PostgreSql.Clusters;

/// <summary>The layout in PostgreSQL, with a node's rights; its epochs are the fence of the journal beside it.</summary>
[Collection(ServerCollection.Name)]
public sealed class PostgresLayoutStoreTests : LayoutStoreConformance, IDisposable
{
    private static readonly NodeId s_a = new("a", 1);
    private static readonly NodeId s_b = new("b", 1);

    private readonly PostgresServer _server;
    private readonly DatabaseAddress _database;
    private readonly PostgresLayoutStore _store;

    public PostgresLayoutStoreTests(PostgresServer server)
    {
        _server = server;
        _database = server.NewJournalForNode();
        _store = new PostgresLayoutStore(JournalDatabases.Of(_database));
    }

    protected override ILayoutStore Store => _store;

    public void Dispose() => _store.Dispose();

    [Fact]
    public void Advance_WhileANodeHasAGroupOpen_FencesAllOfItAtItsCommit()
    {
        using JournalBench a = Open(s_a);
        using JournalBench b = Open(s_b);
        ShardLayout before = Advanced(0, (1, s_a), (2, s_a), (3, s_b));
        Assert.Equal(JournalOutcome.Ok, Put(a, 1, 1, before, 3_000_000));
        Assert.Equal(JournalOutcome.Ok, Put(a, 2, 1, before, 10));
        ShardLayout after = Advanced(1, (1, s_b));
        Assert.Equal(JournalOutcome.Fenced, a.Journal.Commit(new GroupMark(1, 1)));
        Assert.Equal(0L, JournalBench.Audit(_database).Blocks);
        Assert.Equal(JournalOutcome.Fenced, Put(a, 1, 1, before, 10));

        // What it still has it may write, and so may the new owner.
        Assert.Equal(JournalOutcome.Ok, Put(a, 2, 1, after, 10));
        Assert.Equal(JournalOutcome.Ok, a.Journal.Commit(new GroupMark(1, 2)));
        Assert.Equal(JournalOutcome.Ok, Put(b, 1, 1, after, 20));
        Assert.Equal(JournalOutcome.Ok, b.Journal.Commit(new GroupMark(1, 1)));
        a.Journal.AssertHolds(a.Buffers, new BlockKey(Stream(1), 1, 1), 20);
        b.Journal.AssertHolds(b.Buffers, new BlockKey(Stream(2), 1, 1), 10);
        Assert.Equal(["a#1", "b#1"], JournalBench.Audit(_database).Writers.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Advance_StreamThereAndBack_ItsFirstOwnerSeesWhatTheOtherWrote()
    {
        using JournalBench a = Open(s_a);
        using JournalBench b = Open(s_b);
        ShardLayout layout = Advanced(0, (1, s_a));
        Commit(a, 1, 1, layout);
        layout = Advanced(1, (1, s_b));
        Commit(b, 1, 2, layout);
        layout = Advanced(2, (1, s_a));

        // The block that the other wrote is known, not met at the commit, where it would take the group with it.
        Assert.Equal(JournalOutcome.Duplicate, Put(a, 1, 2, layout, 100));
        Assert.Equal(JournalOutcome.Conflict, Put(a, 1, 2, layout, 101));
        Commit(a, 1, 3, layout);
        var replayed = new ListSink();
        a.Journal.Replay(Stream(1), 0, ulong.MaxValue, replayed);
        Assert.Equal([1UL, 2UL, 3UL], replayed.Blocks.Select(static block => block.Key.Beat));
    }

    [Fact]
    public void Snapshot_OfAStreamThatMoved_IsReadByItsNextOwner()
    {
        using JournalBench a = Open(s_a);
        using JournalBench b = Open(s_b);
        ShardLayout layout = Advanced(0, (1, s_a));
        Commit(a, 1, 5, layout);
        JournalBuffer body = a.Buffers.Rent(50_000);
        body.Extend(50_000).Fill(7);
        Assert.Equal(JournalOutcome.Ok, a.Journal.SaveSnapshot(new SnapshotKey(Stream(1), 5, 5), body));
        body.Release();
        layout = Advanced(1, (1, s_b));
        Commit(b, 1, 6, layout);

        JournalBuffer read = b.Buffers.Rent(50_000);
        Assert.True(b.Journal.TryLoadSnapshot(Stream(1), ulong.MaxValue, read, out SnapshotKey key));
        Assert.Equal((5UL, 50_000, 7), (key.Beat, read.Length, (int)read.Span[^1]));
        read.Release();
        var replayed = new ListSink();
        b.Journal.Replay(Stream(1), key.Beat, ulong.MaxValue, replayed);
        Assert.Equal([6UL], replayed.Blocks.Select(static block => block.Key.Beat));
    }

    [Fact]
    public void Compact_WhileAnotherNodesCommitIsUnderWay_KeepsThatGroup()
    {
        ShardLayout layout = Advanced(0, (1, s_a), (2, s_b));
        using JournalBench a = Open(s_a);
        using JournalBench b = Open(s_b);
        Commit(b, 2, 1, layout);
        Commit(b, 2, 2, layout);
        Save(b, 2, 2);

        // Nothing of that writer's is needed, when its third group has been named and not yet committed.
        using NpgsqlConnection connection = _server.Connect(_database.Database);
        using NpgsqlTransaction commit = connection.BeginTransaction();
        using var name = new NpgsqlCommand(
            "INSERT INTO leither.uploads VALUES (-1); SELECT o_outcome FROM leither.writers w, LATERAL leither.name_group(w.writer, 3, 3, 1::smallint, 3, 0, w.chain, w.chain, -1, "
            + "ARRAY[@stream], ARRAY[3::bigint], ARRAY[1::smallint], ARRAY[@epoch], ARRAY[3::bigint], ARRAY[0::bigint], ARRAY[0::bigint], ARRAY[-1::bigint], ARRAY[0]) WHERE w.writer = 'b#1'",
            connection);
        byte[] stream = new byte[StreamId.Size];
        Stream(2).WriteTo(stream);
        name.Parameters.AddWithValue("stream", stream);
        name.Parameters.AddWithValue("epoch", (long)layout.Owners[Stream(2)].Epoch);
        Assert.Equal(0, name.ExecuteScalar());
        var compact = new Thread(() => Assert.Equal(JournalOutcome.Ok, a.Journal.Compact(ulong.MaxValue)));
        compact.Start();
        Assert.True(SpinWait.SpinUntil(
            () => _server.Ask<long>($"SELECT count(*) FROM pg_stat_activity WHERE datname = '{_database.Database}' AND wait_event_type = 'Lock'") == 1,
            TimeSpan.FromSeconds(30)));
        commit.Commit();
        compact.Join();
        Assert.Equal(3L, _server.Ask<long>("SELECT beat FROM leither.blocks", _database.Database));
        Assert.Equal(2L, _server.Ask<long>("SELECT base FROM leither.writers WHERE writer = 'b#1'", _database.Database));
    }

    [Fact]
    public void Read_AfterASingleNodeHasHadTheJournal_OwnersOfBeforeOwnNothing()
    {
        using JournalBench a = Open(s_a);
        Advanced(0, (1, s_a), (2, s_a));
        Assert.Equal(JournalOutcome.Ok, a.Journal.AcquireEpoch(Stream(2), out uint own));
        Assert.Equal(Stream(1), Assert.Single(Read().Owners).Key);
        Assert.Equal(JournalOutcome.Ok, a.Journal.AcquireEpoch(StreamId.WholeJournal, out uint whole));
        Assert.Empty(Read().Owners);
        Assert.True(Advanced(1, (1, s_a), (2, s_a)).Owners.Values.All(owner => owner.Epoch > whole && owner.Epoch > own));
    }

    [Fact]
    public void Advance_StreamTwice_IsRefusedWhole()
    {
        Assert.IsType<LayoutUnavailable>(Advance(0, (1, s_a), (1, s_b)));
        Assert.Equal(0UL, Read().Version);
        Assert.Equal(0L, _server.Ask<long>("SELECT count(*) FROM leither.epochs WHERE assigned_at IS NOT NULL", _database.Database));
    }

    protected override void Until(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(30)));

    private JournalBench Open(NodeId node) => new JournalBench(_database, new PostgresJournalOptions { Writer = node.ToString() }).Open();

    private static JournalOutcome Put(JournalBench bench, int stream, ulong beat, ShardLayout layout, int length) =>
        bench.Journal.Put(bench.Buffers, new BlockKey(Stream(stream), beat, 1), length, epoch: layout.Owners[Stream(stream)].Epoch, timeSequence: beat);

    private static void Commit(JournalBench bench, int stream, ulong beat, ShardLayout layout)
    {
        Assert.Equal(JournalOutcome.Ok, Put(bench, stream, beat, layout, 100));
        Assert.Equal(JournalOutcome.Ok, bench.Journal.Commit(new GroupMark(beat, 1)));
    }

    private static void Save(JournalBench bench, int stream, ulong beat)
    {
        JournalBuffer body = bench.Buffers.Rent(8);
        body.Extend(8).Clear();
        Assert.Equal(JournalOutcome.Ok, bench.Journal.SaveSnapshot(new SnapshotKey(Stream(stream), beat, beat), body));
        body.Release();
    }
}
