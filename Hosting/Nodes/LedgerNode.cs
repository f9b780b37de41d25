using LeitherCluster.Actors;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Hosting.Api;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Persistence.Disks;
using LeitherCluster.Persistence.Files;
using LeitherCluster.Persistence.Sealed;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Local;

namespace LeitherCluster.Hosting.Nodes;

/// <summary>
/// One node that is a whole ledger: the actors on this process's threads, their journal on files in the ledger's folder. The only place
/// that wires them together.
/// </summary>
public sealed class LedgerNode : IAsyncDisposable
{
    // A thread for each processor to verify signatures on; more than these would take more memory than they are worth.
    private const int IngressCountMin = 2;
    private const int IngressCountMax = 16;

    private readonly PosixDisk _disk;
    private readonly JournalBufferPool _buffers;
    private readonly SealedIndex _places;
    private readonly LocalActorSystem _system;
    private readonly LedgerSystem _ledger;
    private readonly PrivateKey _bookkeeper;
    private readonly NodeEvents _events;

    private LedgerNode(
        PosixDisk disk, JournalBufferPool buffers, SealedIndex places, LocalActorSystem system, LedgerSystem ledger, PrivateKey bookkeeper, NodeEvents events)
    {
        _disk = disk;
        _buffers = buffers;
        _places = places;
        _system = system;
        _ledger = ledger;
        _bookkeeper = bookkeeper;
        _events = events;
    }

    /// <summary>The door to the ledger.</summary>
    public ILedgerGateway Gateway => _ledger.Gateway;

    /// <summary>
    /// Opens the folder's journal and starts the ledger, which then recovers; <see cref="WhenRunningAsync"/> tells when it takes transfers.
    /// </summary>
    /// <param name="bookkeeper">the key that signs root statements; it becomes the node's</param>
    /// <exception cref="CommandFailedException">There is no ledger, another process has it, its journal is corrupt, or there is no room.</exception>
    public static LedgerNode Start(NodeOptions options, LedgerParameters parameters, PrivateKey bookkeeper, ILoggerFactory logs)
    {
        var folder = new LedgerFolder(options.DataFolder);
        PosixDisk disk = OpenDisk(folder.JournalFolder);
        var buffers = new JournalBufferPool(options.JournalMemoryBytes);
        ThreadedJournal? journal = null;
        SealedIndex? places = null;
        try
        {
            FileJournal store = OpenJournal(disk, buffers, folder);
            journal = new ThreadedJournal(store, buffers);
            uint epoch = AcquireEpoch(store, folder);
            places = SealedIndex.Open(disk, LocalChance.Instance, new SealedIndexOptions { MemoryEntriesMax = options.PlacesInMemoryMax });
            var system = new LocalActorSystem(new LocalActorSystemOptions { Name = "leither", Journal = journal });
            system.CoordinatedShutdown.AddTask(CoordinatedShutdown.Release, "journal", () => Task.Run(journal.Dispose));
            var events = new NodeEvents(system.EventStream, logs.CreateLogger<LedgerNode>());
            Committee committee = CommitteeOf(bookkeeper.PublicKey);
            TrustFile.Write(folder.TrustFile, new ContractMapper(parameters).Map(committee, options));
            var ledger = LedgerSystem.Start(
                system,
                new LedgerOptions
                {
                    Parameters = parameters,
                    Bookkeeper = bookkeeper,
                    Committee = committee,
                    Places = places,
                    PulseCycle = TimeSpan.FromMilliseconds(options.PulseCycleMs),
                    IngressCount = Math.Clamp(Environment.ProcessorCount, IngressCountMin, IngressCountMax),
                },
                epoch);
            return new LedgerNode(disk, buffers, places, system, ledger, bookkeeper, events);
        }
        catch
        {
            places?.Dispose();
            journal?.Dispose();
            buffers.Dispose();
            disk.Dispose();
            throw;
        }
    }

    /// <summary>Waits until the ledger takes transfers.</summary>
    /// <exception cref="CommandFailedException">It failed instead.</exception>
    public async Task WhenRunningAsync(CancellationToken cancel)
    {
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (Gateway.Status.State != LedgerState.Running)
        {
            if (Gateway.Status is { State: LedgerState.Failed } failed)
            {
                throw new CommandFailedException(ExitCode.Corrupt, $"The ledger cannot start. {failed.Reason}");
            }

            await looks.WaitForNextTickAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Stops in order: nothing new is taken, the open pulse ends, everything is durable, the files are closed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _system.DisposeAsync().ConfigureAwait(false);
        _ledger.Dispose();
        _events.Dispose();
        _places.Dispose();
        _buffers.Dispose();
        _disk.Dispose();
        _bookkeeper.Dispose();
    }

    // Until bookkeepers are elected the committee is this node alone.
    private static Committee CommitteeOf(PublicKey bookkeeper)
    {
        CommitteeFault fault = Committee.TryCreate(1, [bookkeeper], out Committee? committee);
        return fault == CommitteeFault.None ? committee! : throw new CommandFailedException(ExitCode.BadInput, $"The node's key cannot sign for a ledger: {fault}.");
    }

    private static PosixDisk OpenDisk(string folder)
    {
        try
        {
            return PosixDisk.Open(folder);
        }
        catch (DataFolderInUseException exception)
        {
            throw new CommandFailedException(ExitCode.Busy, $"{exception.Message} Stop the other node, or use another folder with --data.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"The journal folder {folder} cannot be opened: {LedgerFolder.ObstacleTo(folder, exception)}.");
        }
    }

    private static FileJournal OpenJournal(PosixDisk disk, JournalBufferPool buffers, LedgerFolder folder)
    {
        try
        {
            return FileJournal.Open(disk, LocalChance.Instance, buffers);
        }
        catch (JournalCorruptException exception)
        {
            throw new CommandFailedException(
                ExitCode.Corrupt,
                $"The journal in {folder.JournalFolder} is corrupt, and nothing was changed. {exception.Message}. Look at it with 'leither journal verify', and restore a copy.");
        }
        catch (DiskFullException exception)
        {
            throw new CommandFailedException(ExitCode.Busy, $"There is no room for the journal in {folder.JournalFolder}. {exception.Message}. Make room and start again.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"The journal in {folder.JournalFolder} cannot be opened: {exception.Message.TrimEnd('.')}.");
        }
    }

    private static uint AcquireEpoch(FileJournal store, LedgerFolder folder)
    {
        JournalOutcome outcome = store.AcquireEpoch(StreamId.WholeJournal, out uint epoch);
        return outcome == JournalOutcome.Ok
            ? epoch
            : throw new CommandFailedException(ExitCode.Busy, $"The journal in {folder.JournalFolder} cannot be taken over: {outcome}. Make room, or see who else writes to it.");
    }
}
