using LeitherCluster.Actors;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Hosting.Api;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Local;

namespace LeitherCluster.Hosting.Nodes;

/// <summary>
/// One node that is a whole ledger: the actors on this process's threads, their journal on files in the ledger's folder or in a database. The only
/// place that wires them together.
/// </summary>
public sealed class LedgerNode : IAsyncDisposable
{
    // A thread for each processor to verify signatures on; more than these would take more memory than they are worth.
    private const int IngressCountMin = 2;
    private const int IngressCountMax = 16;

    private readonly NodeStorage _storage;
    private readonly LocalActorSystem _system;
    private readonly LedgerSystem _ledger;
    private readonly PrivateKey _bookkeeper;
    private readonly NodeEvents _events;

    private LedgerNode(NodeStorage storage, LocalActorSystem system, LedgerSystem ledger, PrivateKey bookkeeper, NodeEvents events)
    {
        _storage = storage;
        _system = system;
        _ledger = ledger;
        _bookkeeper = bookkeeper;
        _events = events;
    }

    /// <summary>The door to the ledger.</summary>
    public ILedgerGateway Gateway => _ledger.Gateway;

    /// <summary>
    /// Opens the journal and starts the ledger, which then recovers; <see cref="WhenRunningAsync"/> tells when it takes transfers.
    /// </summary>
    /// <param name="bookkeeper">the key that signs root statements; it becomes the node's</param>
    /// <exception cref="CommandFailedException">There is no ledger, another process has it, its journal is corrupt, there is no room, or its database does not answer.</exception>
    public static LedgerNode Start(NodeOptions options, LedgerParameters parameters, PrivateKey bookkeeper, ILoggerFactory logs)
    {
        var folder = new LedgerFolder(options.DataFolder);
        NodeStorage storage = NodeStorage.Open(options);
        try
        {
            var system = new LocalActorSystem(new LocalActorSystemOptions { Name = "leither", Journal = storage.Journal });
            system.CoordinatedShutdown.AddTask(CoordinatedShutdown.Release, "journal", () => Task.Run(storage.Journal.Dispose));
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
                    Places = storage.Places,
                    Node = options.Name,
                    PulseCycle = TimeSpan.FromMilliseconds(options.PulseCycleMs),
                    IngressCount = Math.Clamp(Environment.ProcessorCount, IngressCountMin, IngressCountMax),
                },
                storage.Epoch);
            return new LedgerNode(storage, system, ledger, bookkeeper, events);
        }
        catch
        {
            storage.Dispose();
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
        _storage.Dispose();
        _bookkeeper.Dispose();
    }

    // Until bookkeepers are elected the committee is this node alone.
    private static Committee CommitteeOf(PublicKey bookkeeper)
    {
        CommitteeFault fault = Committee.TryCreate(1, [bookkeeper], out Committee? committee);
        return fault == CommitteeFault.None ? committee! : throw new CommandFailedException(ExitCode.BadInput, $"The node's key cannot sign for a ledger: {fault}.");
    }
}
