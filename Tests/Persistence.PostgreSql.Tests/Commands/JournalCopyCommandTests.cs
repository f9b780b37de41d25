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

[Collection(ServerCollection.Name)]
public sealed class JournalCopyCommandTests : IDisposable
{
    private const int Beats = 12;

    private readonly PostgresServer _server;
    private readonly TemporaryFolder _folder = new();
    private readonly DatabaseAddress _database;
    private readonly string _address;

    public JournalCopyCommandTests(PostgresServer server)
    {
        _server = server;
        _database = server.NewJournal();
        _address = server.AddressText(_database.Database);
        WriteFiles(0);
    }

    private string Source => Path.Combine(_folder.Path, "source");

    private string Back => Path.Combine(_folder.Path, "back");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Copy_ThereAndBack_GivesTheSameLogToTheByte()
    {
        CommandRun there = (await RunAsync("--from", Source, "--to", _address)).Ok();
        CommandRun back = (await RunAsync("--from", _address, "--to", Back)).Ok();
        Assert.Equal(there.Json.GetProperty("fingerprint").GetString(), back.Json.GetProperty("fingerprint").GetString());
        Assert.Equal(Beats, there.Json.GetProperty("groups").GetInt32());

        // Of a snapshot's file the header says after which group it was written: that is the copy's own.
        foreach ((string pattern, int from) in new[] { ("control", 0), ("segment-*", 0), ("snapshot-*", 4096) })
        {
            string name = Path.GetFileName(Assert.Single(Directory.GetFiles(Path.Combine(Source, "journal"), pattern)));
            byte[] original = Trimmed(Path.Combine(Source, "journal", name));
            byte[] copy = Trimmed(Path.Combine(Back, "journal", name));
            Assert.True(original.AsSpan(from).SequenceEqual(copy.AsSpan(from)), name);
        }
    }

    [Fact]
    public async Task Copy_JournalInDatabase_IsOneThatANodeGoesOnWith()
    {
        (await RunAsync("--from", Source, "--to", _address)).Ok();
        using JournalBench bench = new JournalBench(_database).Open();
        Assert.Equal(new GroupMark(Beats, 1), bench.Journal.Opening.LastGroup);
        Assert.Equal(2U, bench.Journal.Opening.Epoch);
        Assert.Equal(JournalOutcome.Fenced, bench.Journal.Put(bench.Buffers, new BlockKey(Stream(1), 100, 1), 10, epoch: 1));
        Assert.Equal(JournalOutcome.Ok, bench.Journal.Put(bench.Buffers, new BlockKey(Stream(1), 100, 1), 10, epoch: 2));
        Assert.Equal(JournalOutcome.Ok, bench.Journal.Commit(new GroupMark(100, 1)));
        bench.Journal.AssertHolds(bench.Buffers, new BlockKey(Stream(1), 3, 1), 300_000);
        Assert.Single(bench.Journal.ListSnapshots(Stream(1)));
    }

    [Fact]
    public async Task Copy_DestinationHasAJournal_IsRefused()
    {
        using (JournalBench bench = new JournalBench(_database).Open())
        {
            bench.Write(1, 10);
            Assert.Equal(JournalOutcome.Ok, bench.Journal.Commit(new GroupMark(1, 1)));
        }

        CommandRun toDatabase = await RunAsync("--from", Source, "--to", _address);
        Assert.Equal(ExitCode.Refused, toDatabase.ExitCode);
        CommandRun toFiles = await RunAsync("--from", _address, "--to", Source);
        Assert.Equal(ExitCode.Refused, toFiles.ExitCode);
        Assert.Contains("is there already", toFiles.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copy_InterruptedIntoDatabase_KeepsNodesOutAndGoesOn()
    {
        string table = "CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF new.number > 5 THEN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END IF; RETURN new; END $$; ";
        _server.Execute(table + "CREATE TRIGGER refuse BEFORE INSERT ON leither.groups FOR EACH ROW EXECUTE FUNCTION public.refuse()", _database.Database);
        CommandRun stopped = await RunAsync("--from", Source, "--to", _address);
        Assert.Equal(ExitCode.Refused, stopped.ExitCode);
        Assert.Equal(5L, _server.Ask<long>("SELECT count(*) FROM leither.groups", _database.Database));
        using (var buffers = new JournalBufferPool(1 << 20))
        {
            Assert.Throws<DatabaseUnfitException>(() => PostgresJournal.Open(_database, buffers));
        }

        _server.Execute("DROP TRIGGER refuse ON leither.groups", _database.Database);
        (await RunAsync("--from", Source, "--to", _address)).Ok();
        Assert.Equal(Beats, JournalBench.Audit(_database).Groups);
    }

    [Fact]
    public async Task Copy_CompactedJournal_KeepsItsNumbersAndItsOldestState()
    {
        string compacted = Path.Combine(_folder.Path, "compacted");
        WriteFiles(compactTo: 8, compacted);
        (await RunAsync("--from", compacted, "--to", _address)).Ok();
        CommandRun back = (await RunAsync("--from", _address, "--to", Back)).Ok();
        Assert.True(back.Json.GetProperty("groups").GetInt32() < Beats);
        using PosixDisk disk = PosixDisk.Open(Path.Combine(Back, "journal"));
        using var buffers = new JournalBufferPool(64 << 20);
        using FileJournal journal = FileJournal.Open(disk, LocalChance.Instance, buffers);
        Assert.Equal(8UL, journal.Usage.OldestTimeSequence);
        Assert.Equal(new GroupMark(Beats, 1), journal.Opening.LastGroup);
        using JournalBench bench = new JournalBench(_database).Open();
        Assert.Equal(8UL, bench.Journal.Usage.OldestTimeSequence);
    }

    [Fact]
    public async Task Copy_SourceDamaged_IsRefusedAndNotOpened()
    {
        string segment = Directory.GetFiles(Path.Combine(Source, "journal"), "segment-*").Single();
        byte[] bytes = await File.ReadAllBytesAsync(segment);
        bytes[20_000] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes);
        Assert.Equal(ExitCode.Corrupt, (await RunAsync("--from", Source, "--to", _address)).ExitCode);
        using var buffers = new JournalBufferPool(1 << 20);
        Assert.ThrowsAny<Exception>(() => PostgresJournal.Open(_database, buffers).Dispose());
    }

    [Fact]
    public async Task Copy_SeveralNodesJournal_DoesNotFitIntoFiles()
    {
        foreach (string writer in new[] { "a", "b" })
        {
            using JournalBench bench = new JournalBench(_database, new PostgresJournalOptions { Writer = writer }).Open();
            bench.Journal.Put(bench.Buffers, new BlockKey(Stream(writer[0]), 1, 1), 10);
            bench.Journal.Commit(bench.Journal.Opening.LastGroup.Next());
        }

        CommandRun run = await RunAsync("--from", _address, "--to", Back);
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.False(Path.Exists(Path.Combine(Back, "journal")));
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("postgres://h/a", "postgres://h/b")]
    [InlineData("missing", "postgres://h/b")]
    [InlineData("postgres://h", "b")]
    public async Task Copy_WrongEnds_AreBadInput(string from, string to) =>
        Assert.Equal(ExitCode.BadInput, (await RunAsync("--from", from, "--to", to)).ExitCode);

    private static Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.OfAsync(["journal", "copy", .. arguments, "-o", "json"]);

    private static byte[] Trimmed(string file) => [.. File.ReadAllBytes(file).Reverse().SkipWhile(b => b == 0).Reverse()];

    private void WriteFiles(ulong compactTo, string? folder = null)
    {
        using PosixDisk disk = PosixDisk.Open(Path.Combine(Directory.CreateDirectory(folder ?? Source).FullName, "journal"));
        using var buffers = new JournalBufferPool(64 << 20);
        FileJournalOptions options = compactTo > 0 ? new FileJournalOptions { SegmentBytes = 400_000 } : new FileJournalOptions();
        using FileJournal journal = FileJournal.Open(disk, LocalChance.Instance, buffers, options);
        for (ulong beat = 1; beat <= Beats; beat++)
        {
            if (beat is 1 or 6)
            {
                journal.AcquireEpoch(StreamId.WholeJournal, out _);
            }

            uint epoch = beat < 6 ? 1U : 2U;
            journal.Put(buffers, new BlockKey(Stream(1), beat, 1), beat % 3 == 0 ? 300_000 : 5_000, epoch, beat);
            journal.Put(buffers, new BlockKey(Stream(1), beat, 2), 0, epoch, beat);
            Assert.Equal(JournalOutcome.Ok, journal.Commit(new GroupMark(beat, 1)));
            if (beat == 8)
            {
                JournalBuffer body = Buffer(buffers, Content(new BlockKey(Stream(1), 8, 9), 50_000));
                Assert.Equal(JournalOutcome.Ok, journal.SaveSnapshot(new SnapshotKey(Stream(1), 8, 8), body));
                body.Release();
            }
        }

        Assert.Equal(JournalOutcome.Ok, compactTo > 0 ? journal.Compact(compactTo) : JournalOutcome.Ok);
    }
}
