using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Persistence.Disks;
using LeitherCluster.Persistence.Sealed;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Local;

namespace LeitherCluster.Hosting.Nodes;

/// <summary>
/// What a node stores: its journal, on files or in a database, under an epoch that fences whoever had it before, and on files of its own the index
/// of sealed transfers.
/// </summary>
internal sealed class NodeStorage : IDisposable
{
    private readonly PosixDisk _disk;
    private readonly JournalBufferPool _buffers;

    private NodeStorage(PosixDisk disk, JournalBufferPool buffers, ThreadedJournal journal, SealedIndex places, uint epoch)
    {
        _disk = disk;
        _buffers = buffers;
        Journal = journal;
        Places = places;
        Epoch = epoch;
    }

    public ThreadedJournal Journal { get; }

    public SealedIndex Places { get; }

    /// <summary>The epoch under which this process writes, above any before.</summary>
    public uint Epoch { get; }

    /// <summary>Opens the journal and takes it over.</summary>
    /// <exception cref="CommandFailedException">Another process has it, it is corrupt or not this ledger's, there is no room, or the database does not answer.</exception>
    public static NodeStorage Open(NodeOptions options)
    {
        var folder = new LedgerFolder(options.DataFolder);
        var buffers = new JournalBufferPool(options.JournalMemoryBytes);
        PosixDisk? disk = null;
        IJournalStore? store = null;
        try
        {
            if (options.Database is { } database)
            {
                (store, Guid journal) = DatabaseStorage.Open(database, options.Name, folder, buffers);
                disk = FileStorage.OpenDisk(folder.PlacesFolder(journal));
            }
            else
            {
                DatabaseStorage.RequireNone(folder);
                disk = FileStorage.OpenDisk(folder.JournalFolder);
                store = FileStorage.Open(disk, buffers, folder);
            }

            uint epoch = AcquireEpoch(store, options);
            var places = SealedIndex.Open(disk, LocalChance.Instance, new SealedIndexOptions { MemoryEntriesMax = options.PlacesInMemoryMax });
            return new NodeStorage(disk, buffers, new ThreadedJournal(store, buffers), places, epoch);
        }
        catch
        {
            store?.Dispose();
            disk?.Dispose();
            buffers.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Places.Dispose();
        Journal.Dispose();
        _buffers.Dispose();
        _disk.Dispose();
    }

    private static uint AcquireEpoch(IJournalStore store, NodeOptions options)
    {
        JournalOutcome outcome = store.AcquireEpoch(StreamId.WholeJournal, out uint epoch);
        return outcome == JournalOutcome.Ok
            ? epoch
            : throw new CommandFailedException(
                ExitCode.Busy,
                $"The journal of {options.DataFolder} cannot be taken over: {outcome}. Make room, or see whether its database answers and who else writes to it.");
    }
}
