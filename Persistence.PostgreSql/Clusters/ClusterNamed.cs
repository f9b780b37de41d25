namespace LeitherCluster.Persistence.PostgreSql.Clusters;

/// <summary>Which cluster a database is of.</summary>
/// <param name="Name">the cluster's name</param>
/// <param name="Authority">the fingerprint of its authority, 64 hexadecimal digits</param>
/// <param name="ClockMs">the database's wall clock, milliseconds since 1970</param>
public sealed record ClusterNamed(string Name, string Authority, long ClockMs);
