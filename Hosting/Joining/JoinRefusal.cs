namespace LeitherCluster.Hosting.Joining;

/// <summary>Why a node was not let in. The numbers go over the wire, with a line that says what to do. The first that applies is the answer.</summary>
internal enum JoinRefusal
{
    None = 0,

    /// <summary>The request cannot be read.</summary>
    Malformed = 1,

    /// <summary>It is for another cluster.</summary>
    WrongCluster = 2,

    /// <summary>The node that was asked has no authority's folder: it cannot sign.</summary>
    NoAuthority = 3,

    /// <summary>There is no such invitation.</summary>
    UnknownInvitation = 4,

    /// <summary>It is over.</summary>
    InvitationExpired = 5,

    /// <summary>Another node, or another key, has used it up.</summary>
    InvitationUsedUp = 6,

    /// <summary>It is for a node of another name.</summary>
    InvitationForAnother = 7,

    /// <summary>A node of that name is at work in the cluster.</summary>
    NameTaken = 8,

    /// <summary>The authority does not sign the request.</summary>
    RequestRefused = 9,

    /// <summary>Something is away that is needed, as the database. It may be tried again.</summary>
    NotNow = 10,
}
