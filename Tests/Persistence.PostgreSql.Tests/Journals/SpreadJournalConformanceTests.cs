using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Persistence.PostgreSql.Journals;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Tests.Persistence.PostgreSql.Support;

namespace LeitherCluster.Tests.Persistence.PostgreSql.Journals;

/// <summary>The journal over two databases, branches by turns, with a node's rights.</summary>
[Collection(ServerCollection.Name)]
public sealed class SpreadJournalConformanceTests(PostgresServer server) : JournalConformance
{
    private readonly JournalDatabases _databases = server.NewSpreadJournalForNode(2);

    protected override bool GroupsAreWhole => false;

    protected override IJournalStore OpenStore() => SpreadJournal.Open(_databases, Buffers);
}
