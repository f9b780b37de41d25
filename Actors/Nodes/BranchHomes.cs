using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Actors.Nodes;

/// <summary>Where branches live, as the region of this node sees it: what is not here goes to the router. Changed by the guardian, read by the region.</summary>
public sealed class BranchHomes(NodeId self) : IShardPlacement<uint>
{
    private volatile LedgerLayout? _layout;
    private volatile IActorRef _router = ActorRefs.Nobody;

    public LedgerLayout? Layout
    {
        get => _layout;
        set => _layout = value;
    }

    /// <summary>Takes what is for branches of other nodes.</summary>
    public IActorRef Router
    {
        get => _router;
        set => _router = value;
    }

    public IActorRef? RemoteHome(uint entityId) => _layout is { } layout && layout.Owner(entityId).Node == self ? null : _router;

    /// <summary>The epoch under which a branch writes.</summary>
    public uint EpochOf(uint branch) => _layout!.Owner(branch).Epoch;
}
