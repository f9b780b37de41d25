using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Hosting.Clusters;

/// <summary>
/// Other nodes' actors before the connections are there: a node has to stand in the table of members to have the id under which it connects. What is told
/// until then is dropped, as to a node that is away.
/// </summary>
internal sealed class LateRemoteActors : IRemoteActors
{
    private IRemoteActors? _connected;

    /// <summary>From now on others are reached.</summary>
    public void Connect(IRemoteActors remote) => Volatile.Write(ref _connected, remote);

    public IActorRef Ref(NodeId node, ActorPath path) => Volatile.Read(ref _connected)?.Ref(node, path) ?? ActorRefs.Nobody;
}
