using LeitherCluster.Cluster.Codecs;
using LeitherCluster.Remoting.Wire;

namespace LeitherCluster.Cluster;

/// <summary>How the messages of membership and of pulses go between nodes: docs/PROTOCOL.md, section 16.</summary>
public static class ClusterMessages
{
    /// <summary>All of them.</summary>
    public static MessageCodecs Codecs { get; } = new([.. MembershipCodecs.All, .. PulseCodecs.All]);
}
