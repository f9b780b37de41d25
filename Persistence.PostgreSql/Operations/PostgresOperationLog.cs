using LeitherCluster.Persistence.PostgreSql.Clusters;
using LeitherCluster.Persistence.PostgreSql.Databases;
using Npgsql;

namespace LeitherCluster.Persistence.PostgreSql.Operations;

/// <summary>
/// The record of what operators changed, in the cluster's database (table <c>operations</c>): docs/PROTOCOL.md, the operators' protocol. Answers come from a
/// thread of its own, within a few seconds also when no database answers.
/// </summary>
/// <param name="address">the database; <see cref="Migrator"/> has prepared it</param>
public sealed class PostgresOperationLog(DatabaseAddress address) : IDisposable
{
    private readonly StoreThread _thread = new(address, "operations", TimeSpan.FromSeconds(5));

    /// <summary>Records that something is about to be changed.</summary>
    /// <returns>Its number, for <see cref="EndAsync"/>.</returns>
    /// <exception cref="DatabaseUnavailableException">It could not be recorded, or it is not known whether it was: nothing may be changed.</exception>
    public Task<long> BeginAsync(string @operator, string serial, string node, string command, string arguments) => Ask(connection =>
    {
        using var sql = new NpgsqlCommand("SELECT leither.begin_operation($1, $2, $3, $4, $5)", connection);
        foreach (string value in new[] { @operator, serial, node, command, arguments })
        {
            sql.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return (long)sql.ExecuteScalar()!;
    });

    /// <summary>Records how it ended; once.</summary>
    /// <returns>False when its end was recorded before.</returns>
    /// <exception cref="DatabaseUnavailableException">It is not known whether that was recorded.</exception>
    public Task<bool> EndAsync(long number, int exitCode, string outcome) => Ask(connection =>
    {
        using var sql = new NpgsqlCommand("SELECT leither.end_operation($1, $2, $3)", connection);
        sql.Parameters.Add(new NpgsqlParameter { Value = number });
        sql.Parameters.Add(new NpgsqlParameter { Value = (short)exitCode });
        sql.Parameters.Add(new NpgsqlParameter { Value = outcome });
        return (bool)sql.ExecuteScalar()!;
    });

    /// <summary>The newest ones, oldest of them first.</summary>
    /// <exception cref="DatabaseUnavailableException">No database answers.</exception>
    public Task<IReadOnlyList<Operation>> ReadAsync(int countMax) => Ask<IReadOnlyList<Operation>>(connection =>
    {
        const string Newest = """
            SELECT number, begun_at, operator, serial, node, command, arguments, ended_at, exit_code, outcome FROM leither.operations ORDER BY number DESC LIMIT $1
            """;
        using var sql = new NpgsqlCommand(Newest, connection);
        sql.Parameters.Add(new NpgsqlParameter { Value = countMax });
        using NpgsqlDataReader reader = sql.ExecuteReader();
        List<Operation> found = [];
        while (reader.Read())
        {
            found.Add(new Operation(
                reader.GetInt64(0),
                reader.GetFieldValue<DateTimeOffset>(1),
                reader.GetString(2),
                reader.GetString(3),
                reader.GetString(4),
                reader.GetString(5),
                reader.GetString(6),
                reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7),
                reader.IsDBNull(8) ? null : reader.GetInt16(8),
                reader.IsDBNull(9) ? null : reader.GetString(9)));
        }

        found.Reverse();
        return found;
    });

    public void Dispose() => _thread.Dispose();

    private Task<T> Ask<T>(Func<NpgsqlConnection, T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _thread.Ask(connection => answer.TrySetResult(question(connection)), reason => answer.TrySetException(new DatabaseUnavailableException(reason, null)));
        return answer.Task;
    }
}
