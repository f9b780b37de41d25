using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Persistence.PostgreSql.Journals;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Tests.Persistence.PostgreSql.Support;
using Npgsql;

namespace LeitherCluster.Tests.Persistence.PostgreSql.Databases;

[Collection(ServerCollection.Name)]
public sealed class MigratorTests(PostgresServer server)
{
    [Fact]
    public void Migrate_Empty_AppliesAllAndAgainNothing()
    {
        DatabaseAddress address = server.Address(server.NewDatabase());
        Assert.Equal(0, Migrator.Look(address).SchemaVersion);
        Assert.Equal(Migration.All, Migrator.Migrate(address));
        Assert.Empty(Migrator.Migrate(address));
        DatabaseStatus status = Migrator.Look(address);
        Assert.Equal(Migration.All.Count, status.SchemaVersion);
        Assert.NotNull(status.JournalId);
    }

    [Fact]
    public void Migrate_TwoAtOnce_ApplyEachStepOnce()
    {
        DatabaseAddress address = server.Address(server.NewDatabase());
        int applied = 0;
        Thread[] threads = [.. Enumerable.Range(0, 2).Select(_ => new Thread(() => Interlocked.Add(ref applied, Migrator.Migrate(address).Count)))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(Migration.All.Count, applied);
    }

    [Fact]
    public void Migrate_Interrupted_GoesOnFromTheLastWholeStep()
    {
        DatabaseAddress address = server.Address(server.NewDatabase());
        server.Execute("CREATE SCHEMA leither; CREATE TABLE leither.pieces (obstacle int)", address.Database);
        Assert.Throws<DatabaseUnfitException>(() => Migrator.Migrate(address));
        Assert.Equal(0, Migrator.Look(address).SchemaVersion);
        server.Execute("DROP TABLE leither.pieces", address.Database);
        Assert.Equal(Migration.All.Count, Migrator.Migrate(address).Count);
    }

    [Fact]
    public void Migrate_NewerSchema_IsRefusedClearly()
    {
        DatabaseAddress address = server.NewJournal();
        server.Execute($"INSERT INTO leither.migrations (version, name, digest) VALUES ({Migration.All.Count + 1}, 'later', '')", address.Database);
        DatabaseUnfitException refusal = Assert.Throws<DatabaseUnfitException>(() => Migrator.Migrate(address));
        Assert.Contains("newer than this program", refusal.Message, StringComparison.Ordinal);
        using var buffers = new JournalBufferPool(1 << 20);
        Assert.Throws<DatabaseUnfitException>(() => PostgresJournal.Open(address, buffers));
    }

    [Fact]
    public void Open_OlderSchemaOrNone_SaysWhatToDo()
    {
        DatabaseAddress address = server.NewJournal();
        using var buffers = new JournalBufferPool(1 << 20);
        server.Execute($"DELETE FROM leither.migrations WHERE version = {Migration.All.Count}", address.Database);
        Assert.Contains("leither db migrate", Assert.Throws<DatabaseUnfitException>(() => PostgresJournal.Open(address, buffers)).Message, StringComparison.Ordinal);
        DatabaseAddress none = server.Address(server.NewDatabase());
        Assert.Contains("leither db init", Assert.Throws<DatabaseUnfitException>(() => PostgresJournal.Open(none, buffers)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Migrate_SchemaOfAnotherMaking_IsRefused()
    {
        DatabaseAddress address = server.NewJournal();
        server.Execute("UPDATE leither.migrations SET digest = sha256('x') WHERE version = 1", address.Database);
        Assert.Contains("migration 1 differs", Assert.Throws<DatabaseUnfitException>(() => Migrator.Migrate(address)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NodeRole_Journals_AndMayNothingElse()
    {
        DatabaseAddress owner = server.NewJournal();
        string login = $"node_{owner.Database}";
        Migrator.CreateLogin(owner, login, "se'same");
        DatabaseAddress address = server.Address(owner.Database, login);
        using (JournalBench bench = new JournalBench(address).Open())
        {
            Assert.Equal(JournalOutcome.Ok, bench.Journal.AcquireEpoch(StreamId.WholeJournal, out uint epoch));
            JournalBuffer body = bench.Buffers.Rent(5000);
            body.Length = 5000;
            var key = new BlockKey(Tests.Persistence.Support.TestBlocks.Stream(1), 1, 1);
            Assert.Equal(JournalOutcome.Ok, bench.Journal.Write(new JournalBlock { Key = key, Epoch = epoch, Body = body }));
            Assert.Equal(JournalOutcome.Ok, bench.Journal.Commit(new GroupMark(1, 1)));
            Assert.Equal(JournalOutcome.Ok, bench.Journal.SaveSnapshot(new SnapshotKey(key.Stream, 1, 1), body));
            body.Release();
            Assert.Equal(JournalOutcome.Ok, bench.Journal.Compact(1));
        }

        string[] forbidden =
        [
            "UPDATE leither.blocks SET beat = beat", "UPDATE leither.pieces SET body = body", "UPDATE leither.epochs SET epoch = 0", "UPDATE leither.writers SET number = 0",
            "UPDATE leither.snapshots SET beat = beat", "DELETE FROM leither.blocks", "DELETE FROM leither.pieces", "DELETE FROM leither.groups", "DELETE FROM leither.snapshots",
            "TRUNCATE leither.pieces", "DROP TABLE leither.blocks", "DROP SCHEMA leither CASCADE", "ALTER TABLE leither.blocks DROP COLUMN beat",
            "INSERT INTO leither.epochs (stream, epoch, owner) VALUES (decode(repeat('11', 32), 'hex'), 1, '')", "INSERT INTO leither.writers (writer) VALUES ('x')",
            "SELECT leither.begin_copy(gen_random_uuid(), 'x', 0)", "SELECT leither.end_copy('{}', '{}')", "CREATE TABLE leither.mine (x int)",
            "UPDATE leither.migrations SET version = version",
        ];
        foreach (string statement in forbidden)
        {
            PostgresException refusal = Assert.Throws<PostgresException>(() => server.Execute(statement, owner.Database, login));
            Assert.True(refusal.SqlState == PostgresErrorCodes.InsufficientPrivilege, $"{statement}: {refusal.MessageText}");
        }
    }
}
