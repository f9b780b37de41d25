namespace LeitherCluster.Tests.Persistence.PostgreSql.Support;

/// <summary>Tests that share one server, each with a database of its own.</summary>
[CollectionDefinition(Name)]
public sealed class ServerCollection : ICollectionFixture<PostgresServer>
{
    public const string Name = "server";
}
