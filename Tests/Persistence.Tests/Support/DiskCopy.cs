using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Persistence.Support;

/// <summary>The files of a disk, to be laid out anew as often as a test spoils them.</summary>
internal sealed class DiskCopy
{
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    public static DiskCopy Of(IDisk disk)
    {
        var copy = new DiskCopy();
        foreach (string name in disk.List())
        {
            using IDiskFile file = disk.Open(name, DiskOpen.ReadOnly);
            byte[] bytes = new byte[file.Length];
            file.Read(0, bytes);
            copy._files.Add(name, bytes);
        }

        return copy;
    }

    public IEnumerable<string> Names => _files.Keys;

    public byte[] this[string name] => _files[name];

    /// <summary>A disk with these files, or with others in place of some (null: without it).</summary>
    public SimulatedDisk Lay(string? changed = null, ReadOnlySpan<byte> content = default, bool isMissing = false)
    {
        var disk = new SimulatedDisk(new SimulatedChance(1));
        foreach ((string name, byte[] bytes) in _files)
        {
            bool isChanged = string.Equals(name, changed, StringComparison.Ordinal);
            if (isChanged && isMissing)
            {
                continue;
            }

            using IDiskFile file = disk.Open(name, DiskOpen.CreateNew);
            file.Write(0, isChanged ? content : bytes);
            file.Sync();
        }

        disk.SyncDirectory();
        return disk;
    }
}
