using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Persistence.PostgreSql.Journals;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Tests.Persistence.PostgreSql.Support;

namespace LeitherCluster.Tests.Persistence.PostgreSql.Journals;

/// <summary>So little room for staging that nearly every group has bodies that were made durable before it.</summary>
[Collection(ServerCollection.Name)]
public sealed class SmallStagingConformanceTests(PostgresServer server) : JournalConformance
{
    private static readonly PostgresJournalOptions s_small = new() { StagingBytes = 16 << 10, ChunkBytes = 8 << 10 };

    private readonly DatabaseAddress _database = server.NewJournal();

    protected override IJournalStore OpenStore() => PostgresJournal.Open(_database, Buffers, s_small);
}
