using System.Collections.Frozen;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Persistence.PostgreSql.Journals;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;
using Npgsql;

namespace LeitherCluster.Persistence.PostgreSql.Clusters;

/// <summary>
/// The layout in the journal's database: its version row, and the ownership rows that are the journal's fence. What is asked is answered from a thread of
/// its own, within a few seconds also when no database answers.
/// </summary>
/// <param name="address">the database; <see cref="Migrator"/> has prepared it</param>
/// <param name="statementTimeout">a statement that takes longer is given up; whole seconds; null: 5 s</param>
public sealed class PostgresLayoutStore(DatabaseAddress address, TimeSpan? statementTimeout = null) : ILayoutStore, IDisposable
{
    // A stream whose epoch an epoch of the whole journal has overtaken has no owner: a single node has had the journal since.
    private const string ReadAll = """
        SELECT v.version, e.stream, e.epoch, e.owner FROM leither.versions v
        LEFT JOIN leither.epochs e ON e.assigned_at IS NOT NULL AND e.epoch > (SELECT w.epoch FROM leither.epochs w WHERE w.stream = $1)
        WHERE v.name = 'layout'
        """;

    private readonly StoreThread _thread = new(address, "layout", statementTimeout ?? TimeSpan.FromSeconds(5));

    public void Read(IActorRef replyTo) => Ask(replyTo, static connection => new LayoutRead(ReadLayout(connection)));

    public void Advance(ulong expectedVersion, IReadOnlyList<ShardMove> moves, IActorRef replyTo)
    {
        ShardMove[] copy = [.. moves];
        Ask(replyTo, connection =>
        {
            bool isMade;
            using (var command = new NpgsqlCommand("SELECT leither.advance_layout($1, $2, $3)", connection))
            {
                command.Parameters.Add(new NpgsqlParameter { Value = Stored.Number(expectedVersion) });
                command.Parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(copy, static move => Stored.Stream(move.Stream)) });
                command.Parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(copy, static move => move.To.ToString()) });
                isMade = (bool)command.ExecuteScalar()!;
            }

            ShardLayout layout = ReadLayout(connection);
            return isMade ? new LayoutAdvanced(layout) : new LayoutConflict(layout);
        });
    }

    public void Dispose() => _thread.Dispose();

    private void Ask(IActorRef replyTo, Func<NpgsqlConnection, IControlMessage> question)
    {
        ArgumentNullException.ThrowIfNull(replyTo);
        _thread.Ask(connection => replyTo.Tell(question(connection)), reason => replyTo.Tell(new LayoutUnavailable(reason)));
    }

    private static ShardLayout ReadLayout(NpgsqlConnection connection)
    {
        ulong version = 0;
        Dictionary<StreamId, ShardOwner> owners = [];
        using var command = new NpgsqlCommand(ReadAll, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = Stored.Stream(StreamId.WholeJournal) });
        using NpgsqlDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            version = (ulong)reader.GetInt64(0);
            if (reader.IsDBNull(1))
            {
                continue;
            }

            StreamId stream = StreamId.Read(reader.GetFieldValue<byte[]>(1));
            string owner = reader.GetString(3);
            owners[stream] = NodeId.TryParse(owner, out NodeId node)
                ? new ShardOwner(node, (uint)reader.GetInt64(2))
                : throw new JournalCorruptException($"the owner of stream {stream} is '{owner}', which is no node");
        }

        return new ShardLayout(version, owners.ToFrozenDictionary());
    }
}
