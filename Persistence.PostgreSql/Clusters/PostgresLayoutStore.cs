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
/// <remarks>
/// Over several databases the first decides: it has version and owners of all streams, and a change takes effect there. The fences of the others follow:
/// no layout is told to anybody before each of them has its epochs. Whoever reads a layout sees to that, so a change whose author died is carried through
/// by the next one who asks.
/// </remarks>
public sealed class PostgresLayoutStore : ILayoutStore, IDisposable
{
    // A stream whose epoch an epoch of the whole journal has overtaken has no owner: a single node has had the journal since.
    private const string ReadAll = """
        SELECT v.version, e.stream, e.epoch, e.owner FROM leither.versions v
        LEFT JOIN leither.epochs e ON e.assigned_at IS NOT NULL AND e.epoch > (SELECT w.epoch FROM leither.epochs w WHERE w.stream = $1)
        WHERE v.name = 'layout'
        """;

    private readonly StoreThread _thread;
    private readonly LayoutFollower[] _followers;

    /// <param name="databases">the journal's; <see cref="Migrator"/> has prepared them</param>
    /// <param name="statementTimeout">a statement that takes longer is given up; whole seconds; null: 5 s</param>
    public PostgresLayoutStore(JournalDatabases databases, TimeSpan? statementTimeout = null)
    {
        ArgumentNullException.ThrowIfNull(databases);
        TimeSpan timeout = statementTimeout ?? TimeSpan.FromSeconds(5);
        _thread = new StoreThread(databases.Main, "layout", timeout);
        _followers = [.. databases.All.Skip(1).Select(address => new LayoutFollower(address, timeout))];
    }

    public void Read(IActorRef replyTo) => Ask(replyTo, connection => new LayoutRead(ReadLayout(connection)));

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

    public void Dispose()
    {
        _thread.Dispose();
        Array.ForEach(_followers, static follower => follower.Dispose());
    }

    private void Ask(IActorRef replyTo, Func<NpgsqlConnection, IControlMessage> question)
    {
        ArgumentNullException.ThrowIfNull(replyTo);
        _thread.Ask(connection => replyTo.Tell(question(connection)), reason => replyTo.Tell(new LayoutUnavailable(reason)));
    }

    private ShardLayout ReadLayout(NpgsqlConnection connection)
    {
        ShardLayout layout = ReadFirst(connection);
        Array.ForEach(_followers, follower => follower.Follow(layout));
        return layout;
    }

    private static ShardLayout ReadFirst(NpgsqlConnection connection)
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
