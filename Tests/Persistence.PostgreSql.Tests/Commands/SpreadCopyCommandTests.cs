using LeitherCluster.Hosting.Commands;
using LeitherCluster.Persistence.Disks;
using LeitherCluster.Persistence.Files;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Persistence.PostgreSql.Journals;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Local;
using LeitherCluster.Tests.Hosting.Support;
using LeitherCluster.Tests.Persistence.PostgreSql.Support;
using LeitherCluster.Tests.Persistence.Support;
using static LeitherCluster.Tests.Persistence.Support.TestBlocks;

namespace LeitherCluster.Tests.Persistence.PostgreSql.Commands;

/// <summary>Copies of a journal of files into several databases, and back.</summary>
[Collection(ServerCollection.Name)]
public sealed class SpreadCopyCommandTests : IDisposable
{
    private const int Beats = 12;
    private const uint Epoch = 2;

    private readonly PostgresServer _server;
    private readonly TemporaryFolder _folder = new();
    private readonly JournalDatabases _databases;
    private readonly string _addresses;

    public SpreadCopyCommandTests(PostgresServer server)
    {
        _server = server;
        _databases = server.NewSpreadJournal(null, "1,3");
        _addresses = $"{server.AddressText(_databases.Main.Database)} {server.AddressText(_databases.All[1].Database)}#branches=1,3";
    }

    private string Source => Path.Combine(_folder.Path, "source");

    private string Back => Path.Combine(_folder.Path, "back");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    public async Task Copy_IntoSeveralDatabasesAndBack_GivesTheSameJournal(int compactTo)
    {
        WriteFiles((ulong)compactTo);
        CommandRun there = (await CopyAsync(Source, _addresses)).Ok();
        CommandRun back = (await CopyAsync(_addresses, Back)).Ok();
        Assert.Equal(there.Json.GetProperty("fingerprint").GetString(), back.Json.GetProperty("fingerprint").GetString());
        Assert.All(_databases.All, database => Assert.True(_server.Ask<long>("SELECT count(*) FROM leither.blocks", database.Database) > 0));

        // In one database groups and their marks count, too.
        CommandRun ofSource = (await CopyAsync(Source, _server.AddressText(_server.NewJournal().Database))).Ok();
        CommandRun ofBack = (await CopyAsync(Back, _server.AddressText(_server.NewJournal().Database))).Ok();
        Assert.Equal(ofSource.Json.GetProperty("fingerprint").GetString(), ofBack.Json.GetProperty("fingerprint").GetString());

        using var buffers = new JournalBufferPool(64 << 20);
        using var journal = SpreadJournal.Open(_databases, buffers);
        Assert.Equal((new GroupMark(Beats, 1), Epoch, (ulong)compactTo), (journal.Opening.LastGroup, journal.Opening.Epoch, journal.Usage.OldestTimeSequence));
        foreach (int stream in new[] { 0, 1 })
        {
            Assert.Equal(JournalOutcome.Fenced, journal.Put(buffers, new BlockKey(Stream(stream), 100, 1), 10, epoch: Epoch - 1));
            Assert.Equal(JournalOutcome.Ok, journal.Put(buffers, new BlockKey(Stream(stream), 100, 1), 10, epoch: Epoch));
        }

        Assert.Equal(JournalOutcome.Ok, journal.Commit(new GroupMark(100, 1)));
    }

    [Fact]
    public async Task Copy_InterruptedInOneDatabase_KeepsNodesOutAndGoesOn()
    {
        WriteFiles(0);
        string table = "CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF new.number > 5 THEN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END IF; RETURN new; END $$; ";
        string second = _databases.All[1].Database;
        _server.Execute(table + "CREATE TRIGGER refuse BEFORE INSERT ON leither.groups FOR EACH ROW EXECUTE FUNCTION public.refuse()", second);
        Assert.Equal(ExitCode.Refused, (await CopyAsync(Source, _addresses)).ExitCode);
        Assert.Equal((6L, 5L), (Groups(_databases.Main.Database), Groups(second)));
        AssertNobodyOpensIt();
        _server.Execute("DROP TRIGGER refuse ON leither.groups", second);
        (await CopyAsync(Source, _addresses)).Ok();
        Assert.Equal((Beats, Beats), (Groups(_databases.Main.Database), Groups(second)));

        // Dead between the last words to the two databases: the first one's comes last, and until then the copy is not finished.
        _server.Execute("UPDATE leither.journal SET is_copying = true", _databases.Main.Database);
        AssertNobodyOpensIt();
        (await CopyAsync(Source, _addresses)).Ok();
        JournalBench.Audit(_databases);
        Assert.Equal(ExitCode.Refused, (await CopyAsync(Source, _addresses)).ExitCode);
    }

    private static Task<CommandRun> CopyAsync(string from, string to) => CommandRun.OfAsync("journal", "copy", "--from", from, "--to", to, "-o", "json");

    private long Groups(string database) => _server.Ask<long>("SELECT count(*) FROM leither.groups", database);

    private void AssertNobodyOpensIt()
    {
        using var buffers = new JournalBufferPool(1 << 20);
        Assert.Throws<DatabaseUnfitException>(() => SpreadJournal.Open(_databases, buffers));
    }

    private void WriteFiles(ulong compactTo)
    {
        string folder = Path.Combine(Source, "journal");
        Directory.CreateDirectory(folder);
        using PosixDisk disk = PosixDisk.Open(folder);
        using var buffers = new JournalBufferPool(64 << 20);
        using FileJournal journal = FileJournal.Open(disk, LocalChance.Instance, buffers, new FileJournalOptions { SegmentBytes = 4_000_000 });
        uint epoch = 0;
        while (epoch < Epoch)
        {
            Assert.Equal(JournalOutcome.Ok, journal.AcquireEpoch(StreamId.WholeJournal, out epoch));
        }

        for (ulong beat = 1; beat <= Beats; beat++)
        {
            // Those of one database behind each other, as they come back.
            foreach (int stream in new[] { 0, 2, 1, 3 })
            {
                Assert.Equal(JournalOutcome.Ok, journal.Put(buffers, new BlockKey(Stream(stream), beat, 1), 700_000 >> stream, epoch, timeSequence: beat));
            }

            Assert.Equal(JournalOutcome.Ok, journal.Commit(new GroupMark(beat, 1)));
            for (int stream = 0; stream < 4 && beat == 8; stream++)
            {
                JournalBuffer body = Buffer(buffers, new byte[40_000]);
                Assert.Equal(JournalOutcome.Ok, journal.SaveSnapshot(new SnapshotKey(Stream(stream), beat, beat), body));
                body.Release();
            }
        }

        if (compactTo > 0)
        {
            Assert.Equal(JournalOutcome.Ok, journal.Compact(compactTo));
        }
    }
}
