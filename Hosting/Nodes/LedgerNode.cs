using LeitherCluster.Actors;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Hosting.Api;
using LeitherCluster.Hosting.Clusters;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Local;

namespace LeitherCluster.Hosting.Nodes;

/// <summary>
/// One node of a ledger, the only one or one of a cluster's: the actors on this process's threads, their journal on files in the ledger's folder or in a database. The only
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

    /// <summary>The actors of this process.</summary>
    internal IActorSystem System => _system;

    /// <summary>This node's place in its cluster; null when it is a ledger by itself.</summary>
    internal ClusterMember? Member { get; private init; }

    /// <summary>
    /// Opens the journal, joins the cluster if there is one, and starts the ledger, which then recovers; <see cref="WhenRunningAsync"/> tells when it takes
    /// transfers.
    /// </summary>
    /// <param name="bookkeeper">the key that signs root statements; it becomes the node's</param>
    /// <param name="fate">what becomes of the process when the cluster is done with this node</param>
    /// <exception cref="CommandFailedException">
    /// There is no ledger, another process has it, its journal is corrupt, there is no room, its database does not answer, or the cluster does not let it in.
    /// </exception>
    public static async Task<LedgerNode> StartAsync(
        NodeOptions options, LedgerParameters parameters, PrivateKey bookkeeper, ILoggerFactory logs, NodeFate fate, CancellationToken cancel)
    {
        var folder = new LedgerFolder(options.DataFolder);
        NodeStorage storage = NodeStorage.Open(options);
        LocalActorSystem? system = null;
        ClusterMember? member = null;
        try
        {
            system = new LocalActorSystem(new LocalActorSystemOptions { Name = options.Name, Journal = storage.Journal });
            var events = new NodeEvents(system.EventStream, logs.CreateLogger<LedgerNode>());
            Committee committee = CommitteeOf(bookkeeper.PublicKey);
            TrustFile.Write(folder.TrustFile, new ContractMapper(parameters).Map(committee, options));
            var ledgerOptions = new LedgerOptions
            {
                Parameters = parameters,
                Bookkeeper = bookkeeper,
                Committee = committee,
                Places = storage.Places,
                Node = options.Name,
                PulseCycle = TimeSpan.FromMilliseconds(options.PulseCycleMs),
                IngressCount = Math.Clamp(Environment.ProcessorCount, IngressCountMin, IngressCountMax),
            };
            member = options.Cluster is null ? null : await ClusterMember.JoinAsync(options, system, fate, logs.CreateLogger<ClusterMember>(), cancel).ConfigureAwait(false);
            LedgerSystem ledger = member is null ? LedgerSystem.Start(system, ledgerOptions, storage.Epoch) : LedgerSystem.Join(system, ledgerOptions, member.Seat);
            CoordinatedShutdown shutdown = system.CoordinatedShutdown;
            shutdown.AddTask(CoordinatedShutdown.Flush, "cluster", () => member?.EndAsync() ?? Task.CompletedTask);
            shutdown.AddTask(CoordinatedShutdown.Release, "journal", () => Task.Run(storage.Journal.Dispose));
            return new LedgerNode(storage, system, ledger, bookkeeper, events) { Member = member };
        }
        catch
        {
            if (system is not null)
            {
                await system.DisposeAsync().ConfigureAwait(false);
            }

            if (member is not null)
            {
                await member.DisposeAsync().ConfigureAwait(false);
            }

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

    /// <summary>
    /// Hands over what the node owns in its cluster, for as long as <see cref="ClusterMember.LeaveLimit"/> at the most; it goes on taking transfers meanwhile.
    /// Nothing to be done for a ledger by itself.
    /// </summary>
    public Task LeaveAsync() => Member?.LeaveAsync() ?? Task.CompletedTask;

    /// <summary>Stops in order: nothing new is taken, the open pulse ends, everything is durable, the files are closed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _system.DisposeAsync().ConfigureAwait(false);
        if (Member is not null)
        {
            await Member.DisposeAsync().ConfigureAwait(false);
        }

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
