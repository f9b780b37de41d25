namespace LeitherCluster.Persistence.PostgreSql.Databases;

/// <summary>How a database stands.</summary>
/// <param name="Database">Its address, without a password.</param>
/// <param name="Server">The server's version.</param>
/// <param name="SchemaVersion">Highest migration applied; 0: none.</param>
/// <param name="ProgramVersion">Highest migration that this program has.</param>
/// <param name="JournalId">Null when there is no journal yet.</param>
/// <param name="IsCopying">A copy into it is not finished.</param>
/// <param name="Part">Which database of a journal over several, from 0.</param>
/// <param name="Map">Which branches are in which of them; empty: the whole journal is here.</param>
/// <param name="Writers">Nodes that have written groups.</param>
/// <param name="Groups">Groups kept.</param>
/// <param name="Blocks">Blocks kept.</param>
/// <param name="Snapshots">Snapshots kept.</param>
/// <param name="Bytes">What all tables take on the server's disk.</param>
public sealed record DatabaseStatus(
    string Database,
    string Server,
    int SchemaVersion,
    int ProgramVersion,
    Guid? JournalId,
    bool IsCopying,
    int Part,
    string Map,
    long Writers,
    long Groups,
    long Blocks,
    long Snapshots,
    long Bytes);
