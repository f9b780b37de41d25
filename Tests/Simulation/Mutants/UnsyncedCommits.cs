using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Tests.Simulation.Checks;

namespace LeitherCluster.Tests.Simulation.Mutants;

/// <summary>The commits of one phase of a beat say that all is durable, and sync nothing.</summary>
internal sealed class UnsyncedCommits(byte phase) : Mutant
{
    private bool _isSkipping;

    public override IDisk Disk(IDisk disk) => new SkippingDisk(disk, this);

    public override IJournalStore Journal(IJournalStore store) => new Store(store, this, phase);

    private sealed class Store(IJournalStore store, UnsyncedCommits mutant, byte phase) : PassingStore(store)
    {
        public override JournalOutcome Commit(GroupMark mark)
        {
            mutant._isSkipping = mark.Phase == phase;
            try
            {
                return base.Commit(mark);
            }
            finally
            {
                mutant._isSkipping = false;
            }
        }
    }

    private sealed class SkippingDisk(IDisk disk, UnsyncedCommits mutant) : IDisk
    {
        public long FreeBytes => disk.FreeBytes;

        public bool Exists(string name) => disk.Exists(name);

        public string[] List() => disk.List();

        public IDiskFile Open(string name, DiskOpen mode, long preallocateBytes = 0) => new SkippingFile(disk.Open(name, mode, preallocateBytes), mutant);

        public void Delete(string name) => disk.Delete(name);

        public void Rename(string from, string to) => disk.Rename(from, to);

        public void SyncDirectory() => disk.SyncDirectory();
    }

    private sealed class SkippingFile(IDiskFile file, UnsyncedCommits mutant) : IDiskFile
    {
        public long Length => file.Length;

        public int Read(long offset, Span<byte> into) => file.Read(offset, into);

        public void Write(long offset, ReadOnlySpan<byte> bytes) => file.Write(offset, bytes);

        public unsafe void WriteAligned(long offset, byte* data, nint length) => file.WriteAligned(offset, data, length);

        public void Truncate(long length) => file.Truncate(length);

        public void Reserve(long length) => file.Reserve(length);

        public void Dispose() => file.Dispose();

        public void Sync()
        {
            if (!mutant._isSkipping)
            {
                file.Sync();
            }
        }
    }
}
