namespace LeitherCluster.Persistence.PostgreSql.Databases;

/// <summary>Which database of a journal that is spread an address is meant to be.</summary>
/// <param name="Number">from 0; 0 is the first, which has the root and the cluster's tables</param>
/// <param name="Map">the journal's map</param>
internal sealed record JournalPart(int Number, SpreadMap Map);
