using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Runtime.Membership;

/// <summary>One node of a <see cref="MemberCluster"/>: its host.</summary>
internal sealed class MemberNode(MemberCluster cluster, SimulatedNode node, string address, MemberRoles roles)
{
    public SimulatedNode Node { get; } = node;

    /// <summary>Of this boot.</summary>
    public NodeId? Self { get; private set; }

    /// <summary>The newest table that the node has published in this boot.</summary>
    public MemberTable Table { get; private set; } = MemberTable.Empty;

    public NodeStanding? Standing { get; private set; }

    /// <summary>What the node said of itself, over all boots.</summary>
    public List<object> Said { get; } = [];

    public List<LogEntry> Log { get; } = [];

    public void Boot()
    {
        (Self, Table) = (null, MemberTable.Empty);
        MembershipTiming timing = cluster.Mutant.TimingOf(cluster.Timing);
        IActorSystem system = Node.System;
        Standing = new NodeStanding(system.Clock, timing.PauseLimitMs);
        system.EventStream.Subscribe<SelfJoined>(joined =>
        {
            Said.Add(joined);
            Self = joined.Self;
            Node.NodeIncarnation = joined.Self.Incarnation;
        });
        system.EventStream.Subscribe<MembershipChanged>(OnTable);
        system.EventStream.Subscribe<SelfOvertaken>(EndProcess);
        system.EventStream.Subscribe<SelfRemoved>(EndProcess);
        system.EventStream.Subscribe<JoinRefused>(EndProcess);
        system.EventStream.Subscribe<LogEntry>(Log.Add);
        var options = new MembershipOptions { Name = Node.Name, Address = address, Roles = roles, Version = "1.0", Timing = timing };
        var store = new WatchedStore(cluster.Mutant.Store(cluster.Store.For(Node), Node), (ticket, what) => cluster.OnQuestion?.Invoke(Node, ticket, what));
        system.Spawn(NodeMembership.Props(options, store, Node.RemoteActors, Standing), NodeMembership.ActorName);
        ILayoutStore layouts = cluster.Database.OpenLayout(Node);
        system.Spawn(Props.Create(() => new StreamMover(this, layouts)), "mover");
    }

    /// <summary>Tells the node's membership actor something, as somebody of that node would.</summary>
    public void Tell(object message, IActorRef? sender = null) => Actor?.Tell(message, sender);

    public MembershipStatus AskStatus()
    {
        Task<MembershipStatus> answer = Actor!.Ask<MembershipStatus>(GetMembershipStatus.Instance, TimeSpan.FromSeconds(1));
        cluster.Cluster.RunUntil(() => answer.IsCompleted, TimeSpan.FromSeconds(2));
        return answer.Result;
    }

    public override string ToString() => $"{Self} knows {Table.Version}, {(Standing is { IsSure: true } ? "sure" : "not sure")}";

    private IActorRef? Actor => Node.IsUp ? Node.System.Find(ActorPath.Root(Node.Name).Child("user").Child(NodeMembership.ActorName)) : null;

    private void OnTable(MembershipChanged changed)
    {
        Assert.True(changed.Table.Version > Table.Version, $"{Node.Name} published version {changed.Table.Version} after {Table.Version}");
        Table = changed.Table;
    }

    /// <summary>The process ends at once; a supervisor starts it again.</summary>
    private void EndProcess(object why)
    {
        Said.Add(why);
        int incarnation = Node.Incarnation;
        cluster.Cluster.After(TimeSpan.Zero, () =>
        {
            if (Node.IsUp && Node.Incarnation == incarnation)
            {
                Node.Crash(CrashKind.ProcessKill, cluster.RestartAfter?.Invoke());
            }
        });
    }
}
