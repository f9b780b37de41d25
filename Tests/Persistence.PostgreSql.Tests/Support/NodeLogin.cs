using LeitherCluster.Persistence.PostgreSql.Databases;

namespace LeitherCluster.Tests.Persistence.PostgreSql.Support;

/// <summary>A journal as a node reaches it: with a node's rights and no others.</summary>
internal static class NodeLogin
{
    private const string Name = "test_node";

    public static DatabaseAddress NewJournalForNode(this PostgresServer server)
    {
        DatabaseAddress database = server.NewJournal();
        Migrator.CreateLogin(database, Name, null);
        return server.Address(database.Database, Name);
    }
}
