using LeitherCluster.Persistence.Disks;
using LeitherCluster.Persistence.Files;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Local;
using LeitherCluster.Tests.Persistence.Support;

namespace LeitherCluster.Tests.Persistence.Files;

public sealed class AllocationTests
{
    [Fact]
    public void WriteAndCommit_SteadyState_AllocateNoMoreThanTheIndexEntries()
    {
        const int Streams = 64;
        const int Warm = 20;
        const int Groups = 220;
        using var folder = new TemporaryFolder();
        using var buffers = new JournalBufferPool(64L << 20);
        using PosixDisk disk = PosixDisk.Open(folder.Path);
        using FileJournal journal = FileJournal.Open(disk, LocalChance.Instance, buffers);
        JournalBuffer small = TestBlocks.Buffer(buffers, TestBlocks.Content(default, 500));
        JournalBuffer large = TestBlocks.Buffer(buffers, TestBlocks.Content(default, 300_000));
        var blocks = new JournalBlock[Groups * Streams];
        for (int i = 0; i < blocks.Length; i++)
        {
            blocks[i] = new JournalBlock
            {
                Key = new BlockKey(TestBlocks.Stream(i % Streams), (ulong)(i / Streams) + 1, 1),
                Epoch = 0,
                Body = i % Streams == 7 ? large : small,
            };
        }

        long before = 0;
        for (int group = 0; group < Groups; group++)
        {
            before = group == Warm ? GC.GetAllocatedBytesForCurrentThread() : before;
            foreach (JournalBlock block in blocks.AsSpan(group * Streams, Streams))
            {
                if (journal.Write(block) != JournalOutcome.Ok)
                {
                    Assert.Fail("The write was refused");
                }
            }

            if (journal.Commit(new GroupMark((ulong)group + 1, 1)) != JournalOutcome.Ok)
            {
                Assert.Fail("The commit was refused");
            }
        }

        long perBlock = (GC.GetAllocatedBytesForCurrentThread() - before) / ((Groups - Warm) * Streams);

        // 48 bytes an entry, in lists that grow by doubling; and what the compiler boxes as long as it does not optimise.
        Assert.InRange(perBlock, 0, 256);
        small.Release();
        large.Release();
    }
}
