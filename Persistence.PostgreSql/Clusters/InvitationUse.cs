using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Persistence.PostgreSql.Clusters;

/// <summary>What became of an invitation that a node came with. The numbers are the database's.</summary>
public enum InvitationOutcome
{
    /// <summary>It is used up now; or it was before, by the same node with the same key, which did not hear the answer.</summary>
    Used = 0,

    /// <summary>There is none of that number, or its secret is another.</summary>
    Unknown = 1,

    /// <summary>Its time is over, by the database's clock.</summary>
    Expired = 2,

    /// <summary>Another node, or another key, has used it up.</summary>
    UsedUp = 3,

    /// <summary>It is for a node of another name.</summary>
    OtherName = 4,
}

/// <summary>What became of an invitation.</summary>
/// <param name="Node">whom it is for, or who used it; empty when there is none</param>
/// <param name="Roles">what the node is to do for the cluster</param>
public sealed record InvitationUse(InvitationOutcome Outcome, string Node, MemberRoles Roles);
