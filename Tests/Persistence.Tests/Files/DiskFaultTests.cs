using LeitherCluster.Persistence.Files;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Persistence.Support;
using static LeitherCluster.Tests.Persistence.Support.TestBlocks;

namespace LeitherCluster.Tests.Persistence.Files;

/// <summary>A disk without room says Full and loses nothing; a disk that fails ends the journal, and the next opening finds all that was acknowledged.</summary>
public sealed class DiskFaultTests : IDisposable
{
    private const long Plenty = long.MaxValue;

    private readonly JournalBufferPool _buffers = new(64L << 20);

    public void Dispose()
    {
        Assert.Equal(0, _buffers.BytesRented);
        _buffers.Dispose();
    }

    [Fact]
    public void Run_DiskFullAtAnyPoint_GoesOnWhenThereIsRoom()
    {
        int met = 0;
        for (long capacity = 40 << 10; capacity < 400 << 10; capacity += 4 << 10)
        {
            var disk = new SimulatedDisk(new SimulatedChance((ulong)capacity), capacity);
            var node = new ScriptedNode(_buffers, TestOptions.Small)
            {
                OnFull = () =>
                {
                    met++;
                    disk.CapacityBytes = Plenty;
                },
            };
            node.Run(disk);
            JournalInspector.Inspect(disk, _buffers, new SmallJournal.GroupList());
        }

        Assert.True(met > 50, $"The disk was full {met} times only");
    }

    [Fact]
    public void Run_DiskFullThenPowerLost_LosesNothingAcknowledged()
    {
        int met = 0;
        for (long capacity = 40 << 10; capacity < 400 << 10; capacity += 4 << 10)
        {
            var disk = new SimulatedDisk(new SimulatedChance((ulong)capacity), capacity);
            var node = new ScriptedNode(_buffers, TestOptions.Small) { OnFull = () => throw new FullException() };
            try
            {
                node.Run(disk);
            }
            catch (FullException)
            {
                met++;
            }

            disk.LosePower();
            disk.CapacityBytes = Plenty;
            node.Run(disk);
        }

        Assert.True(met > 50, $"The disk was full {met} times only");
    }

    [Fact]
    public void Commit_DiskFullMoreAndMore_SucceedsWithTheSameGroupAndOthersAdded()
    {
        // Small and large bodies, and more of them after each refusal: the group is laid out anew each time.
        int refused = 0;
        for (long room = 0; room < 40 << 10; room += 512)
        {
            var disk = new SimulatedDisk(new SimulatedChance((ulong)room));
            using FileJournal journal = Open(disk);
            disk.CapacityBytes = journal.Usage.Bytes + (16 << 10) + room;
            var written = new List<(BlockKey Key, int Length)>();
            byte phase = 1;
            for (int added = 0; ; disk.CapacityBytes += 30 << 10)
            {
                foreach (int length in (int[])[300, 5000, 100, 9000, 20])
                {
                    var key = new BlockKey(Stream(added++), 1, 1);
                    JournalOutcome outcome = journal.Put(_buffers, key, length);
                    Assert.True(outcome is JournalOutcome.Ok or JournalOutcome.Full);
                    if (outcome == JournalOutcome.Ok)
                    {
                        written.Add((key, length));
                    }
                }

                JournalOutcome committed = journal.Commit(new GroupMark(1, phase));
                if (committed == JournalOutcome.Ok && written.Count > 0)
                {
                    break;
                }

                refused += committed == JournalOutcome.Full ? 1 : 0;
                phase += (byte)(committed == JournalOutcome.Ok ? 1 : 0);
            }

            Assert.All(written, block => journal.AssertHolds(_buffers, block.Key, block.Length));
            var found = new SmallJournal.GroupList();
            JournalInspector.Inspect(disk, _buffers, found);
            Assert.Equal(written.Select(block => block.Key), found.Blocks.Select(block => block.Key));
        }

        Assert.True(refused > 10, $"The disk was full {refused} times only");
    }

    [Fact]
    public void Commit_WriteCutShortThenPowerLost_IsWholeOrDroppedAndNeverTakenForCorrupt()
    {
        int met = 0;
        for (int seed = 0; seed < 400; seed++)
        {
            var disk = new SimulatedDisk(new SimulatedChance((ulong)seed));
            var stingy = new StingyDisk(disk);
            FileJournal journal = Open(stingy);
            journal.Put(_buffers, new BlockKey(Stream(1), 1, 1), 700);
            Assert.Equal(JournalOutcome.Ok, journal.Commit(new GroupMark(1, 1)));
            stingy.WritesUntilFull = seed % 5;
            bool isCommitted = false;
            try
            {
                // Each attempt lays out other bodies at the same places; then the power goes before the commit is durable.
                for (int attempt = 0; attempt < 4; attempt++)
                {
                    foreach (int length in (int[])[12_000, 300, 9000, 500])
                    {
                        JournalOutcome outcome = journal.Put(_buffers, new BlockKey(Stream(met++), 2, 1), length, variant: (ulong)attempt);
                        Assert.True(outcome is JournalOutcome.Ok or JournalOutcome.Full);
                    }

                    disk.BeforeOperation = (operation, _) =>
                    {
                        if (operation == DiskOperation.Sync && stingy.WritesUntilFull < 0 && seed % 3 > 0)
                        {
                            throw new FullException();
                        }
                    };
                    isCommitted |= journal.Commit(new GroupMark(2, 1)) == JournalOutcome.Ok;
                    if (isCommitted)
                    {
                        break;
                    }
                }
            }
            catch (FullException)
            {
            }

            disk.BeforeOperation = null;
            disk.LosePower();
            using FileJournal again = Open(disk);
            Assert.True(again.Opening.LastGroup >= new GroupMark(isCommitted ? 2UL : 1UL, 1));
            again.AssertHolds(_buffers, new BlockKey(Stream(1), 1, 1), 700);
            JournalInspector.Inspect(disk, _buffers, new SmallJournal.GroupList());
        }
    }

    [Fact]
    public void Commit_DiskFullAfterTheSeals_StillFitsThePulsesEnd()
    {
        var disk = new SimulatedDisk(new SimulatedChance(1));
        using FileJournal journal = Open(disk);
        for (ulong beat = 1; beat <= 40; beat++)
        {
            Assert.Equal(JournalOutcome.Ok, journal.Put(_buffers, new BlockKey(Stream(1), beat, 1), 3000));
            Assert.Equal(JournalOutcome.Ok, journal.Commit(new GroupMark(beat, 1)));
            disk.IsFull = true;
            Assert.Equal(JournalOutcome.Ok, journal.Put(_buffers, new BlockKey(Stream(2), beat, 1), 3000));
            Assert.Equal(JournalOutcome.Ok, journal.Commit(new GroupMark(beat, 2)));
            disk.IsFull = false;
        }

        // And the first group of the next beat does not eat that room.
        disk.IsFull = true;
        ulong next = 41;
        while (journal.Put(_buffers, new BlockKey(Stream(1), next, 1), 3000) == JournalOutcome.Ok
            && journal.Commit(new GroupMark(next, 1)) == JournalOutcome.Ok)
        {
            Assert.Equal(JournalOutcome.Ok, journal.Put(_buffers, new BlockKey(Stream(2), next, 1), 3000));
            Assert.Equal(JournalOutcome.Ok, journal.Commit(new GroupMark(next, 2)));
            next++;
            Assert.True(next < 100);
        }
    }

    [Theory]
    [InlineData(DiskOperation.Write)]
    [InlineData(DiskOperation.Sync)]
    public void Run_DiskFailsAtAnyOperation_EndsTheJournalAndLosesNothing(DiskOperation failing)
    {
        int met = 0;
        for (int at = 0; at < 150; at++)
        {
            var disk = new SimulatedDisk(new SimulatedChance((ulong)at));
            int count = 0;
            disk.BeforeOperation = (operation, _) =>
            {
                if (operation == failing && count++ == at)
                {
                    disk.WritesToFail = failing == DiskOperation.Write ? 1 : 0;
                    disk.SyncsToFail = failing == DiskOperation.Sync ? 1 : 0;
                }
            };
            var node = new ScriptedNode(_buffers, TestOptions.Small);
            try
            {
                node.Run(disk);
            }
            catch (DiskFailedException)
            {
                met++;
            }

            disk.BeforeOperation = null;
            disk.WritesToFail = disk.SyncsToFail = 0;
            disk.LosePower();
            node.Run(disk);
        }

        Assert.True(met > 20);
    }

    [Fact]
    public void Run_SyncFailsAndOnlyTheProcessRestarts_LosesNothingWhenThePowerGoesLater()
    {
        // What a failed sync left in the system's memory reads well and counts as written: no later sync writes it.
        int met = 0;
        for (int at = 0; at < 120; at++)
        {
            for (int powerAt = 5; powerAt < 90; powerAt += 12)
            {
                var disk = new SimulatedDisk(new SimulatedChance((ulong)((at * 100) + powerAt)));
                int syncs = 0;
                disk.BeforeOperation = (operation, _) => disk.SyncsToFail = operation == DiskOperation.Sync && syncs++ == at ? 1 : disk.SyncsToFail;
                var node = new ScriptedNode(_buffers, TestOptions.Small);
                if (Fails<DiskFailedException>(() => node.Run(disk)))
                {
                    met++;
                    disk.DropHandles();
                    int operations = 0;
                    disk.BeforeOperation = (_, _) =>
                    {
                        if (operations++ == powerAt)
                        {
                            throw new PowerOutException();
                        }
                    };
                    Fails<PowerOutException>(() => node.Run(disk));
                    disk.BeforeOperation = null;
                    disk.LosePower();
                    node.Run(disk);
                }
            }
        }

        Assert.True(met > 100);
    }

    [Fact]
    public void Write_AfterTheDiskFailed_IsRefused()
    {
        var disk = new SimulatedDisk(new SimulatedChance(1));
        using FileJournal journal = Open(disk);
        Assert.Equal(JournalOutcome.Ok, journal.Put(_buffers, new BlockKey(Stream(1), 1, 1), 100));
        disk.SyncsToFail = 1;
        DiskFailedException first = Assert.Throws<DiskFailedException>(() => journal.Commit(new GroupMark(1, 1)));
        JournalFailedException then = Assert.Throws<JournalFailedException>(() => journal.Commit(new GroupMark(1, 1)));
        Assert.Same(first, then.InnerException);
        Assert.Throws<JournalFailedException>(() => journal.Put(_buffers, new BlockKey(Stream(1), 1, 1), 100));
        Assert.Throws<JournalFailedException>(() => journal.Compact(1));
        Assert.Throws<JournalFailedException>(() => journal.AcquireEpoch(Stream(1), out _));
    }

    [Fact]
    public void TryRead_DiskFailsOnce_SaysSoAndReadsTheNextTime()
    {
        var disk = new SimulatedDisk(new SimulatedChance(1));
        using FileJournal journal = Open(disk);
        var key = new BlockKey(Stream(1), 1, 1);
        journal.Put(_buffers, key, 5000);
        journal.Commit(new GroupMark(1, 1));
        disk.ReadsToFail = 1;
        Assert.Throws<DiskFailedException>(() => journal.Get(_buffers, key));
        journal.AssertHolds(_buffers, key, 5000);
    }

    [Fact]
    public void TryRead_BitFlippedSinceTheOpening_NamesFileAndOffset()
    {
        var disk = new SimulatedDisk(new SimulatedChance(1));
        using FileJournal journal = Open(disk);
        var key = new BlockKey(Stream(1), 1, 1);
        journal.Put(_buffers, key, 9000);
        journal.Commit(new GroupMark(1, 1));
        string segment = JournalFormat.SegmentName(1);
        disk.FlipBit(segment, (2 * JournalFormat.PageBytes) + 777, 3);
        JournalCorruptException corrupt = Assert.Throws<JournalCorruptException>(() => journal.Get(_buffers, key));
        Assert.Equal((segment, 2L * JournalFormat.PageBytes), (corrupt.File, corrupt.Offset));
        Assert.Throws<JournalCorruptException>(() => journal.Replay(Stream(1), 0, 1, new ListSink()));
    }

    private FileJournal Open(IDisk disk) => FileJournal.Open(disk, new SimulatedChance(2), _buffers, TestOptions.Small);

    private static bool Fails<TException>(Action action)
        where TException : Exception
    {
        try
        {
            action();
            return false;
        }
        catch (TException)
        {
            return true;
        }
    }

    private sealed class PowerOutException() : Exception("The power is out");

    private sealed class FullException() : Exception("The disk is full");
}
