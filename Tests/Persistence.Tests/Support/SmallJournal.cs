using LeitherCluster.Persistence.Files;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Persistence.Support;

/// <summary>
/// A journal of a few pulses, each of two groups, as a node writes it: seals with the credits of the beat before, then the
/// commit. Bodies are small or large by their stream.
/// </summary>
internal sealed class SmallJournal
{
    public const ulong Beats = 3;
    private const int Streams = 4;

    public SmallJournal(JournalBufferPool buffers, FileJournalOptions options)
    {
        var disk = new SimulatedDisk(new SimulatedChance(7));
        using (FileJournal journal = FileJournal.Open(disk, new SimulatedChance(8), buffers, options))
        {
            for (ulong beat = 1; beat <= Beats; beat++)
            {
                foreach ((BlockKey key, int length) in Seals(beat))
                {
                    Assert.Equal(JournalOutcome.Ok, journal.Put(buffers, key, length, timeSequence: beat));
                }

                Assert.Equal(JournalOutcome.Ok, journal.Commit(new GroupMark(beat, 1)));
                Assert.Equal(JournalOutcome.Ok, journal.Put(buffers, Commit(beat).Key, Commit(beat).Length, timeSequence: beat));
                Assert.Equal(JournalOutcome.Ok, journal.Commit(new GroupMark(beat, 2)));
            }
        }

        Files = DiskCopy.Of(disk);
        Groups = new GroupList();
        JournalInspector.Inspect(disk, buffers, Groups);
    }

    public DiskCopy Files { get; }

    public GroupList Groups { get; }

    public static IEnumerable<(BlockKey Key, int Length)> Seals(ulong beat)
    {
        for (int stream = 0; stream < Streams; stream++)
        {
            yield return (new BlockKey(TestBlocks.Stream(stream), beat, 1), LengthOf(stream));
            if (beat > 1)
            {
                yield return (new BlockKey(TestBlocks.Stream(stream), beat - 1, 2), 40);
            }
        }
    }

    public static (BlockKey Key, int Length) Commit(ulong beat) => (new BlockKey(TestBlocks.Stream(100), beat, 3), 300);

    /// <summary>All blocks of all groups up to that many.</summary>
    public static IEnumerable<(BlockKey Key, int Length)> BlocksOf(int groups)
    {
        for (int group = 0; group < groups; group++)
        {
            ulong beat = (ulong)(group / 2) + 1;
            foreach ((BlockKey Key, int Length) block in group % 2 == 0 ? Seals(beat) : [Commit(beat)])
            {
                yield return block;
            }
        }
    }

    public static GroupMark MarkOf(int groups) => groups == 0 ? default : new GroupMark((ulong)((groups + 1) / 2), (byte)(2 - (groups % 2)));

    private static int LengthOf(int stream) => stream switch { 0 => 200, 1 => 0, 2 => 9000, _ => 700 };

    internal sealed class GroupList : IJournalVisitor
    {
        public List<InspectedGroup> Groups { get; } = [];

        public List<InspectedBlock> Blocks { get; } = [];

        public List<SnapshotKey> Snapshots { get; } = [];

        public InspectedGroup Last => Groups[^1];

        public void OnGroup(InspectedGroup group) => Groups.Add(group);

        public void OnBlock(InspectedBlock block, ReadOnlySpan<byte> body) => Blocks.Add(block);

        public void OnSnapshot(SnapshotKey key, string file, ReadOnlySpan<byte> body) => Snapshots.Add(key);
    }
}
