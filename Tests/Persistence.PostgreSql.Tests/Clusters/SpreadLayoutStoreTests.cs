using LeitherCluster.Persistence.PostgreSql.Clusters;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Persistence.PostgreSql.Journals;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;
using LeitherCluster.Tests.Persistence.PostgreSql.Support;
using LeitherCluster.Tests.Persistence.Support;
using LeitherCluster.Tests.Runtime.Sharding;

namespace LeitherCluster.Tests.Persistence.PostgreSql.Clusters;

/// <summary>The layout of a journal over three databases, with a node's rights: the first one decides, and the fences of the others follow.</summary>
[Collection(ServerCollection.Name)]
public sealed class SpreadLayoutStoreTests : LayoutStoreConformance, IDisposable
{
    private static readonly NodeId s_a = new("a", 1);
    private static readonly NodeId s_b = new("b", 1);

    private readonly PostgresServer _server;
    private readonly JournalDatabases _databases;
    private readonly PostgresLayoutStore _store;
    private readonly JournalBufferPool _buffers = new(64L << 20);

    public SpreadLayoutStoreTests(PostgresServer server)
    {
        _server = server;
        _databases = server.NewSpreadJournalForNode(3);
        _store = new PostgresLayoutStore(_databases);
    }

    protected override ILayoutStore Store => _store;

    public void Dispose()
    {
        _store.Dispose();
        Assert.Equal(0, _buffers.BytesRented);
        _buffers.Dispose();
    }

    [Fact]
    public void Advance_BranchesOfAllDatabases_FencesEachWhereItIs()
    {
        using SpreadJournal a = Open(s_a);
        ShardLayout before = Advanced(0, (0, s_a), (1, s_a), (2, s_a));
        Assert.All(Enumerable.Range(0, 3), stream => Assert.Equal(JournalOutcome.Ok, Put(a, stream, 1, before)));
        ShardLayout after = Advanced(1, (1, s_b), (2, s_b));
        Assert.Equal(JournalOutcome.Fenced, a.Commit(new GroupMark(1, 1)));

        // The stream that stayed may have its block, as if another node had written it; the others have none of the old owner.
        using SpreadJournal b = Open(s_b);
        foreach (int stream in new[] { 1, 2 })
        {
            Assert.Null(b.Get(_buffers, new BlockKey(Stream(stream), 1, 1)));
            Assert.Equal(JournalOutcome.Fenced, Put(a, stream, 1, before));
            Assert.Equal(JournalOutcome.Ok, Put(b, stream, 1, after));
        }

        Assert.Equal(JournalOutcome.Ok, b.Commit(new GroupMark(2, 1)));
        Assert.Equal(3L, JournalBench.Audit(_databases).Blocks);
    }

    [Fact]
    public void Read_AfterAnAdvanceThatDiedHalfway_CarriesItThroughBeforeItAnswers()
    {
        using SpreadJournal a = Open(s_a);
        ShardLayout before = Advanced(0, (1, s_a), (4, s_a));
        Assert.Equal(JournalOutcome.Ok, Put(a, 1, 1, before));

        // The author of the next version got as far as the first database.
        byte[] stream = new byte[StreamId.Size];
        Stream(1).WriteTo(stream);
        string hex = Convert.ToHexString(stream);
        Assert.True(_server.Ask<bool>($"SELECT leither.advance_layout(1, ARRAY[decode('{hex}', 'hex')], ARRAY['b#1'])", _databases.Main.Database));
        uint there = (uint)EpochIn(1, hex);
        Assert.Equal(before.Owners[Stream(1)].Epoch, there);

        ShardLayout layout = Read();
        Assert.Equal((2UL, s_b), (layout.Version, layout.Owners[Stream(1)].Node));
        Assert.Equal(layout.Owners[Stream(1)].Epoch, (uint)EpochIn(1, hex));
        Assert.Equal(JournalOutcome.Fenced, a.Commit(new GroupMark(1, 1)));
        Assert.Equal(0L, JournalBench.Audit(_databases).Blocks);
    }

    [Fact]
    public void Advance_OneDatabaseAway_IsTakenUpByTheNextReaderWhenItIsBack()
    {
        Advanced(0, (1, s_a), (2, s_a));
        string name = _databases.All[2].Database;
        _server.Execute($"ALTER DATABASE {name} ALLOW_CONNECTIONS false");
        _server.Execute($"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'");
        Assert.Contains(name, Assert.IsType<LayoutUnavailable>(Advance(1, (1, s_b), (2, s_b))).Reason, StringComparison.Ordinal);
        Assert.IsType<LayoutUnavailable>(Advance(2, (1, s_a)));

        _server.Execute($"ALTER DATABASE {name} ALLOW_CONNECTIONS true");
        ShardLayout layout = Read();
        Assert.Equal((3UL, s_a, s_b), (layout.Version, layout.Owners[Stream(1)].Node, layout.Owners[Stream(2)].Node));
        using SpreadJournal b = Open(s_b);
        Assert.Equal(JournalOutcome.Ok, Put(b, 2, 1, layout));
        Assert.Equal(JournalOutcome.Ok, b.Commit(new GroupMark(1, 1)));
    }

    protected override void Until(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(60)));

    private SpreadJournal Open(NodeId node) => SpreadJournal.Open(_databases, _buffers, new PostgresJournalOptions { Writer = node.ToString() });

    private long EpochIn(int database, string stream) =>
        _server.Ask<long>($"SELECT epoch FROM leither.epochs WHERE stream = decode('{stream}', 'hex')", _databases.All[database].Database);

    private JournalOutcome Put(SpreadJournal journal, int stream, ulong beat, ShardLayout layout) =>
        journal.Put(_buffers, new BlockKey(Stream(stream), beat, 1), 1_000, epoch: layout.Owners[Stream(stream)].Epoch, timeSequence: beat);
}
