namespace LeitherCluster.Runtime.Membership;

/// <summary>"Are you there?" Whoever gets one that is not for its own life keeps quiet.</summary>
/// <param name="Sequence">counts the asker's probes</param>
/// <param name="Version">the newest table that the sender knows</param>
public sealed record Ping(NodeId To, ulong Sequence, ulong Version) : IWireMessage;

/// <summary>"I am."</summary>
/// <param name="From">who answers</param>
/// <param name="Sequence">of the <see cref="Ping"/></param>
/// <param name="Version">the newest table that the sender knows</param>
public sealed record Pong(NodeId From, ulong Sequence, ulong Version) : IWireMessage;

/// <summary>"Ask that one whether it is there; it does not answer me." A third node answers with <see cref="ProbeHeard"/>, or not at all.</summary>
public sealed record ProbeFor(NodeId Target, ulong Sequence) : IWireMessage;

/// <summary>The target of a <see cref="ProbeFor"/> has answered a third node.</summary>
public sealed record ProbeHeard(NodeId Target, ulong Sequence) : IWireMessage;

/// <summary>The table has got this version: read it.</summary>
public sealed record MembershipNews(ulong Version) : IWireMessage;

/// <summary>
/// Asks a member to write down another state of any member: Leaving (it is to go), Down (give it up), Removed (it owns nothing any more; only after Leaving
/// or Down, or when it never was at work). The answer is <see cref="MemberStateChanged"/> or <see cref="MemberChangeRefused"/>, and may be long in coming
/// while the database is away.
/// </summary>
public sealed record ChangeMemberState(NodeId Node, MemberState To) : IWireMessage;

/// <summary>The member has that state, or one below it.</summary>
public sealed record MemberStateChanged(NodeId Node, MemberState State) : IWireMessage;

/// <summary>Why a member's state was not changed.</summary>
public enum MemberChangeRefusal
{
    None = 0,

    /// <summary>There is no such member.</summary>
    Unknown = 1,

    /// <summary>That state does not follow from the one it has.</summary>
    NotAllowed = 2,

    /// <summary>Too many such wishes wait already.</summary>
    Busy = 3,

    /// <summary>The node that was asked is no member itself, not yet or not any more.</summary>
    NotAMember = 4,
}

/// <summary>Nothing was changed.</summary>
public sealed record MemberChangeRefused(NodeId Node, MemberState To, MemberChangeRefusal Refusal) : IWireMessage;

/// <summary>Asks the node's membership actor for a <see cref="MembershipStatus"/>.</summary>
public sealed record GetMembershipStatus : IWireMessage
{
    public static GetMembershipStatus Instance { get; } = new();
}

/// <summary>How the cluster looks from one node.</summary>
/// <param name="Self">its own id; null before it has joined</param>
/// <param name="Table">the newest table that it knows</param>
/// <param name="Unreachable">those that do not answer it, nor those that it asked to probe them</param>
/// <param name="Silent">those that were seen to write no heartbeat for a while</param>
/// <param name="IsSure">whether it takes itself for a member, see <see cref="NodeStanding"/></param>
/// <param name="IsTableThere">whether the table answered last time</param>
public sealed record MembershipStatus(
    NodeId? Self,
    MemberTable Table,
    IReadOnlyList<NodeId> Unreachable,
    IReadOnlyList<NodeId> Silent,
    bool IsSure,
    bool IsTableThere) : IWireMessage;
