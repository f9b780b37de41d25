using LeitherCluster.Persistence.PostgreSql.Clusters;

namespace LeitherCluster.Hosting.Clusters;

/// <summary>Whether a node fits the cluster that a database is of. Pure.</summary>
internal static class ClusterFit
{
    /// <summary>As between nodes: a wall clock that differs by more is refused.</summary>
    public const long ClockDifferenceMaxMs = 60_000;

    /// <summary>What is wrong, and what to do; null: nothing.</summary>
    /// <param name="named">what the database says</param>
    /// <param name="cluster">the node's cluster</param>
    /// <param name="authority">the fingerprint of the authority that it trusts</param>
    /// <param name="nowMs">its wall clock</param>
    public static string? ProblemOf(ClusterNamed named, string cluster, string authority, long nowMs)
    {
        if (named.Name != cluster)
        {
            return $"The database is of cluster {named.Name}, not of {cluster}. Say --cluster {named.Name} and use a certificate of that cluster, or say another --database.";
        }

        if (named.Authority != authority)
        {
            return $"The database is of the cluster {cluster} whose authority is {named.Authority[..16]}…, and this node's certificate is of another authority, {authority[..16]}…. "
                + "Get a certificate from the cluster's own: leither node join, or leither ca issue.";
        }

        long ahead = nowMs - named.ClockMs;
        return Math.Abs(ahead) > ClockDifferenceMaxMs
            ? $"The clock of this machine is {Math.Abs(ahead) / 1_000} s {(ahead > 0 ? "ahead of" : "behind")} the database's. Set it right, with NTP or the like."
            : null;
    }
}
