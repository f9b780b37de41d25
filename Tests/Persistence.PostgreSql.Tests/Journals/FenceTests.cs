using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Persistence.PostgreSql.Journals;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Tests.Persistence.PostgreSql.Support;
using LeitherCluster.Tests.Persistence.Support;
using static LeitherCluster.Tests.Persistence.Support.TestBlocks;

namespace LeitherCluster.Tests.Persistence.PostgreSql.Journals;

/// <summary>Several nodes on one journal: who may write what.</summary>
[Collection(ServerCollection.Name)]
public sealed class FenceTests : IDisposable
{
    private readonly PostgresServer _server;
    private readonly DatabaseAddress _database;
    private readonly JournalBench _old;
    private readonly JournalBench _new;

    public FenceTests(PostgresServer server)
    {
        _server = server;
        _database = server.NewJournal();
        _old = new JournalBench(_database, new PostgresJournalOptions { Writer = "old" }).Open();
        _new = new JournalBench(_database, new PostgresJournalOptions { Writer = "new" }).Open();
    }

    public void Dispose()
    {
        _old.Dispose();
        _new.Dispose();
    }

    [Fact]
    public void Commit_EpochTakenByAnotherNode_WritesNothing()
    {
        uint before = Acquire(_old);
        Assert.Equal(JournalOutcome.Ok, _old.Journal.Put(_old.Buffers, new BlockKey(Stream(1), 1, 1), 3_000_000, epoch: before));
        Assert.Equal(JournalOutcome.Ok, _old.Journal.Put(_old.Buffers, new BlockKey(Stream(2), 1, 1), 10));
        uint after = Acquire(_new);
        Assert.True(after > before);
        Assert.Equal(JournalOutcome.Fenced, _old.Journal.Commit(new GroupMark(1, 1)));
        Assert.Equal(0L, JournalBench.Audit(_database).Blocks);
        Assert.Equal(JournalOutcome.Fenced, _old.Journal.Put(_old.Buffers, new BlockKey(Stream(1), 1, 1), 10, epoch: before));

        Assert.Equal(JournalOutcome.Ok, _new.Journal.Put(_new.Buffers, new BlockKey(Stream(1), 1, 1), 20, epoch: after));
        Assert.Equal(JournalOutcome.Ok, _new.Journal.Commit(new GroupMark(1, 1)));
        _old.Journal.AssertHolds(_old.Buffers, new BlockKey(Stream(1), 1, 1), 20);
    }

    [Fact]
    public void AcquireEpoch_WhileACommitHoldsTheRow_WaitsForIt()
    {
        uint epoch = Acquire(_old);
        using Npgsql.NpgsqlConnection holder = _server.Connect(_database.Database);
        using Npgsql.NpgsqlTransaction held = holder.BeginTransaction();
        new Npgsql.NpgsqlCommand("SELECT 1 FROM leither.epochs FOR SHARE", holder).ExecuteNonQuery();
        uint next = 0;
        var acquire = new Thread(() => next = Acquire(_new));
        acquire.Start();
        Assert.True(SpinWait.SpinUntil(
            () => _server.Ask<long>($"SELECT count(*) FROM pg_stat_activity WHERE datname = '{_database.Database}' AND wait_event_type = 'Lock'") == 1,
            TimeSpan.FromSeconds(30)));

        // It holds no lock that a commit would wait for: another one still goes through.
        Assert.Equal(JournalOutcome.Ok, _old.Journal.Put(_old.Buffers, new BlockKey(Stream(2), 1, 1), 10));
        Assert.Equal(JournalOutcome.Ok, _old.Journal.Commit(new GroupMark(1, 1)));
        held.Rollback();
        acquire.Join();
        Assert.True(next > epoch);
    }

    [Fact]
    public void Commit_SameWriterInTwoProcesses_FencesTheOneThatIsBehind()
    {
        using JournalBench twin = new JournalBench(_database, new PostgresJournalOptions { Writer = "old" }).Open();
        _old.Write(1, 10);
        Assert.Equal(JournalOutcome.Ok, _old.Journal.Commit(new GroupMark(1, 1)));
        twin.Write(2, 10);
        Assert.Equal(JournalOutcome.Fenced, twin.Journal.Commit(new GroupMark(2, 1)));
        Assert.Equal(1L, JournalBench.Audit(_database).Groups);
    }

    [Fact]
    public void Commit_TwoNodesAtOnce_KeepChainsOfTheirOwn()
    {
        const int Beats = 25;
        void Run(JournalBench bench, int stream)
        {
            for (ulong beat = 1; beat <= Beats; beat++)
            {
                Assert.Equal(JournalOutcome.Ok, bench.Journal.Put(bench.Buffers, new BlockKey(Stream(stream), beat, 1), 5_000));
                Assert.Equal(JournalOutcome.Ok, bench.Journal.Commit(new GroupMark(beat, 1)));
            }
        }

        var beside = new Thread(() => Run(_new, 2));
        beside.Start();
        Run(_old, 1);
        beside.Join();
        WalkReport found = JournalBench.Audit(_database);
        Assert.Equal(2 * Beats, found.Groups);
        Assert.Equal(["new", "old"], found.Writers.Keys.Order(StringComparer.Ordinal));
        _old.Journal.AssertHolds(_old.Buffers, new BlockKey(Stream(2), Beats, 1), 5_000);
        using JournalBench third = new JournalBench(_database, new PostgresJournalOptions { Writer = "third" }).Open();
        Assert.Equal(new GroupMark(Beats, 1), third.Journal.Opening.LastGroup);
    }

    [Fact]
    public void Write_KeyThatAnotherNodeCommittedSince_IsAConflictThatWritesNothing()
    {
        _old.Write(1, 10);
        Assert.Equal(JournalOutcome.Ok, _old.Journal.Commit(new GroupMark(1, 1)));
        Assert.Equal(JournalOutcome.Ok, _new.Journal.Put(_new.Buffers, new BlockKey(Stream(0), 2, 1), 30));
        Assert.Equal(JournalOutcome.Ok, _old.Journal.Put(_old.Buffers, new BlockKey(Stream(0), 2, 1), 40));
        Assert.Equal(JournalOutcome.Ok, _new.Journal.Commit(new GroupMark(2, 1)));
        Assert.Equal(JournalOutcome.Conflict, _old.Journal.Commit(new GroupMark(2, 1)));
        Assert.Equal(2L, JournalBench.Audit(_database).Blocks);
        _old.Journal.AssertHolds(_old.Buffers, new BlockKey(Stream(0), 2, 1), 30);
    }

    private static uint Acquire(JournalBench bench)
    {
        Assert.Equal(JournalOutcome.Ok, bench.Journal.AcquireEpoch(Stream(1), out uint epoch));
        return epoch;
    }
}
