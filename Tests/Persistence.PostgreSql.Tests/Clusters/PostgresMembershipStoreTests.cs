using LeitherCluster.Persistence.PostgreSql.Clusters;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Tests.Persistence.PostgreSql.Support;
using LeitherCluster.Tests.Runtime.Membership;

namespace LeitherCluster.Tests.Persistence.PostgreSql.Clusters;

/// <summary>The table of members in PostgreSQL, with a node's rights.</summary>
[Collection(ServerCollection.Name)]
public sealed class PostgresMembershipStoreTests : MembershipStoreConformance, IDisposable
{
    private readonly PostgresMembershipStore _store;

    public PostgresMembershipStoreTests(PostgresServer server) => _store = new PostgresMembershipStore(server.NewJournalForNode());

    protected override IMembershipStore Store => _store;

    public void Dispose() => _store.Dispose();

    protected override void Until(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(30)));
}
