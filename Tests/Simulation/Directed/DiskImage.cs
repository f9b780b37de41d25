using LeitherCluster.Persistence.Files;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Simulation.Directed;

/// <summary>The files of a disk, to be changed and laid on others.</summary>
internal sealed class DiskImage
{
    private readonly SortedDictionary<string, byte[]> _files;

    private DiskImage(IDictionary<string, byte[]> files) => _files = new SortedDictionary<string, byte[]>(files, StringComparer.Ordinal);

    public byte[] this[string name] => _files[name];

    public static DiskImage Of(SimulatedDisk disk)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (string name in disk.List())
        {
            using IDiskFile file = disk.Open(name, DiskOpen.ReadOnly);
            byte[] bytes = new byte[file.Length];
            file.Read(0, bytes);
            files.Add(name, bytes);
        }

        return new DiskImage(files);
    }

    /// <summary>The same with another content of one file.</summary>
    public DiskImage With(string name, ReadOnlySpan<byte> bytes) => new(new Dictionary<string, byte[]>(_files, StringComparer.Ordinal) { [name] = bytes.ToArray() });

    public void LayOn(SimulatedDisk disk)
    {
        foreach ((string name, byte[] bytes) in _files)
        {
            using IDiskFile file = disk.Open(name, DiskOpen.CreateNew);
            file.Write(0, bytes);
            file.Sync();
        }

        disk.SyncDirectory();
    }

    /// <summary>The groups of the journal on it, oldest first.</summary>
    public IReadOnlyList<InspectedGroup> Groups()
    {
        var disk = new SimulatedDisk(new SimulatedChance(1));
        LayOn(disk);
        using var buffers = new JournalBufferPool(32 << 20);
        var visitor = new GroupVisitor();
        JournalInspector.Inspect(disk, buffers, visitor);
        return visitor.Groups;
    }

    private sealed class GroupVisitor : IJournalVisitor
    {
        public List<InspectedGroup> Groups { get; } = [];

        public void OnGroup(InspectedGroup group) => Groups.Add(group);

        public void OnBlock(InspectedBlock block, ReadOnlySpan<byte> body)
        {
            // Only where groups lie is asked for.
        }

        public void OnSnapshot(SnapshotKey key, string file, ReadOnlySpan<byte> body)
        {
            // Nor snapshots.
        }
    }
}
