using LeitherCluster.Persistence.Disks;
using LeitherCluster.Persistence.Files;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Local;
using LeitherCluster.Tests.Persistence.Support;

namespace LeitherCluster.Tests.Persistence.Files;

/// <summary>The file journal in a folder, with the sizes that a node has.</summary>
public sealed class FileJournalOnFolderTests : JournalConformance
{
    private readonly TemporaryFolder _folder = new();
    private PosixDisk? _disk;

    protected override IJournalStore OpenStore()
    {
        _disk?.Dispose();
        _disk = PosixDisk.Open(_folder.Path);
        return FileJournal.Open(_disk, LocalChance.Instance, Buffers);
    }

    protected override void CleanUp()
    {
        _disk?.Dispose();
        _folder.Dispose();
    }
}
