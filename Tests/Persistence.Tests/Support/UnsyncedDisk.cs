using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Tests.Persistence.Support;

/// <summary>A disk that says it has synced files and has not.</summary>
internal sealed class UnsyncedDisk(IDisk disk) : IDisk
{
    public long FreeBytes => disk.FreeBytes;

    public bool Exists(string name) => disk.Exists(name);

    public string[] List() => disk.List();

    public IDiskFile Open(string name, DiskOpen mode, long preallocateBytes = 0) => new UnsyncedFile(disk.Open(name, mode, preallocateBytes));

    public void Delete(string name) => disk.Delete(name);

    public void Rename(string from, string to) => disk.Rename(from, to);

    public void SyncDirectory() => disk.SyncDirectory();

    private sealed unsafe class UnsyncedFile(IDiskFile file) : IDiskFile
    {
        public long Length => file.Length;

        public int Read(long offset, Span<byte> into) => file.Read(offset, into);

        public void Write(long offset, ReadOnlySpan<byte> bytes) => file.Write(offset, bytes);

        public void WriteAligned(long offset, byte* data, nint length) => file.WriteAligned(offset, data, length);

        public void Sync()
        {
            // The lie.
        }

        public void Truncate(long length) => file.Truncate(length);

        public void Dispose() => file.Dispose();
    }
}
