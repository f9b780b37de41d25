using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Runtime.Simulation;

/// <summary>The other nodes of a simulation as one of them reaches them; see <see cref="SimulatedNode.NodeIncarnation"/>.</summary>
internal sealed class SimulatedRemoteActors(SimulatedNode from) : IRemoteActors
{
    public IActorRef Ref(NodeId node, ActorPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (string.Equals(node.Name, from.Name, StringComparison.Ordinal))
        {
            return node.Incarnation == from.NodeIncarnation
                ? throw new ArgumentException($"{node} is this node itself", nameof(node))
                : ActorRefs.Nobody;
        }

        foreach (SimulatedNode to in from.Cluster.Nodes)
        {
            if (string.Equals(to.Name, node.Name, StringComparison.Ordinal))
            {
                return new SimulatedRemoteRef(from, to, path, null, (int)node.Incarnation);
            }
        }

        throw new ArgumentException($"The simulation has no node {node}", nameof(node));
    }
}
