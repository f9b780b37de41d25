using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Persistence.PostgreSql.Journals;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;
using Npgsql;

namespace LeitherCluster.Persistence.PostgreSql.Clusters;

/// <summary>
/// What the journal's database knows of the cluster besides members and layout: which one it is, who may let nodes in, invitations, and drains. Every question
/// has a thread's connection for itself and waits for the answer; it is asked rarely.
/// </summary>
/// <param name="address">the database; <see cref="Migrator"/> has prepared it</param>
public sealed class ClusterRecord(DatabaseAddress address) : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly StoreThread _thread = new(address, "cluster", s_patience);

    /// <summary>Says which cluster the database is of, if nobody has yet.</summary>
    /// <param name="authority">the fingerprint of its authority, 64 hexadecimal digits</param>
    /// <returns>Which it is.</returns>
    /// <exception cref="DatabaseUnavailableException">The database does not answer; so for all of these.</exception>
    public Task<ClusterNamed> NameAsync(string name, string authority) => AskAsync(connection =>
    {
        using NpgsqlCommand command = Command(connection, "SELECT * FROM leither.name_cluster($1, $2)", name, authority);
        using NpgsqlDataReader reader = command.ExecuteReader();
        return reader.Read()
            ? new ClusterNamed(reader.GetString(0), reader.GetString(1), reader.GetInt64(2))
            : throw new InvalidOperationException("The cluster has been named, and has no name");
    });

    /// <summary>Says whether a node has the authority's folder, and where it is asked.</summary>
    /// <param name="operators">its endpoint for operators, <c>host:port</c>; null: it does not have it</param>
    public Task AnnounceIssuerAsync(string node, string? operators) => AskAsync(connection =>
    {
        using NpgsqlCommand command = Command(connection, "SELECT leither.announce_issuer($1, $2::text)", node, (object?)operators ?? DBNull.Value);
        return command.ExecuteNonQuery();
    });

    /// <summary>The nodes that have the authority's folder, and where each is asked, by name.</summary>
    public Task<IReadOnlyList<(string Node, string Address)>> IssuersAsync() => AskAsync<IReadOnlyList<(string Node, string Address)>>(static connection =>
    {
        List<(string Node, string Address)> issuers = [];
        using NpgsqlCommand command = Command(connection, "SELECT node, address FROM leither.issuers ORDER BY node");
        using NpgsqlDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            issuers.Add((reader.GetString(0), reader.GetString(1)));
        }

        return issuers;
    });

    /// <summary>Writes an invitation down. False: as many as may be (1,000) are open.</summary>
    public Task<bool> InviteAsync(InvitationRow invitation)
    {
        ArgumentNullException.ThrowIfNull(invitation);
        return AskAsync(connection =>
        {
            using NpgsqlCommand command = Command(
                connection,
                "SELECT leither.make_invitation($1, $2, $3, $4, $5, $6)",
                invitation.Id, invitation.SecretHash, invitation.Node, (short)invitation.Roles, invitation.LifetimeS, invitation.MadeBy);
            return (bool)command.ExecuteScalar()!;
        });
    }

    /// <summary>Uses an invitation up; again by the same node with the same key it changes nothing.</summary>
    /// <param name="key">SHA-256 of the node's public key</param>
    public Task<InvitationUse> UseInvitationAsync(byte[] id, byte[] secretHash, string node, byte[] key) => AskAsync(connection =>
    {
        using NpgsqlCommand command = Command(connection, "SELECT * FROM leither.use_invitation($1, $2, $3, $4)", id, secretHash, node, key);
        using NpgsqlDataReader reader = command.ExecuteReader();
        return reader.Read()
            ? new InvitationUse((InvitationOutcome)reader.GetInt32(0), reader.GetString(1), (MemberRoles)reader.GetInt16(2))
            : throw new InvalidOperationException("An invitation was used without an outcome");
    });

    /// <summary>Has a node keep nothing, or takes that back.</summary>
    public Task DrainAsync(string node, bool isDrained) => AskAsync(connection =>
    {
        using NpgsqlCommand command = Command(connection, "SELECT leither.drain($1, $2)", node, isDrained);
        return command.ExecuteNonQuery();
    });

    /// <summary>Names of the nodes that are to keep nothing.</summary>
    public Task<IReadOnlyList<string>> DrainsAsync() => AskAsync<IReadOnlyList<string>>(static connection =>
    {
        List<string> drains = [];
        using NpgsqlCommand command = Command(connection, "SELECT node FROM leither.drains ORDER BY node");
        using NpgsqlDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            drains.Add(reader.GetString(0));
        }

        return drains;
    });

    /// <summary>Has a stream kept by the node of a name, as long as that is at work and may have it; null: wherever balance has it.</summary>
    public Task PinAsync(StreamId stream, string? node) => AskAsync(connection =>
    {
        using NpgsqlCommand command = Command(connection, "SELECT leither.pin($1, $2)", Stored.Stream(stream), (object?)node ?? DBNull.Value);
        command.Parameters[1].NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text;
        return command.ExecuteNonQuery();
    });

    /// <summary>The streams that are pinned, and to whom.</summary>
    public Task<IReadOnlyDictionary<StreamId, string>> PinsAsync() => AskAsync<IReadOnlyDictionary<StreamId, string>>(static connection =>
    {
        Dictionary<StreamId, string> pins = [];
        using NpgsqlCommand command = Command(connection, "SELECT stream, node FROM leither.pins");
        using NpgsqlDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            pins[StreamId.Read(reader.GetFieldValue<byte[]>(0))] = reader.GetString(1);
        }

        return pins;
    });

    public void Dispose() => _thread.Dispose();

    private Task<T> AskAsync<T>(Func<NpgsqlConnection, T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _thread.Ask(connection => answer.SetResult(question(connection)), reason => answer.SetException(new DatabaseUnavailableException(reason)));
        return answer.Task;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string text, params object[] values)
    {
        var command = new NpgsqlCommand(text, connection);
        foreach (object value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
