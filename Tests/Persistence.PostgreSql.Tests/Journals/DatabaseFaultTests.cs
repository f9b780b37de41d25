using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Tests.Persistence.PostgreSql.Support;
using LeitherCluster.Tests.Persistence.Support;
using static LeitherCluster.Tests.Persistence.Support.TestBlocks;

namespace LeitherCluster.Tests.Persistence.PostgreSql.Journals;

/// <summary>Each thing that can go wrong in the database has its outcome.</summary>
[Collection(ServerCollection.Name)]
public sealed class DatabaseFaultTests : IDisposable
{
    private readonly PostgresServer _server;
    private readonly DatabaseAddress _database;
    private readonly JournalBench _bench;

    public DatabaseFaultTests(PostgresServer server)
    {
        _server = server;
        _database = server.NewJournal();
        _bench = new JournalBench(_database).Open();
        _bench.Write(1, 10);
        Assert.Equal(JournalOutcome.Ok, _bench.Journal.Commit(new GroupMark(1, 1)));
    }

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("pieces")]
    [InlineData("groups")]
    public void Commit_ServersDiskFull_IsFullAndLosesNothing(string table)
    {
        Break(table, "53100");
        Assert.Equal(JournalOutcome.Ok, _bench.Write(2, 10, 3_000_000));
        Assert.Equal(JournalOutcome.Full, _bench.Journal.Commit(new GroupMark(2, 1)));
        Assert.Equal(JournalOutcome.Full, _bench.Journal.Commit(new GroupMark(2, 1)));
        Assert.Equal(1L, JournalBench.Audit(_database).Groups);

        Repair(table);
        Assert.Equal(JournalOutcome.Ok, _bench.Journal.Commit(new GroupMark(2, 1)));
        _bench.Journal.AssertHolds(_bench.Buffers, new BlockKey(Stream(1), 2, 1), 3_000_000);
    }

    [Theory]
    [InlineData("53300")]
    [InlineData("40001")]
    [InlineData("25006")]
    public void Commit_ServerCannotNow_IsUnavailableAndLosesNothing(string state)
    {
        Break("groups", state);
        _bench.Write(2, 10);
        Assert.Equal(JournalOutcome.Unavailable, _bench.Journal.Commit(new GroupMark(2, 1)));
        Repair("groups");
        Assert.Equal(JournalOutcome.Ok, _bench.Journal.Commit(new GroupMark(2, 1)));
        Assert.Equal(2L, JournalBench.Audit(_database).Groups);
    }

    [Fact]
    public void Commit_ServerSaysItIsDamaged_StopsTheJournal()
    {
        Break("groups", "XX001");
        _bench.Write(2, 10);
        Assert.Throws<JournalCorruptException>(() => _bench.Journal.Commit(new GroupMark(2, 1)));
        Repair("groups");
        Assert.Throws<JournalFailedException>(() => _bench.Journal.Commit(new GroupMark(2, 1)));
    }

    [Fact]
    public void SaveSnapshot_ServersDiskFull_IsFullAndTheNextOneIsSaved()
    {
        JournalBuffer body = Buffer(_bench.Buffers, new byte[10_000]);
        Break("pieces", "53100");
        Assert.Equal(JournalOutcome.Full, _bench.Journal.SaveSnapshot(new SnapshotKey(Stream(0), 1, 1), body));
        Repair("pieces");
        Assert.Equal(JournalOutcome.Ok, _bench.Journal.SaveSnapshot(new SnapshotKey(Stream(0), 1, 1), body));
        body.Release();
        Assert.Equal(1, JournalBench.Audit(_database).Snapshots);
    }

    [Fact]
    public void Read_PieceChanged_IsCorruptAndNamed()
    {
        Sql("UPDATE leither.pieces SET body = set_byte(body, 3, (get_byte(body, 3) + 1) % 256)");
        Assert.Throws<JournalCorruptException>(() => _bench.Journal.Get(_bench.Buffers, new BlockKey(Stream(0), 1, 1)));
        Assert.Contains("leither.pieces", Assert.Throws<JournalCorruptException>(() => JournalBench.Audit(_database)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UPDATE leither.groups SET beat = beat + 1")]
    [InlineData("UPDATE leither.groups SET previous = sha256('x') WHERE number = 2")]
    [InlineData("DELETE FROM leither.groups WHERE number = 2")]
    [InlineData("DELETE FROM leither.groups WHERE number = 3")]
    [InlineData("DELETE FROM leither.blocks WHERE number = 2")]
    [InlineData("UPDATE leither.blocks SET epoch = epoch + 1 WHERE number = 2")]
    [InlineData("UPDATE leither.writers SET chain = sha256('x')")]
    [InlineData("DELETE FROM leither.pieces WHERE upload = (SELECT min(upload) FROM leither.pieces)")]
    public void Walk_AnythingChanged_IsCorrupt(string change)
    {
        for (ulong beat = 2; beat <= 3; beat++)
        {
            _bench.Write(beat, 10);
            _bench.Journal.Commit(new GroupMark(beat, 1));
        }

        JournalBench.Audit(_database);
        Sql(change);
        Assert.Throws<JournalCorruptException>(() => JournalBench.Audit(_database));
    }

    [Fact]
    public void Commit_DatabaseRewound_StopsWithEvidence()
    {
        Sql("UPDATE leither.writers SET number = 0, chain = decode(repeat('00', 32), 'hex'); DELETE FROM leither.blocks; DELETE FROM leither.groups");
        _bench.Write(2, 10);
        JournalCorruptException failure = Assert.Throws<JournalCorruptException>(() => _bench.Journal.Commit(new GroupMark(2, 1)));
        Assert.Contains("rewound", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Commit_AnotherJournalAtTheAddress_StopsWithEvidence()
    {
        Sql("UPDATE leither.journal SET journal_id = gen_random_uuid()");
        Sql($"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{_database.Database}' AND application_name LIKE 'leither%'");
        _bench.Write(2, 10);
        Assert.Throws<JournalCorruptException>(() => _bench.CommitWhileUnavailable(2));
    }

    [Fact]
    public void Compact_UploadThatNothingNames_IsSweptOnlyWhenItIsOld()
    {
        Break("groups", "53100");
        _bench.Write(2, 10_000);
        Assert.Equal(JournalOutcome.Full, _bench.Journal.Commit(new GroupMark(2, 1)));
        Assert.Equal(JournalOutcome.Ok, _bench.Journal.Compact(0));
        Assert.Equal(2L, _server.Ask<long>("SELECT count(*) FROM leither.uploads", _database.Database));
        Sql("UPDATE leither.uploads SET made_at = made_at - interval '2 days'");
        Assert.Equal(JournalOutcome.Ok, _bench.Journal.Compact(0));
        Assert.Equal(1L, _server.Ask<long>("SELECT count(*) FROM leither.uploads", _database.Database));
        Assert.Equal(1L, _server.Ask<long>("SELECT count(*) FROM leither.pieces", _database.Database));

        // What was swept too early for a node that slept that long is copied again.
        Repair("groups");
        Assert.Equal(JournalOutcome.Ok, _bench.Journal.Commit(new GroupMark(2, 1)));
        _bench.Journal.AssertHolds(_bench.Buffers, new BlockKey(Stream(0), 2, 1), 10_000);
    }

    private void Sql(string sql) => _server.Execute(sql, _database.Database);

    private void Break(string table, string state) => Sql(
        $"CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'as a test wants it' USING ERRCODE = '{state}'; END $$; "
        + $"CREATE TRIGGER refuse BEFORE INSERT ON leither.{table} EXECUTE FUNCTION public.refuse()");

    private void Repair(string table) => Sql($"DROP TRIGGER refuse ON leither.{table}; DROP FUNCTION public.refuse()");
}
