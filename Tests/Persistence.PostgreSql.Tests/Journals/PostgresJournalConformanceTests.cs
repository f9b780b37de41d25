using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Persistence.PostgreSql.Journals;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Tests.Persistence.PostgreSql.Support;

namespace LeitherCluster.Tests.Persistence.PostgreSql.Journals;

/// <summary>The journal in PostgreSQL, with the sizes that a node has.</summary>
[Collection(ServerCollection.Name)]
public sealed class PostgresJournalConformanceTests(PostgresServer server) : JournalConformance
{
    private readonly DatabaseAddress _database = server.NewJournal();

    protected override IJournalStore OpenStore() => PostgresJournal.Open(_database, Buffers);
}
