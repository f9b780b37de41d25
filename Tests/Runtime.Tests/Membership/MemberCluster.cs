using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Runtime.Membership;

/// <summary>
/// Nodes with nothing on them but their membership and streams without content, over one simulated database. Each stands for a process under a supervisor: one whose life is over ends
/// at once, and is started again.
/// </summary>
internal sealed class MemberCluster : IDisposable
{
    private readonly Dictionary<SimulatedNode, MemberNode> _nodes = [];

    public MemberCluster(ulong seed, int nodes, MembershipTiming? timing = null, MemberMutant? mutant = null)
    {
        Timing = timing ?? MembershipTiming.Default;
        Mutant = mutant ?? new MemberMutant();
        Cluster = new SimulatedCluster(seed);
        Store = new SimulatedMembershipStore(Cluster);
        Database = new SimulatedDatabase(Cluster, Cluster.Chance.Fork());
        for (int i = 0; i < nodes; i++)
        {
            Add($"n{i}");
        }
    }

    public SimulatedCluster Cluster { get; }

    public SimulatedMembershipStore Store { get; }

    /// <summary>Where the layout is.</summary>
    public SimulatedDatabase Database { get; }

    /// <summary>Told of every question of a node to the table: its ticket, and what it is.</summary>
    public Action<SimulatedNode, ulong, StoreQuestion>? OnQuestion { get; set; }

    public MembershipTiming Timing { get; }

    public MemberMutant Mutant { get; }

    public IReadOnlyList<SimulatedNode> Nodes => Cluster.Nodes;

    /// <summary>A process that has ended is started again after this; null: it is not.</summary>
    public Func<TimeSpan>? RestartAfter { get; set; }

    public MemberNode this[SimulatedNode node] => _nodes[node];

    public MemberNode this[int node] => _nodes[Cluster.Nodes[node]];

    public SimulatedNode Add(string name, string? address = null, MemberRoles roles = MemberRoles.All)
    {
        MemberNode? member = null;
        SimulatedNode node = Cluster.AddNode(name, booted => member!.Boot());
        member = new MemberNode(this, node, address ?? $"{name}:4000", roles);
        _nodes.Add(node, member);
        return node;
    }

    public void BootAll()
    {
        foreach (SimulatedNode node in Nodes)
        {
            node.Boot();
        }
    }

    /// <summary>Boots all and waits until they are at work; the table and all nodes agree then.</summary>
    public void Start()
    {
        BootAll();
        RunUntil(AllAgree, TimeSpan.FromSeconds(20), "all nodes are at work");
    }

    /// <summary>Whether every stream is owned by a member at work, and nothing is left to be moved.</summary>
    public bool IsLaidOut() =>
        StreamMover.Streams.All(stream => Database.Layout.Owners.TryGetValue(stream.Stream, out ShardOwner owner) && Store.View.Table.Find(owner.Node)?.State == MemberState.Up)
        && LayoutPlanner.Plan(new PlannerInput(Store.View.Table, Database.Layout, StreamMover.Streams)).Count == 0;

    /// <summary>Whether every node is up, at work, sees everybody, and knows the newest table.</summary>
    public bool AllAgree()
    {
        MembershipView view = Store.View;
        return view.Votes.Count == 0
            && Nodes.All(node => node.IsUp
                && this[node].Self is { } self
                && view.Table.Find(self)?.State == MemberState.Up
                && this[node].Table.Version == view.Table.Version
                && this[node].Standing!.IsSure)
            && view.Table.Members.Count(static member => member.State < MemberState.Down) == Nodes.Count;
    }

    public void RunUntil(Func<bool> condition, TimeSpan timeMax, string what) =>
        Assert.True(Cluster.RunUntil(condition, timeMax) == RunEnd.ConditionMet, $"not so within {timeMax}: {what}\n{Describe()}");

    public string Describe() =>
        $"table {Store.View.Table.Version}: {string.Join(", ", Store.View.Table.Members.Select(static m => $"{m.Id} {m.State}"))}; "
        + $"votes: {string.Join(", ", Store.View.Votes.Select(static v => $"{v.Voter} on {v.Suspect}"))}\n"
        + string.Join('\n', Nodes.Select(node => $"{node.Name} {(node.IsUp ? "up" : "down")}{(node.IsPaused ? " paused" : "")}: {this[node]}"))
        + $"\n{Cluster.Report()}";

    public void Dispose() => Cluster.Dispose();
}
