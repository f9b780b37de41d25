using LeitherCluster.Cluster.Codecs;
using LeitherCluster.Remoting.Wire;

namespace LeitherCluster.Cluster;

/// <summary>How the messages of membership, of pulses, about a ledger and of operators go between nodes: docs/PROTOCOL.md, section 16.</summary>
public static class ClusterMessages
{
    /// <summary>All of them.</summary>
    public static MessageCodecs Codecs { get; } = Make();

    private static MessageCodecs Make()
    {
        IMessageCodec[] plain = [.. MembershipCodecs.All, .. PulseCodecs.All, .. InquiryCodecs.All, .. OperatorCodecs.All];
        return new MessageCodecs([.. plain, .. EnclosingCodecs.All(new MessageCodecs(plain))]);
    }
}
