using LeitherCluster.LoadTests.Measuring;
using LeitherCluster.Persistence.Disks;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>The limit of a file journal: the same bytes written past the page cache into room set aside, in pieces as windows are, and synced.</summary>
internal static class DiskLimit
{
    private const int Runs = 5;

    /// <summary>Seconds that <paramref name="bytes"/> take, in the best of some runs.</summary>
    public static unsafe double Seconds(string folder, long bytes, int pieceBytes)
    {
        using var buffers = new JournalBufferPool(1L << 30);
        using PosixDisk disk = PosixDisk.Open(Directory.CreateDirectory(Path.Combine(folder, "limit")).FullName);
        JournalBuffer piece = buffers.Rent(pieceBytes);
        int pieceLength = (pieceBytes + JournalBuffer.Alignment - 1) & -JournalBuffer.Alignment;
        piece.Length = pieceLength;
        new Random(1).NextBytes(piece.Span);
        double best = double.MaxValue;
        for (int run = 0; run < Runs; run++)
        {
            string name = $"run-{run}";
            using IDiskFile file = disk.Open(name, DiskOpen.CreateNew, bytes + pieceLength);
            file.Sync();
            best = Math.Min(best, RunTime.Of(() =>
            {
                for (long offset = 0; offset < bytes; offset += pieceLength)
                {
                    file.WriteAligned(offset, piece.Pointer, pieceLength);
                }

                file.Sync();
            }).WallSeconds);
            disk.Delete(name);
        }

        piece.Release();
        return best;
    }
}
