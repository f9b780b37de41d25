using LeitherCluster.Persistence.Disks;
using LeitherCluster.Persistence.Files;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Local;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Persistence.Support;

namespace LeitherCluster.Tests.Persistence.Files;

public sealed class JournalInspectorTests : IDisposable
{
    private readonly JournalBufferPool _buffers = new(64L << 20);

    public void Dispose()
    {
        Assert.Equal(0, _buffers.BytesRented);
        _buffers.Dispose();
    }

    [Fact]
    public void Inspect_Journal_ShowsEveryGroupAndBlockInOrderAndChangesNothing()
    {
        var journal = new SmallJournal(_buffers, TestOptions.Small);
        SimulatedDisk disk = journal.Files.Lay();
        disk.BeforeOperation = (operation, name) => Assert.True(operation is DiskOperation.Open or DiskOperation.Read, $"{operation} of {name}");
        var found = new SmallJournal.GroupList();
        JournalReport report = JournalInspector.Inspect(disk, _buffers, found);

        Assert.Equal((int)SmallJournal.Beats * 2, report.Groups);
        Assert.Equal(SmallJournal.BlocksOf(report.Groups), found.Blocks.Select(block => (block.Key, block.Length)));
        Assert.Equal(Enumerable.Range(1, report.Groups).Select(SmallJournal.MarkOf), found.Groups.Select(group => group.Mark));
        Assert.Equal(Enumerable.Range(1, report.Groups).Select(i => (ulong)i), found.Groups.Select(group => group.Number));
        Assert.Equal(found.Blocks.Count, report.Blocks);
        Assert.Equal(found.Blocks.Sum(block => (long)block.Length), report.BodyBytes);
        Assert.Equal(SmallJournal.Beats, report.TimeSequenceHigh);
        Assert.Equal((ulong)report.Groups - 1, report.SettledGroup);
        Assert.Equal(0, report.TornBytes);
    }

    [Fact]
    public void Inspect_UnfinishedGroup_CountsItsBytesAndLeavesThem()
    {
        var journal = new SmallJournal(_buffers, TestOptions.Small);
        InspectedGroup last = journal.Groups.Last;
        SimulatedDisk disk = journal.Files.Lay(last.File, journal.Files[last.File].AsSpan(0, (int)last.Offset + 700));
        for (int round = 0; round < 2; round++)
        {
            JournalReport report = JournalInspector.Inspect(disk, _buffers, new SmallJournal.GroupList());
            Assert.Equal(SmallJournal.MarkOf((int)SmallJournal.Beats * 2 - 1), report.LastGroup);
            Assert.True(report.TornBytes > 0);
        }
    }

    [Fact]
    public void Inspect_FlippedBitInAnOldBodyOrSnapshotOrBehindASegment_IsFound()
    {
        var disk = new SimulatedDisk(new SimulatedChance(1));
        var key = new SnapshotKey(TestBlocks.Stream(1), 1, 1);
        var unverified = TestOptions.Small with { VerifyAtOpenBytes = 0 };
        using (FileJournal journal = FileJournal.Open(disk, new SimulatedChance(2), _buffers, unverified))
        {
            for (ulong beat = 1; beat <= 6; beat++)
            {
                journal.Put(_buffers, new BlockKey(TestBlocks.Stream(1), beat, 1), 14_000);
                Assert.Equal(JournalOutcome.Ok, journal.Commit(new GroupMark(beat, 1)));
            }

            JournalBuffer body = TestBlocks.Buffer(_buffers, TestBlocks.Content(default, 5000));
            journal.SaveSnapshot(key, body);
            body.Release();
        }

        string segment = JournalFormat.SegmentName(1);
        foreach ((string name, long offset) in new[] { (segment, 9000L), (segment, disk.LengthOf(segment) - 1), (JournalFormat.SnapshotName(key), 5000L), (JournalFormat.SnapshotName(key), 9095L) })
        {
            disk.FlipBit(name, offset, 2);
            JournalCorruptException corrupt = Assert.Throws<JournalCorruptException>(() => JournalInspector.Inspect(disk, _buffers, new SmallJournal.GroupList()));
            Assert.Equal(name, corrupt.File);
            Assert.InRange(corrupt.Offset, 0, offset);

            // Such an old body is not read at opening; whoever reads it is told.
            using (FileJournal journal = FileJournal.Open(disk, new SimulatedChance(2), _buffers, unverified))
            {
                Assert.Equal(new GroupMark(6, 1), journal.Opening.LastGroup);
                if (!JournalFormat.TryParseSegmentName(name, out _))
                {
                    JournalBuffer into = _buffers.Rent(0);
                    Assert.Throws<JournalCorruptException>(() => journal.TryLoadSnapshot(key.Stream, 1, into, out _));
                    into.Release();
                }
            }

            disk.FlipBit(name, offset, 2);
        }

        JournalInspector.Inspect(disk, _buffers, new SmallJournal.GroupList());
    }

    [Fact]
    public void Inspect_FolderWhereNodeRuns_IsRefusedByName()
    {
        using var folder = new TemporaryFolder();
        using (PosixDisk disk = PosixDisk.Open(folder.Path))
        using (FileJournal journal = FileJournal.Open(disk, LocalChance.Instance, _buffers))
        {
            journal.Put(_buffers, new BlockKey(TestBlocks.Stream(1), 1, 1), 10);
            journal.Commit(new GroupMark(1, 1));
            DataFolderInUseException inUse = Assert.Throws<DataFolderInUseException>(() => PosixDisk.OpenReadOnly(folder.Path));
            Assert.Equal(folder.Path, inUse.Folder);
        }

        using PosixDisk first = PosixDisk.OpenReadOnly(folder.Path);
        using PosixDisk second = PosixDisk.OpenReadOnly(folder.Path);
        Assert.Equal(1, JournalInspector.Inspect(first, _buffers, new SmallJournal.GroupList()).Blocks);
        Assert.Equal(1, JournalInspector.Inspect(second, _buffers, new SmallJournal.GroupList()).Blocks);
    }

    [Fact]
    public void Inspect_EmptyFolder_SaysThereIsNoJournal()
    {
        JournalCorruptException nothing = Assert.Throws<JournalCorruptException>(
            () => JournalInspector.Inspect(new SimulatedDisk(new SimulatedChance(1)), _buffers, new SmallJournal.GroupList()));
        Assert.Equal(JournalFormat.ControlName, nothing.File);
    }
}
