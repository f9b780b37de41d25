using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Persistence.PostgreSql.Journals;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Tests.Persistence.PostgreSql.Support;
using LeitherCluster.Tests.Persistence.Support;
using static LeitherCluster.Tests.Persistence.Support.TestBlocks;

namespace LeitherCluster.Tests.Persistence.PostgreSql.Journals;

/// <summary>The server ends as in a crash, in the middle of the work, and is started again. It has a server of its own.</summary>
public sealed class CrashedServerTests : IClassFixture<PostgresServer>
{
    private readonly PostgresServer _server;

    public CrashedServerTests(PostgresServer server) => _server = server;

    [Fact]
    public void Write_ServerCrashesUnderLoad_KeepsWhatWasCommittedAndGoesOn()
    {
        const int Crashes = 3;
        DatabaseAddress database = _server.NewJournal();
        using var bench = new JournalBench(database, new PostgresJournalOptions { StagingBytes = 256 << 10, ChunkBytes = 16 << 10 }).Open();
        int crashes = 0;
        ulong committed = 0;
        var crasher = new Thread(() =>
        {
            for (ulong from = 0; crashes < Crashes; Interlocked.Increment(ref crashes))
            {
                ulong goal = from + 10;
                SpinWait.SpinUntil(() => Volatile.Read(ref committed) >= goal);
                _server.StopAtOnce();
                from = Volatile.Read(ref committed);
                _server.Start();
            }
        });
        crasher.Start();
        while (Volatile.Read(ref crashes) < Crashes)
        {
            ulong beat = committed + 1;
            while (bench.Journal.Put(bench.Buffers, new BlockKey(Stream(1), beat, 1), 20_000) is not (JournalOutcome.Ok or JournalOutcome.Duplicate))
            {
            }

            // Made durable ahead of the group now and then, staged and lost with the server otherwise.
            while (bench.Journal.Put(bench.Buffers, new BlockKey(Stream(2), beat, 1), beat % 3 == 0 ? 400_000 : 50) is not (JournalOutcome.Ok or JournalOutcome.Duplicate))
            {
            }

            Assert.Equal(JournalOutcome.Ok, bench.CommitWhileUnavailable(beat));
            Volatile.Write(ref committed, beat);
        }

        crasher.Join();
        WalkReport found = JournalBench.Audit(database);
        Assert.Equal((long)committed, found.Groups);
        Assert.Equal(2 * (long)committed, found.Blocks);
    }

    [Fact]
    public void Commit_ServerAway_IsUnavailableAndGoesOnWhenItIsBack()
    {
        DatabaseAddress database = _server.NewJournal();
        using JournalBench bench = new JournalBench(database).Open();
        bench.Write(1, 10);
        _server.StopAtOnce();
        Assert.Equal(JournalOutcome.Unavailable, bench.Journal.Commit(new GroupMark(1, 1)));
        Assert.Equal(JournalOutcome.Unavailable, bench.Journal.Put(bench.Buffers, new BlockKey(Stream(9), 1, 1), 10));
        Assert.Equal(JournalOutcome.Unavailable, bench.Journal.AcquireEpoch(Stream(9), out _));
        Assert.Throws<DatabaseUnavailableException>(() => bench.Journal.Get(bench.Buffers, new BlockKey(Stream(1), 1, 1)));
        Assert.Throws<DatabaseUnavailableException>(() => new JournalBench(database).Open());
        _server.Start();
        Assert.Equal(JournalOutcome.Ok, bench.Journal.Put(bench.Buffers, new BlockKey(Stream(9), 1, 1), 10));
        Assert.Equal(JournalOutcome.Ok, bench.Journal.Commit(new GroupMark(1, 1)));
        Assert.Equal(2L, JournalBench.Audit(database).Blocks);
    }
}
