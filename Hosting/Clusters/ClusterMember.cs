using System.Net;
using LeitherCluster.Actors;
using LeitherCluster.Actors.Nodes;
using LeitherCluster.Cluster;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Commands.Databases;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Persistence.PostgreSql.Clusters;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Remoting;
using LeitherCluster.Remoting.Certificates;
using LeitherCluster.Remoting.Peers;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Local;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Hosting.Clusters;

/// <summary>This process as a member of a cluster: its place in the table of members, its connections, and how it leaves.</summary>
internal sealed class ClusterMember : IAsyncDisposable
{
    private static readonly TimeSpan s_joinPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_askPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_leavePatience = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);

    private readonly LocalActorSystem _system;
    private readonly PostgresMembershipStore _members;
    private readonly PostgresLayoutStore _layouts;
    private readonly NodeIdentity _identity;
    private readonly List<IDisposable> _subscriptions = [];
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LateRemoteActors _late = new();
    private IActorRef _membership = ActorRefs.Nobody;
    private ClusterRemoting? _remoting;
    private MemberTable _table = MemberTable.Empty;
    private NodeId _self;

    private ClusterMember(NodeOptions options, LocalActorSystem system, NodeIdentity identity)
    {
        Cluster = options.Cluster!;
        _system = system;
        _identity = identity;
        DatabaseAddress database = DatabaseOption.Parse(options.Database!);
        _members = new PostgresMembershipStore(database);
        _layouts = new PostgresLayoutStore(database);
    }

    /// <summary>The cluster's name.</summary>
    public string Cluster { get; }

    /// <summary>This life of this node.</summary>
    public NodeId Self => _self;

    /// <summary>The node's place, as its ledger wants to know it.</summary>
    public ClusterSeat Seat => new()
    {
        Node = _self,
        Remote = _remoting!,
        Layouts = _layouts,
        Plan = Plan,
        Members = Volatile.Read(ref _table),
    };

    /// <summary>The connections' counters.</summary>
    public RemotingMetrics Connections => _remoting!.Metrics;

    /// <summary>This node's certificate and its authority's.</summary>
    public NodeIdentity Identity => _identity;

    /// <summary>The newest table of members that this node has heard of.</summary>
    public MemberTable Table => Volatile.Read(ref _table);

    /// <summary>When this node's certificate ends, in milliseconds since 1970.</summary>
    public long CertificateEndsMs => _identity.NotAfterMs;

    /// <summary>Stands up in the table of members, and connects.</summary>
    /// <param name="overtaken">is called, from any thread, when this node's life is over though its process goes on</param>
    /// <exception cref="CommandFailedException">It cannot join; the message says why.</exception>
    public static async Task<ClusterMember> JoinAsync(NodeOptions options, LocalActorSystem system, Action<string> overtaken, CancellationToken cancel)
    {
        IPEndPoint listen = await EndPoints.ResolveAsync(options.Listen, "--listen", cancel).ConfigureAwait(false);
        NodeIdentity identity = ClusterCredentials.Open(options);
        var member = new ClusterMember(options, system, identity);
        try
        {
            // Others are to find it listening from the moment on in which it is a member.
            member._remoting = await member.ListenAsync(options, listen, cancel).ConfigureAwait(false);
            member.Subscribe(overtaken);
            member.Begin(options);
            await member._joined.Task.WaitAsync(s_joinPatience, cancel).ConfigureAwait(false);
            return member;
        }
        catch (TimeoutException)
        {
            await member.DisposeAsync().ConfigureAwait(false);
            throw new CommandFailedException(ExitCode.Busy, $"{options.Name} could not join {options.Cluster} within {s_joinPatience.TotalSeconds} s: the table of members did not answer. See whether the database does.");
        }
        catch
        {
            await member.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>How the cluster looks from here.</summary>
    public Task<MembershipStatus> StatusAsync() => _membership.Ask<MembershipStatus>(GetMembershipStatus.Instance, s_askPatience);

    /// <summary>The actor of another node that answers operators' questions about it.</summary>
    public IActorRef Reporter(NodeId node) => _remoting!.Ref(node, ActorPath.Root(node.Name).Child("user").Child(Operators.NodeReporter.ActorName));

    /// <summary>The newest layout.</summary>
    /// <exception cref="CommandFailedException">The database does not answer.</exception>
    public async Task<ShardLayout> LayoutAsync()
    {
        var answer = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        _layouts.Read(new AnswerRef(answer));
        return await answer.Task.WaitAsync(s_askPatience).ConfigureAwait(false) is LayoutRead read
            ? read.Layout
            : throw new CommandFailedException(ExitCode.Unreachable, "The database does not answer.");
    }

    /// <summary>
    /// Leaves in good order, as long as somebody else is at work: nothing more is placed here, what is here moves away, and then the node is no member any more.
    /// Gives up after a while; the others then take over what is left, as after a crash.
    /// </summary>
    public async Task LeaveAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(s_leavePatience);
            await ChangeAsync(MemberState.Leaving).ConfigureAwait(false);
            using var looks = new PeriodicTimer(s_look);
            while (Volatile.Read(ref _table).Up.Any(member => member.Id != _self) && await OwnsAnythingAsync().ConfigureAwait(false))
            {
                await looks.WaitForNextTickAsync(patience.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or TimeoutException or AskFailedException or CommandFailedException)
        {
            // Others take over what is left.
        }
    }

    /// <summary>The last word: this node is no member any more.</summary>
    public async Task EndAsync()
    {
        try
        {
            await ChangeAsync(MemberState.Removed).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or AskFailedException)
        {
            // The others notice by its silence.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _subscriptions.ForEach(subscription => subscription.Dispose());
        if (_remoting is not null)
        {
            await _remoting.DisposeAsync().ConfigureAwait(false);
        }

        _members.Dispose();
        _layouts.Dispose();
        _identity.Dispose();
    }

    private static IReadOnlyList<ShardMove> Plan(MemberTable table, ShardLayout layout, IReadOnlyList<Runtime.Journaling.StreamId> streams) =>
        LayoutPlanner.Plan(new PlannerInput(table, layout, [.. streams.Select(stream => new PlannedStream(stream, stream.Kind == LedgerStreams.RootKind))]));

    private void Subscribe(Action<string> overtaken)
    {
        EventStream events = _system.EventStream;
        _subscriptions.Add(events.Subscribe<SelfJoined>(joined => OnJoined(joined.Self)));
        _subscriptions.Add(events.Subscribe<JoinRefused>(refused => _joined.TrySetException(new CommandFailedException(
            ExitCode.Refused, $"{refused.Present} at {refused.Address} is alive and has this name. Give this node another with --name, or stop that one."))));
        _subscriptions.Add(events.Subscribe<SelfOvertaken>(over => overtaken(over.Reason switch
        {
            OvertakenReason.DeclaredDown => $"The others gave {over.Self} up, as one does not hear from it: it stops. Start it again.",
            OvertakenReason.NewerLife => $"{over.Self} was started a second time, and the newer one goes on.",
            _ => $"{over.Self} cannot follow the members any more: it stops.",
        })));
        _subscriptions.Add(events.Subscribe<OwnLifeDenied>(denied => overtaken($"{denied.By} says that the life of {_self} is over ({denied.Refusal}): it stops. Start it again.")));
        _subscriptions.Add(events.Subscribe<MembershipChanged>(changed =>
        {
            Volatile.Write(ref _table, changed.Table);
            _remoting!.Follow(changed.Table);
        }));
    }

    private void OnJoined(NodeId self)
    {
        _self = self;
        _remoting!.BeginLife(self);
        _late.Connect(_remoting);
        _joined.TrySetResult();
    }

    private void Begin(NodeOptions options)
    {
        var membership = new MembershipOptions
        {
            Name = options.Name,
            Address = options.Advertise ?? options.Listen,
            Roles = options.Roles,
            Version = ProgramVersion.Text,
            Timing = options.FastMembership ? MembershipTiming.Fast : MembershipTiming.Default,
        };
        var standing = new NodeStanding(_system.Clock, membership.Timing.PauseLimitMs);
        _membership = _system.Spawn(NodeMembership.Props(membership, _members, _late, standing), NodeMembership.ActorName);
    }

    private async Task<ClusterRemoting> ListenAsync(NodeOptions options, IPEndPoint listen, CancellationToken cancel)
    {
        var remoting = new RemotingOptions
        {
            Node = new NodeId(options.Name, 0),
            Cluster = Cluster,
            Listen = listen,
            Address = options.Advertise ?? options.Listen,
            Identity = _identity,
            ProgramVersion = ProgramVersion.Text,
        };
        try
        {
            return await ClusterRemoting.StartAsync(remoting, _system, ClusterMessages.Codecs, cancel).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"{options.Listen} cannot be listened on: {exception.Message}. Choose another with --listen.");
        }
    }

    private async Task ChangeAsync(MemberState to) => await _membership.Ask<object>(new ChangeMemberState(_self, to), s_askPatience).ConfigureAwait(false);

    private async Task<bool> OwnsAnythingAsync() => (await LayoutAsync().ConfigureAwait(false)).Owners.Values.Any(owner => owner.Node == _self);

    /// <summary>Takes one answer of a store.</summary>
    private sealed class AnswerRef(TaskCompletionSource<object> answer) : IActorRef
    {
        public ActorPath Path => ActorRefs.Nobody.Path;

        public void Tell(object message, IActorRef? sender = null) => answer.TrySetResult(message);

        public bool TryTell(object message, IActorRef? sender = null) => answer.TrySetResult(message);
    }
}
