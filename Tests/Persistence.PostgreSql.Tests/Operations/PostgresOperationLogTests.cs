using LeitherCluster.Persistence.PostgreSql.Clusters;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Persistence.PostgreSql.Operations;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Tests.Persistence.PostgreSql.Support;
using Npgsql;

namespace LeitherCluster.Tests.Persistence.PostgreSql.Operations;

/// <summary>The record of what operators changed, with a node's rights.</summary>
[Collection(ServerCollection.Name)]
public sealed class PostgresOperationLogTests : IDisposable
{
    private readonly PostgresServer _server;
    private readonly DatabaseAddress _database;
    private readonly PostgresOperationLog _log;

    public PostgresOperationLogTests(PostgresServer server)
    {
        _server = server;
        _database = server.NewJournalForNode();
        _log = new PostgresOperationLog(_database);
    }

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Read_AfterChanges_HasWhoDidWhatAndHowItEnded()
    {
        long first = await _log.BeginAsync("alice", "01", "n1#3", "sharding move", """{"shard":"root"}""");
        long second = await _log.BeginAsync("bob", "02", "n2#1", "cluster drain", "{}");

        Assert.True(await _log.EndAsync(first, 0, "done"));

        IReadOnlyList<Operation> all = await _log.ReadAsync(10);
        Assert.Equal([first, second], all.Select(operation => operation.Number));
        Assert.Equal(("alice", "01", "n1#3", "sharding move", """{"shard":"root"}""", 0, "done"), (all[0].Operator, all[0].Serial, all[0].Node, all[0].Command, all[0].Arguments, all[0].ExitCode, all[0].Outcome));
        Assert.NotNull(all[0].EndedAt);
        Assert.Null(all[1].EndedAt);
        Assert.Null(all[1].ExitCode);
        Assert.Equal(second, Assert.Single(await _log.ReadAsync(1)).Number);
    }

    [Fact]
    public async Task End_ASecondTime_ChangesNothing()
    {
        long number = await _log.BeginAsync("alice", "01", "n1#3", "cluster down", "{}");
        await _log.EndAsync(number, 1, "refused");

        Assert.False(await _log.EndAsync(number, 0, "done"));
        Assert.Equal("refused", Assert.Single(await _log.ReadAsync(1)).Outcome);
    }

    [Theory]
    [InlineData("UPDATE leither.operations SET operator = 'mallory'")]
    [InlineData("DELETE FROM leither.operations")]
    [InlineData("INSERT INTO leither.operations (operator, serial, node, command, arguments) VALUES ('a', 'b', 'c', 'd', 'e')")]
    [InlineData("DELETE FROM leither.pins")]
    public async Task Table_WithANodesRights_IsChangedThroughTheFunctionsOnly(string sql)
    {
        await _log.BeginAsync("alice", "01", "n1#3", "cluster down", "{}");
        await using var connection = new NpgsqlConnection(_database.ConnectionStrings[0]);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);

        PostgresException refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());
        Assert.Equal("42501", refused.SqlState);
    }

    [Fact]
    public async Task Begin_NoDatabase_SaysThatNothingMayBeChanged()
    {
        using var away = new PostgresOperationLog(_server.Address("no_such_database"));

        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => away.BeginAsync("alice", "01", "n1#3", "cluster down", "{}"));
    }

    [Fact]
    public async Task Pin_SetMovedAndTakenBack_IsReadAsItIs()
    {
        using var record = new ClusterRecord(_database);
        var stream = new StreamId(new byte[StreamId.ScopeSize], 1, 17);
        await record.PinAsync(stream, "n1");
        await record.PinAsync(stream, "n2");

        Assert.Equal([KeyValuePair.Create(stream, "n2")], await record.PinsAsync());
        await record.PinAsync(stream, null);
        Assert.Empty(await record.PinsAsync());
    }
}
