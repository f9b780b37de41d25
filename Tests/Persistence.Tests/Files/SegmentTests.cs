using LeitherCluster.Persistence.Files;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Persistence.Support;
using static LeitherCluster.Tests.Persistence.Support.TestBlocks;

namespace LeitherCluster.Tests.Persistence.Files;

/// <summary>Segments: where one ends and the next begins, and what a compaction leaves.</summary>
public sealed class SegmentTests : IDisposable
{
    private readonly JournalBufferPool _buffers = new(64L << 20);
    private readonly SimulatedDisk _disk = new(new SimulatedChance(1));

    public void Dispose()
    {
        Assert.Equal(0, _buffers.BytesRented);
        _buffers.Dispose();
    }

    [Fact]
    public void Commit_GroupLargerThanASegment_StaysWhole()
    {
        using (FileJournal journal = Open())
        {
            for (int i = 0; i < 20; i++)
            {
                Assert.Equal(JournalOutcome.Ok, journal.Put(_buffers, new BlockKey(Stream(i), 1, 1), 20_000));
            }

            Commit(journal, 1);
            Assert.Equal(1, journal.Usage.Segments);
            journal.Put(_buffers, new BlockKey(Stream(1), 2, 1), 10);
            Commit(journal, 2);
            Assert.Equal(2, journal.Usage.Segments);
        }

        using FileJournal again = Open();
        for (int i = 0; i < 20; i++)
        {
            again.AssertHolds(_buffers, new BlockKey(Stream(i), 1, 1), 20_000);
        }
    }

    [Fact]
    public void Write_DiskFullWhenANewSegmentIsDue_GoesOnInTheOldOneWhileItHasRoom()
    {
        using FileJournal journal = Open();
        Fill(journal, 1, 3);
        int segments = journal.Usage.Segments;
        journal.Put(_buffers, new BlockKey(Stream(1), 4, 1), 25_000);
        Commit(journal, 4);
        _disk.IsFull = true;
        journal.Put(_buffers, new BlockKey(Stream(1), 4, 2), 100);
        Assert.Equal(JournalOutcome.Ok, journal.Commit(new GroupMark(4, 2)));
        Assert.Equal(segments, journal.Usage.Segments);
        _disk.IsFull = false;
        Fill(journal, 5, 6);
        Assert.True(journal.Usage.Segments > segments);
    }

    [Fact]
    public void Compact_LeadingSegmentsCovered_AreDeletedAndTheRestIsNot()
    {
        using (FileJournal journal = Open())
        {
            Fill(journal, 1, 12);
            int before = journal.Usage.Segments;
            Assert.True(before > 4);
            Assert.Equal(0UL, journal.Usage.OldestTimeSequence);
            Save(journal, 6);
            Save(journal, 9);

            // Nothing leans on a snapshot while the group that it was taken after is the last.
            Assert.Equal(JournalOutcome.Ok, journal.Compact(8));
            Assert.Equal(before, journal.Usage.Segments);
            Fill(journal, 13, 13);
            Assert.Equal(JournalOutcome.Ok, journal.Compact(8));
            Assert.True(journal.Usage.Segments < before);
            Assert.Equal(6UL, journal.Usage.OldestTimeSequence);
            Assert.False(_disk.Exists(JournalFormat.SegmentName(1)));
            Assert.Equal(journal.Usage.Segments, _disk.List().Count(name => JournalFormat.TryParseSegmentName(name, out _)));
            for (ulong beat = 7; beat <= 12; beat++)
            {
                journal.AssertHolds(_buffers, new BlockKey(Stream(1), beat, 1), 14_000);
            }

            Assert.Null(journal.Get(_buffers, new BlockKey(Stream(1), 1, 1)));
        }

        using FileJournal again = Open();
        Assert.Equal(6UL, again.Usage.OldestTimeSequence);
        Fill(again, 14, 14);
        var found = new SmallJournal.GroupList();
        JournalReport report = JournalInspector.Inspect(_disk, _buffers, found);
        Assert.True(report.FirstSegment > 1);
        Assert.Equal(new GroupMark(14, 1), report.LastGroup);
        Assert.Equal(2, report.Snapshots);
    }

    [Fact]
    public void Compact_SegmentThatTheControlFileKeepsIsGone_RefusesToOpen()
    {
        using (FileJournal journal = Open())
        {
            Fill(journal, 1, 8);
            Save(journal, 6);
            Fill(journal, 9, 9);
            Assert.Equal(JournalOutcome.Ok, journal.Compact(6));
        }

        string oldest = _disk.List().First(name => JournalFormat.TryParseSegmentName(name, out _));
        _disk.Delete(oldest);
        JournalCorruptException corrupt = Assert.Throws<JournalCorruptException>(Open);
        Assert.Equal(oldest, corrupt.File);
    }

    [Fact]
    public void Replay_BesideCompaction_GivesWholeBlocksOrNone()
    {
        using FileJournal journal = Open();
        Fill(journal, 1, 40);
        Save(journal, 10);
        Save(journal, 20);
        Save(journal, 30);
        Fill(journal, 41, 41);
        using var go = new ManualResetEventSlim();
        var writer = new Thread(() =>
        {
            go.Wait();
            foreach (ulong keep in (ulong[])[10, 20, 30])
            {
                Assert.Equal(JournalOutcome.Ok, journal.Compact(keep));
            }
        });
        writer.Start();
        for (int round = 0; round < 20; round++)
        {
            go.Set();
            var sink = new ListSink();
            journal.Replay(Stream(1), 30, ulong.MaxValue, sink);
            Assert.Equal(11, sink.Blocks.Count);
            var all = new ListSink();
            journal.Replay(Stream(1), 0, ulong.MaxValue, all);
            Assert.All(all.Blocks, block => Assert.Equal(Content(block.Key, 14_000), block.Body));
        }

        writer.Join();
    }

    private FileJournal Open() => FileJournal.Open(_disk, new SimulatedChance(2), _buffers, TestOptions.Small);

    private void Fill(FileJournal journal, ulong from, ulong to)
    {
        for (ulong beat = from; beat <= to; beat++)
        {
            Assert.Equal(JournalOutcome.Ok, journal.Put(_buffers, new BlockKey(Stream(1), beat, 1), 14_000, timeSequence: beat));
            Commit(journal, beat);
        }
    }

    private static void Commit(FileJournal journal, ulong beat) =>
        Assert.Equal(JournalOutcome.Ok, journal.Commit(new GroupMark(beat, 1)));

    private void Save(FileJournal journal, ulong sequence)
    {
        JournalBuffer body = Buffer(_buffers, Content(new BlockKey(Stream(1), sequence, 200), 500));
        Assert.Equal(JournalOutcome.Ok, journal.SaveSnapshot(new SnapshotKey(Stream(1), sequence, sequence), body));
        body.Release();
    }
}
