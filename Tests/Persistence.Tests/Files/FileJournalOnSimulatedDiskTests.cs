using LeitherCluster.Persistence.Files;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Persistence.Support;

namespace LeitherCluster.Tests.Persistence.Files;

/// <summary>The file journal on a disk in memory, with segments so small that nearly every group begins one.</summary>
public sealed class FileJournalOnSimulatedDiskTests : JournalConformance
{
    private readonly SimulatedDisk _disk = new(new SimulatedChance(1));

    protected override IJournalStore OpenStore() => FileJournal.Open(_disk, new SimulatedChance(2), Buffers, TestOptions.Small);
}
