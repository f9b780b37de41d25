using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Remoting.Peers;

/// <summary>Which of the two nodes opened a connection.</summary>
public enum LaneDirection
{
    /// <summary>This one: messages go out on it.</summary>
    Outbound = 0,

    /// <summary>The other: messages come in on it.</summary>
    Inbound = 1,
}

/// <summary>Published when a lane from or to another node is open.</summary>
public sealed record PeerConnected(NodeId Node, Lane Lane, LaneDirection Direction, string ProgramVersion);

/// <summary>Published when such a lane has ended, and why.</summary>
public sealed record PeerDisconnected(NodeId Node, Lane Lane, LaneDirection Direction, HandshakeRefusal Reason);

/// <summary>Published when a greeting failed.</summary>
/// <param name="Node">the other side as it says or as it was meant; null when it said nothing</param>
/// <param name="Address">where it is</param>
/// <param name="Refusal">why</param>
/// <param name="ByOther">the other side refused this node</param>
/// <param name="Advice">what to do, for the node that was refused</param>
public sealed record PeerRefused(NodeId? Node, string Address, HandshakeRefusal Refusal, bool ByOther, string Advice);

/// <summary>Published when another node said that this node's life is over: a newer one of its name is there, or the members' table says so.</summary>
public sealed record OwnLifeDenied(NodeId By, HandshakeRefusal Refusal);
