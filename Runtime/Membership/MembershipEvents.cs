namespace LeitherCluster.Runtime.Membership;

/// <summary>Published when this node stands in the table: it may be spoken to under that id from now on.</summary>
public sealed record SelfJoined(NodeId Self);

/// <summary>Why a life of a node is over though it goes on.</summary>
public enum OvertakenReason
{
    None = 0,

    /// <summary>The others gave it up.</summary>
    DeclaredDown = 1,

    /// <summary>The node runs a second time, under a newer incarnation.</summary>
    NewerLife = 2,

    /// <summary>The membership actor failed: nobody would hear of it if the node were declared down.</summary>
    Failed = 3,
}

/// <summary>Published once, when the node finds that its life is over: the host ends the process at once, without writing anything more.</summary>
public sealed record SelfOvertaken(NodeId Self, OvertakenReason Reason);

/// <summary>Published once, when the node has left in good order: it owns nothing, and the process may end.</summary>
public sealed record SelfRemoved(NodeId Self);

/// <summary>Published when a node cannot join: another one that is alive has its name. The host says so and ends the process.</summary>
/// <param name="Present">who bears the name</param>
/// <param name="Address">where that one is</param>
public sealed record JoinRefused(NodeId Present, string Address);
