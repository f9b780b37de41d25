using LeitherCluster.Persistence.Files;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Persistence.Support;
using static LeitherCluster.Tests.Persistence.Support.TestBlocks;

namespace LeitherCluster.Tests.Persistence.Files;

/// <summary>A last group that is dropped takes the snapshots with it that were taken after it: what they hold is computed again.</summary>
public sealed class SnapshotAheadTests : IDisposable
{
    private static readonly SnapshotKey First = new(Stream(1), 1, 1);
    private static readonly SnapshotKey Second = new(Stream(1), 2, 2);

    private readonly JournalBufferPool _buffers = new(64L << 20);

    public void Dispose()
    {
        Assert.Equal(0, _buffers.BytesRented);
        _buffers.Dispose();
    }

    [Fact]
    public void Open_LastGroupTorn_DropsTheSnapshotsTakenAfterIt()
    {
        DiskCopy files = TwoPulsesWithASnapshotEach();
        string segment = JournalFormat.SegmentName(1);
        int end = files[segment].AsSpan().LastIndexOfAnyExcept((byte)0);

        using (FileJournal whole = Open(files.Lay()))
        {
            Assert.Equal([First, Second], whole.ListSnapshots(Stream(1)));
        }

        SimulatedDisk torn = files.Lay(segment, files[segment].AsSpan(0, end));
        using (FileJournal journal = Open(torn))
        {
            Assert.Equal(new GroupMark(2, 1), journal.Opening.LastGroup);
            Assert.Equal([First], journal.ListSnapshots(Stream(1)));
            Assert.Equal(1, journal.Usage.Snapshots);
            Assert.False(torn.Exists(JournalFormat.SnapshotName(Second)));

            // The pulse is finished again, and its snapshot taken again.
            EndPulse(journal, 2);
        }

        using FileJournal again = Open(torn);
        Assert.Equal([First, Second], again.ListSnapshots(Stream(1)));
    }

    [Fact]
    public void Open_LastGroupTornAfterACompaction_StillHasABaseAndTheBlocksBehindIt()
    {
        DiskCopy files = TwoPulsesWithASnapshotEach(compact: true);
        string segment = JournalFormat.SegmentName(1);
        int end = files[segment].AsSpan().LastIndexOfAnyExcept((byte)0);
        using FileJournal journal = Open(files.Lay(segment, files[segment].AsSpan(0, end)));
        Assert.Equal([First], journal.ListSnapshots(Stream(1)));
        journal.AssertHolds(_buffers, new BlockKey(Stream(1), 2, 1), 500);
    }

    private DiskCopy TwoPulsesWithASnapshotEach(bool compact = false)
    {
        var disk = new SimulatedDisk(new SimulatedChance(7));
        using (FileJournal journal = Open(disk))
        {
            for (ulong beat = 1; beat <= 2; beat++)
            {
                Assert.Equal(JournalOutcome.Ok, journal.Put(_buffers, new BlockKey(Stream(1), beat, 1), 500, timeSequence: beat));
                Assert.Equal(JournalOutcome.Ok, journal.Commit(new GroupMark(beat, 1)));
                EndPulse(journal, beat);
            }

            Assert.Equal(JournalOutcome.Ok, compact ? journal.Compact(2) : JournalOutcome.Ok);
        }

        return DiskCopy.Of(disk);
    }

    private void EndPulse(FileJournal journal, ulong beat)
    {
        Assert.Equal(JournalOutcome.Ok, journal.Put(_buffers, new BlockKey(Stream(2), beat, 2), 300, timeSequence: beat));
        Assert.Equal(JournalOutcome.Ok, journal.Commit(new GroupMark(beat, 2)));
        JournalBuffer state = Buffer(_buffers, Content(new BlockKey(Stream(1), beat, 9), 700));
        Assert.Equal(JournalOutcome.Ok, journal.SaveSnapshot(new SnapshotKey(Stream(1), beat, beat), state));
        state.Release();
    }

    private FileJournal Open(SimulatedDisk disk) => FileJournal.Open(disk, new SimulatedChance(2), _buffers, TestOptions.Small with { SegmentBytes = 1 << 20 });
}
