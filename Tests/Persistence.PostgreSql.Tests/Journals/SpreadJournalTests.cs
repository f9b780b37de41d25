using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Persistence.PostgreSql.Journals;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Tests.Persistence.PostgreSql.Support;
using LeitherCluster.Tests.Persistence.Support;
using static LeitherCluster.Tests.Persistence.Support.TestBlocks;

namespace LeitherCluster.Tests.Persistence.PostgreSql.Journals;

/// <summary>A journal over two databases, one of which is away at a time, or is not what the configuration says.</summary>
[Collection(ServerCollection.Name)]
public sealed class SpreadJournalTests : IDisposable
{
    private readonly PostgresServer _server;
    private readonly JournalDatabases _databases;
    private readonly JournalBufferPool _buffers = new(256L << 20);

    public SpreadJournalTests(PostgresServer server)
    {
        _server = server;
        _databases = server.NewSpreadJournal(null, null);
    }

    private string Second => _databases.All[1].Database;

    public void Dispose()
    {
        Assert.Equal(0, _buffers.BytesRented);
        _buffers.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Commit_NodeDiesBetweenTheCommitsOfTwoDatabases_TheSuccessorFindsOnePartAndWritesTheOther(int away)
    {
        using (SpreadJournal journal = Open())
        {
            Put(journal, 1, 0, 1);
            Commit(journal, 1);
            Put(journal, 2, 0, 1);
            TakeAway(away);
            Assert.Equal(JournalOutcome.Unavailable, journal.Commit(new GroupMark(2, 1)));
        }

        BringBack(away);
        using SpreadJournal successor = Open();
        Assert.Equal(new GroupMark(2, 1), successor.Opening.LastGroup);
        Assert.Equal((away == 0, away == 1), (Holds(successor, 1, 2), Holds(successor, 0, 2)));
        Assert.Equal([JournalOutcome.Ok, JournalOutcome.Duplicate], Put(successor, 2, away, 1 - away));
        Commit(successor, 3);
        Assert.True(Holds(successor, 0, 2) && Holds(successor, 1, 2));

        WalkReport found = JournalBench.Audit(_databases);
        Assert.Equal((4L, 4L, 1), (found.Blocks, found.Groups, found.Writers.Count));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Commit_OneDatabaseAwayAndBack_LosesNothingAndWritesNothingTwice(int away)
    {
        using SpreadJournal journal = Open();
        Put(journal, 1, 0, 1);
        TakeAway(away);
        Assert.Equal(JournalOutcome.Unavailable, journal.Commit(new GroupMark(1, 1)));
        Assert.Contains(_databases.All[away].Database, journal.Hindrance, StringComparison.Ordinal);
        Assert.Equal(JournalOutcome.Unavailable, journal.Commit(new GroupMark(1, 1)));

        // More comes while it is away: the database that is there takes it, and has a group more.
        Put(journal, 2, 1 - away);
        Assert.Equal(JournalOutcome.Unavailable, journal.Commit(new GroupMark(2, 1)));
        BringBack(away);
        Commit(journal, 2);
        Put(journal, 3, 0, 1);
        Commit(journal, 3);
        journal.AssertHolds(_buffers, new BlockKey(Stream(away), 1, 1), Length);
        journal.AssertHolds(_buffers, new BlockKey(Stream(1 - away), 2, 1), Length);

        WalkReport found = JournalBench.Audit(_databases);
        Assert.Equal((5L, 5L), (found.Blocks, found.Groups));
    }

    [Fact]
    public void AcquireEpoch_OneDatabaseAway_IsNotGivenOutBeforeItIsBack()
    {
        using SpreadJournal old = Open("old");
        Assert.Equal(JournalOutcome.Ok, old.AcquireEpoch(StreamId.WholeJournal, out uint before));
        Assert.Equal([JournalOutcome.Ok, JournalOutcome.Ok], Put(old, 1, before, 0, 1));

        using SpreadJournal next = Open("next");
        TakeAway(1);
        Assert.Equal(JournalOutcome.Unavailable, next.AcquireEpoch(StreamId.WholeJournal, out _));
        BringBack(1);
        Assert.Equal(JournalOutcome.Ok, next.AcquireEpoch(StreamId.WholeJournal, out uint after));
        Assert.True(after > before);
        Assert.All(_databases.All, database => Assert.Equal(
            (long)after, _server.Ask<long>("SELECT epoch FROM leither.epochs WHERE stream = decode(repeat('00', 32), 'hex')", database.Database)));

        Assert.Equal(JournalOutcome.Fenced, old.Commit(new GroupMark(1, 1)));
        Assert.Equal(0L, JournalBench.Audit(_databases).Blocks);
        Assert.Equal([JournalOutcome.Ok, JournalOutcome.Ok], Put(next, 1, after, 0, 1));
        Commit(next, 1);
    }

    [Fact]
    public async Task AcquireEpoch_TwoNodesAtOnce_NeverGetTheSame()
    {
        using SpreadJournal a = Open("a");
        using SpreadJournal b = Open("b");
        uint[][] epochs = await Task.WhenAll(new[] { a, b }.Select(journal => Task.Run(() => Enumerable.Range(0, 40).Select(_ =>
        {
            uint epoch;
            while (journal.AcquireEpoch(StreamId.WholeJournal, out epoch) != JournalOutcome.Ok)
            {
                // Another came between too often.
            }

            return epoch;
        }).ToArray())));
        uint[] all = [.. epochs.SelectMany(static of => of)];
        Assert.Equal(80, all.Distinct().Count());
        Assert.All(epochs, static of => Assert.Equal(of.Order(), of));
    }

    [Fact]
    public void Open_WithAnotherMap_IsRefusedByName()
    {
        string first = _server.AddressText(_databases.Main.Database);
        string second = _server.AddressText(Second);
        const string ByTurns = "2 databases, branches by turns";
        AssertRefused($"{first} {second}#branches=0-3", ByTurns, "2 databases, branches 0-3 in 2");
        AssertRefused($"{second} {first}", ByTurns, "database 2 of");
        AssertRefused($"{first} {second} {_server.AddressText(_server.NewJournal().Database)}", ByTurns, "3 databases");
        AssertRefused($"{first} {_server.AddressText(_server.NewJournal().Database)}", "a journal by itself", "leither db init");
        string other = _server.NewSpreadJournal(null, null).All[1].Database;
        _server.Execute("UPDATE leither.journal SET journal_id = gen_random_uuid()", other);
        AssertRefused($"{first} {_server.AddressText(other)}", "of one journal", _databases.Main.ToString());
        Assert.Contains(ByTurns, Assert.Throws<DatabaseUnfitException>(() => PostgresJournal.Open(DatabaseAddress.Parse(first), _buffers)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Spread_DatabasesThatHoldSomething_AreRefused()
    {
        Migrator.Spread(_databases);
        string first = _server.AddressText(_databases.Main.Database);
        Assert.Throws<DatabaseUnfitException>(() => Migrator.Spread(PostgresServer.Databases(first, _server.AddressText(_server.NewJournal().Database), _server.AddressText(Second))));
        DatabaseAddress used = _server.NewJournal();
        using (var bench = new JournalBench(used).Open())
        {
            bench.Write(1, 10);
            bench.Journal.Commit(new GroupMark(1, 1));
        }

        Assert.Contains(
            used.ToString(),
            Assert.Throws<DatabaseUnfitException>(() => Migrator.Spread(PostgresServer.Databases(_server.AddressText(_server.NewJournal().Database), _server.AddressText(used.Database)))).Message,
            StringComparison.Ordinal);
    }

    private const int Length = 3_000;

    private SpreadJournal Open(string writer = "node") => SpreadJournal.Open(_databases, _buffers, new PostgresJournalOptions { Writer = writer });

    private JournalOutcome[] Put(SpreadJournal journal, ulong beat, params int[] streams) => Put(journal, beat, 0, streams);

    private JournalOutcome[] Put(SpreadJournal journal, ulong beat, uint epoch, params int[] streams) =>
        [.. streams.Select(stream => journal.Put(_buffers, new BlockKey(Stream(stream), beat, 1), Length, epoch, timeSequence: beat))];

    private static void Commit(SpreadJournal journal, ulong beat) => Assert.Equal(JournalOutcome.Ok, journal.Commit(new GroupMark(beat, 1)));

    private bool Holds(SpreadJournal journal, int stream, ulong beat) => journal.Get(_buffers, new BlockKey(Stream(stream), beat, 1)) is not null;

    private void TakeAway(int database)
    {
        string name = _databases.All[database].Database;
        _server.Execute($"ALTER DATABASE {name} ALLOW_CONNECTIONS false");
        _server.Execute($"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'");
    }

    private void BringBack(int database) => _server.Execute($"ALTER DATABASE {_databases.All[database].Database} ALLOW_CONNECTIONS true");

    private void AssertRefused(string addresses, params string[] words)
    {
        string message = Assert.Throws<DatabaseUnfitException>(() => SpreadJournal.Open(JournalDatabases.Parse(addresses), _buffers)).Message;
        Assert.All(words, word => Assert.Contains(word, message, StringComparison.Ordinal));
    }
}
