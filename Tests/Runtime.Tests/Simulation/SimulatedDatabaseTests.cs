using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Runtime.Kit;

namespace LeitherCluster.Tests.Runtime.Simulation;

public sealed class SimulatedDatabaseTests : IDisposable
{
    private static readonly StreamId S1 = Blocks.Stream(1);
    private static readonly StreamId S2 = Blocks.Stream(2);
    private static readonly NodeId A = new("a", 1);
    private static readonly NodeId B = new("b", 1);

    private readonly SimulatedCluster _cluster = new(1);
    private readonly JournalBufferPool _buffers = new(1 << 20);
    private readonly SimulatedDatabase _database;

    public SimulatedDatabaseTests() => _database = new SimulatedDatabase(_cluster, _cluster.Chance.Fork());

    public void Dispose()
    {
        _cluster.Dispose();
        _buffers.Dispose();
    }

    [Fact]
    public void Commit_OfTwoWriters_BothAreThere()
    {
        Move(new ShardMove(S1, A), new ShardMove(S2, B));
        using IJournalStore a = _database.OpenJournal("a", _buffers);
        using IJournalStore b = _database.OpenJournal("b", _buffers);
        Assert.Equal(JournalOutcome.Ok, Write(a, S1, 1));
        Assert.Equal(JournalOutcome.Ok, Write(b, S2, 1));
        Assert.Equal(JournalOutcome.Ok, b.Commit(new GroupMark(1, 1)));
        Assert.False(Has(a, S1, 1));
        Assert.Equal(JournalOutcome.Ok, a.Commit(new GroupMark(1, 1)));
        Assert.True(Has(b, S1, 1) && Has(a, S2, 1));
    }

    [Fact]
    public void Commit_StreamMovedMeanwhile_RefusesTheWholeGroup()
    {
        Move(new ShardMove(S1, A), new ShardMove(S2, A));
        using IJournalStore a = _database.OpenJournal("a", _buffers);
        Write(a, S1, 1);
        Write(a, S2, 1);
        Move(new ShardMove(S2, B));
        Assert.Equal(JournalOutcome.Fenced, a.Commit(new GroupMark(1, 1)));
        Assert.False(Has(a, S1, 1) || Has(a, S2, 1));
        Assert.Equal(JournalOutcome.Fenced, Write(a, S2, 1));
        Assert.Equal(JournalOutcome.Ok, Write(a, S1, 1));
    }

    [Fact]
    public void Commit_KeyThatAnotherWriterUsed_IsAConflict()
    {
        Move(new ShardMove(S1, A));
        using IJournalStore a = _database.OpenJournal("a", _buffers);
        using IJournalStore b = _database.OpenJournal("b", _buffers);
        Write(a, S1, 1);
        Write(b, S1, 1, value: 2);
        Assert.Equal(JournalOutcome.Ok, b.Commit(new GroupMark(1, 1)));
        Assert.Equal(JournalOutcome.Conflict, a.Commit(new GroupMark(1, 1)));
    }

    [Fact]
    public void Commit_AnswerLost_IsReadBack()
    {
        using IJournalStore a = _database.OpenJournal("a", _buffers);
        _database.AnswersToLose = 1;
        Write(a, S1, 1);
        Assert.Equal(JournalOutcome.Unavailable, a.Commit(new GroupMark(1, 1)));
        Write(a, S1, 2);
        Assert.Equal(JournalOutcome.Ok, a.Commit(new GroupMark(1, 1)));
        Assert.True(Has(a, S1, 1) && Has(a, S1, 2));
        Assert.Equal(2, _database.Groups);
    }

    [Fact]
    public void Journal_OpenedAgainUnderItsName_EndsTheOneBefore()
    {
        using IJournalStore first = _database.OpenJournal("a", _buffers);
        Write(first, S1, 1);
        using IJournalStore second = _database.OpenJournal("a", _buffers);
        Assert.Equal(JournalOutcome.Fenced, first.Commit(new GroupMark(1, 1)));
        Assert.Equal(JournalOutcome.Ok, Write(second, S1, 1));
    }

    [Fact]
    public void Database_Away_ChangesNothingAndReadsNothing()
    {
        using IJournalStore a = _database.OpenJournal("a", _buffers);
        using IJournalStore b = _database.OpenJournal("b", _buffers);
        Write(a, S1, 1);
        _database.CutOff.Add("a");
        Assert.Equal(JournalOutcome.Unavailable, a.Commit(new GroupMark(1, 1)));
        Assert.Throws<IOException>(() => Has(a, S1, 1));
        Assert.False(Has(b, S1, 1));
        _database.CutOff.Clear();
        Assert.Equal(JournalOutcome.Ok, a.Commit(new GroupMark(1, 1)));
        Assert.True(Has(b, S1, 1));
    }

    [Fact]
    public void Layout_AdvancedByTwo_OneWinsAndEpochsRise()
    {
        var answers = new List<object>();
        SimulatedNode node = _cluster.AddNode("a", n => n.System.Spawn(ScriptedActor.Props((_, m) => answers.Add(m)), "probe"));
        node.Boot();
        _cluster.RunFor(TimeSpan.FromMilliseconds(10));
        IActorRef probe = node.System.Find(ActorPath.Parse("leither://a/user/probe"))!;
        ILayoutStore store = _database.OpenLayout(node);
        store.Advance(0, [new ShardMove(S1, A)], probe);
        _cluster.RunFor(TimeSpan.FromMilliseconds(10));
        store.Advance(0, [new ShardMove(S1, B)], probe);
        _cluster.RunFor(TimeSpan.FromMilliseconds(10));
        _database.AnswersToLose = 1;
        store.Advance(1, [new ShardMove(S1, B)], probe);
        _cluster.RunFor(TimeSpan.FromMilliseconds(10));
        store.Read(probe);
        _cluster.RunFor(TimeSpan.FromMilliseconds(10));
        Assert.Equal(
            [typeof(LayoutAdvanced), typeof(LayoutConflict), typeof(LayoutUnavailable), typeof(LayoutRead)], answers.Select(static answer => answer.GetType()));
        ShardLayout newest = Assert.IsType<LayoutRead>(answers[3]).Layout;
        Assert.Equal((2UL, new ShardOwner(B, 2)), (newest.Version, newest.Owners[S1]));
    }

    private void Move(params ShardMove[] moves) => Assert.True(_database.TryAdvance(_database.Layout.Version, moves));

    private JournalOutcome Write(IJournalStore store, StreamId stream, ulong beat, long value = 1)
    {
        JournalBlock block = Blocks.Make(_buffers, stream, beat, value);
        JournalOutcome outcome = store.Write(block);
        block.Body.Release();
        return outcome;
    }

    private bool Has(IJournalStore store, StreamId stream, ulong beat)
    {
        JournalBuffer body = _buffers.Rent(0);
        try
        {
            return store.TryRead(new BlockKey(stream, beat, 1), body);
        }
        finally
        {
            body.Release();
        }
    }
}
