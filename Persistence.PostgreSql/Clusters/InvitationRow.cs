using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Persistence.PostgreSql.Clusters;

/// <summary>A new invitation, as the database keeps it: never its secret.</summary>
/// <param name="Id">8 random bytes that name it</param>
/// <param name="SecretHash">SHA-256 of its secret</param>
/// <param name="Node">the only name that may use it; empty: any</param>
/// <param name="Roles">what the node is to do for the cluster</param>
/// <param name="LifetimeS">for how many seconds it is good, by the database's clock</param>
/// <param name="MadeBy">who asked for it, to be shown</param>
public sealed record InvitationRow(byte[] Id, byte[] SecretHash, string Node, MemberRoles Roles, int LifetimeS, string MadeBy);
