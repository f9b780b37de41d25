using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Actors.Nodes;

/// <summary>
/// Says which streams should move, given who is there and who owns what. Deterministic; streams without a living owner come first and without bound, the
/// others a few at a time.
/// </summary>
/// <param name="table">the members</param>
/// <param name="layout">the newest layout</param>
/// <param name="streams">all streams there are, in a fixed order</param>
public delegate IReadOnlyList<ShardMove> PlanMoves(MemberTable table, ShardLayout layout, IReadOnlyList<StreamId> streams);

/// <summary>A node's place in a cluster.</summary>
public sealed record ClusterSeat
{
    /// <summary>This life of this node. The root of its actors' paths bears its name.</summary>
    public required NodeId Node { get; init; }

    /// <summary>The other nodes.</summary>
    public required IRemoteActors Remote { get; init; }

    /// <summary>Where the layout is kept.</summary>
    public required ILayoutStore Layouts { get; init; }

    /// <summary>What should move; asked on the leader only.</summary>
    public required PlanMoves Plan { get; init; }

    /// <summary>This node's membership actor: the leader tells it which members own nothing any more.</summary>
    public IActorRef Membership { get; init; } = ActorRefs.Nobody;

    /// <summary>The members as they are known when the ledger starts; later tables come as <see cref="MembershipChanged"/> on the system's event stream.</summary>
    public MemberTable Members { get; init; } = MemberTable.Empty;

    /// <summary>
    /// How long after its last confirmed report a node refuses transfers by what it knows. Shorter than the members take to give up a silent node. 1.5 s by default.
    /// </summary>
    public TimeSpan FreshFor { get; init; } = TimeSpan.FromMilliseconds(1_500);

    /// <summary>How often the layout is read, told or not. 1 s by default.</summary>
    public TimeSpan PollEvery { get; init; } = TimeSpan.FromSeconds(1);
}
