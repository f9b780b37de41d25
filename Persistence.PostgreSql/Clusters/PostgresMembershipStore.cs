using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;
using Npgsql;

namespace LeitherCluster.Persistence.PostgreSql.Clusters;

/// <summary>
/// The table of members in the journal's database. What is asked is answered from a thread of its own, within a few seconds also when no database
/// answers. The rules of <see cref="MembershipChange"/> are held by the database too.
/// </summary>
/// <param name="address">the database; <see cref="Migrator"/> has prepared it</param>
/// <param name="statementTimeout">a statement that takes longer is given up; whole seconds; null: 3 s</param>
public sealed class PostgresMembershipStore(DatabaseAddress address, TimeSpan? statementTimeout = null) : IMembershipStore, IDisposable
{
    // One statement, hence one moment. Rows of members have no voter.
    private const string ReadAll = """
        SELECT version, m.name, m.incarnation, m.address, m.roles, m.program, m.state, m.joined_at, m.heartbeat, NULL::text, 0::bigint, 0
        FROM leither.versions LEFT JOIN leither.members m ON true WHERE versions.name = 'members'
        UNION ALL
        SELECT 0, v.suspect, v.suspect_incarnation, '', 0, '', 0, 0, 0, v.voter, v.voter_incarnation,
            ceil(extract(epoch FROM v.expires_at - clock_timestamp()) * 1000)::integer
        FROM leither.votes v WHERE v.expires_at > clock_timestamp()
        """;

    private readonly StoreThread _thread = new(address, "members", statementTimeout ?? TimeSpan.FromSeconds(3));

    public void Read(ulong ticket, IActorRef replyTo) =>
        Ask(ticket, replyTo, connection => new MembershipRead(ticket, ReadView(connection)));

    public void Beat(ulong ticket, NodeId node, IActorRef replyTo) => Ask(ticket, replyTo, connection =>
    {
        using (var command = new NpgsqlCommand("SELECT leither.member_alive($1, $2)", connection))
        {
            Add(command, node.Name, (long)node.Incarnation);
            command.ExecuteNonQuery();
        }

        return new MembershipRead(ticket, ReadView(connection));
    });

    public void Change(ulong ticket, ulong expectedVersion, MembershipChange change, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(change);
        Ask(ticket, replyTo, connection =>
        {
            bool isMade = Make(connection, expectedVersion, change);
            MembershipView view = ReadView(connection);
            return isMade ? new MembershipWritten(ticket, view) : new MembershipConflict(ticket, view);
        });
    }

    public void Dispose() => _thread.Dispose();

    private void Ask(ulong ticket, IActorRef replyTo, Func<NpgsqlConnection, MembershipAnswer> question)
    {
        ArgumentNullException.ThrowIfNull(replyTo);
        _thread.Ask(connection => replyTo.Tell(question(connection)), reason => replyTo.Tell(new MembershipUnavailable(ticket, reason)));
    }

    private static bool Make(NpgsqlConnection connection, ulong expectedVersion, MembershipChange change)
    {
        using var command = new NpgsqlCommand("SELECT leither.change_members($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)", connection);
        SuspicionVote[] votes = [.. change.Votes, .. change.Withdrawn.Select(static vote => vote with { LifetimeMs = 0 })];
        Add(
            command,
            checked((long)expectedVersion),
            Column(change.Rows, static row => row.Id.Name),
            Column(change.Rows, static row => (long)row.Id.Incarnation),
            Column(change.Rows, static row => row.Address),
            Column(change.Rows, static row => (short)row.Roles),
            Column(change.Rows, static row => row.Version),
            Column(change.Rows, static row => (short)row.State),
            Column(change.Dropped, static node => node.Name),
            Column(change.Dropped, static node => (long)node.Incarnation),
            Column(votes, static vote => vote.Suspect.Name),
            Column(votes, static vote => (long)vote.Suspect.Incarnation),
            Column(votes, static vote => vote.Voter.Name),
            Column(votes, static vote => (long)vote.Voter.Incarnation),
            Column(votes, static vote => vote.LifetimeMs));
        return (bool)command.ExecuteScalar()!;
    }

    private static T[] Column<TRow, T>(IReadOnlyList<TRow> rows, Func<TRow, T> value) => [.. rows.Select(value)];

    private static void Add(NpgsqlCommand command, params object[] values)
    {
        foreach (object value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }
    }

    private static MembershipView ReadView(NpgsqlConnection connection)
    {
        ulong version = 0;
        List<Member> members = [];
        List<Heartbeat> heartbeats = [];
        List<SuspicionVote> votes = [];
        using var command = new NpgsqlCommand(ReadAll, connection);
        using NpgsqlDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            version = Math.Max(version, (ulong)reader.GetInt64(0));
            if (reader.IsDBNull(1))
            {
                continue;
            }

            var id = new NodeId(reader.GetString(1), (uint)reader.GetInt64(2));
            if (!reader.IsDBNull(9))
            {
                votes.Add(new SuspicionVote(id, new NodeId(reader.GetString(9), (uint)reader.GetInt64(10)), reader.GetInt32(11)));
                continue;
            }

            members.Add(new Member(
                id, reader.GetString(3), (MemberRoles)reader.GetInt32(4), reader.GetString(5), (MemberState)reader.GetInt32(6), (ulong)reader.GetInt64(7)));
            heartbeats.Add(new Heartbeat(id, (ulong)reader.GetInt64(8)));
        }

        return new MembershipView(new MemberTable(version, members), heartbeats, votes);
    }
}
