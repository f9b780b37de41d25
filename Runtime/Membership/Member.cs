namespace LeitherCluster.Runtime.Membership;

/// <summary>Where a member stands. It only moves downwards in this list.</summary>
public enum MemberState
{
    /// <summary>Written down, not yet counted on: nothing is placed on it.</summary>
    Joining = 0,

    /// <summary>At work.</summary>
    Up = 1,

    /// <summary>On its way out by its own wish or an operator's: nothing more is placed on it, what it has moves away.</summary>
    Leaving = 2,

    /// <summary>Given up by the others. It stops when it hears of it, and comes back only under a new incarnation.</summary>
    Down = 3,

    /// <summary>Gone for good: it owns nothing any more.</summary>
    Removed = 4,
}

/// <summary>What a member does for the cluster.</summary>
[Flags]
public enum MemberRoles
{
    None = 0,

    /// <summary>Takes transfers from clients.</summary>
    Ingress = 1,

    /// <summary>Keeps branches.</summary>
    Branch = 2,

    /// <summary>May keep the root and the trunks.</summary>
    Trunk = 4,

    All = Ingress | Branch | Trunk,
}

/// <summary>One member, as the table of members has it.</summary>
/// <param name="Id">its name and incarnation</param>
/// <param name="Address">where other nodes reach it, <c>host:port</c></param>
/// <param name="Roles">what it does</param>
/// <param name="Version">the program's version</param>
/// <param name="State">where it stands</param>
/// <param name="JoinedAt">the table's version at which it came in: the lower, the older</param>
public sealed record Member(NodeId Id, string Address, MemberRoles Roles, string Version, MemberState State, ulong JoinedAt);
