using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Tests.Persistence.Support;

/// <summary>A disk that cannot set room aside and notices in the middle of a write that it is full; what it wrote until then is durable.</summary>
internal sealed class StingyDisk(IDisk disk) : IDisk
{
    /// <summary>That many writes go well before one is cut short; negative: all do.</summary>
    public int WritesUntilFull { get; set; } = -1;

    public long FreeBytes => disk.FreeBytes;

    public bool Exists(string name) => disk.Exists(name);

    public string[] List() => disk.List();

    public IDiskFile Open(string name, DiskOpen mode, long preallocateBytes = 0) => new StingyFile(this, disk.Open(name, mode, preallocateBytes));

    public void Delete(string name) => disk.Delete(name);

    public void Rename(string from, string to) => disk.Rename(from, to);

    public void SyncDirectory() => disk.SyncDirectory();

    private sealed unsafe class StingyFile(StingyDisk disk, IDiskFile file) : IDiskFile
    {
        public long Length => file.Length;

        public int Read(long offset, Span<byte> into) => file.Read(offset, into);

        public void Write(long offset, ReadOnlySpan<byte> bytes) => file.Write(offset, bytes);

        public void WriteAligned(long offset, byte* data, nint length)
        {
            if (disk.WritesUntilFull-- == 0)
            {
                file.Write(offset, new ReadOnlySpan<byte>(data, (int)length * 3 / 4));
                file.Sync();
                throw new DiskFullException("No room for the rest");
            }

            file.WriteAligned(offset, data, length);
        }

        public void Sync() => file.Sync();

        public void Truncate(long length) => file.Truncate(length);

        public void Dispose() => file.Dispose();
    }
}
