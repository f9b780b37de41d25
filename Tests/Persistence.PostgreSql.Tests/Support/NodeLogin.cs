using LeitherCluster.Persistence.PostgreSql.Databases;

namespace LeitherCluster.Tests.Persistence.PostgreSql.Support;

/// <summary>A journal as a node reaches it: with a node's rights and no others.</summary>
internal static class NodeLogin
{
    private const string Name = "test_node";

    /// <summary>The databases of a journal that is spread, branches by turns.</summary>
    public static JournalDatabases NewSpreadJournalForNode(this PostgresServer server, int databases)
    {
        JournalDatabases made = server.NewSpreadJournal(new string?[databases]);
        foreach (DatabaseAddress database in made.All)
        {
            Migrator.CreateLogin(database, Name, null);
        }

        return PostgresServer.Databases([.. made.All.Select(database => server.AddressText(database.Database, Name))]);
    }

    public static DatabaseAddress NewJournalForNode(this PostgresServer server)
    {
        DatabaseAddress database = server.NewJournal();
        Migrator.CreateLogin(database, Name, null);
        return server.Address(database.Database, Name);
    }
}
