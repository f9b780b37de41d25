using System.Diagnostics;
using LeitherCluster.Persistence.PostgreSql.Clusters;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;
using LeitherCluster.Tests.Persistence.PostgreSql.Support;
using LeitherCluster.Tests.Runtime.Kit;
using Npgsql;

namespace LeitherCluster.Tests.Persistence.PostgreSql.Clusters;

/// <summary>What the tables of a cluster answer when the server is dead, hangs, or loses an answer. It has a server of its own.</summary>
public sealed class ClusterStoreFaultTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static readonly MembershipChange s_join = new()
    {
        Rows = [new Member(new NodeId("a", 1), "a:1", MemberRoles.All, "1", MemberState.Joining, 0)],
    };

    private readonly DatabaseAddress _database = server.NewJournal();

    [Fact]
    public void Ask_ServerDead_IsUnavailableAndServedAgainWhenItIsBack()
    {
        using var members = new PostgresMembershipStore(_database);
        using var layout = new PostgresLayoutStore(JournalDatabases.Of(_database));
        Assert.IsType<MembershipRead>(Ask(inbox => members.Read(1, inbox)));
        Assert.IsType<LayoutRead>(Ask(layout.Read));
        server.StopAtOnce();
        for (ulong ticket = 2; ticket < 5; ticket++)
        {
            Assert.Equal(ticket, Assert.IsType<MembershipUnavailable>(Ask(inbox => members.Beat(ticket, new NodeId("a", 1), inbox))).Ticket);
            Assert.IsType<MembershipUnavailable>(Ask(inbox => members.Change(ticket, 0, s_join, inbox)));
            Assert.IsType<LayoutUnavailable>(Ask(inbox => layout.Advance(0, [new ShardMove(new StreamId(new byte[20], 1, 0), new NodeId("a", 1))], inbox)));
        }

        server.Start();
        Assert.IsType<MembershipWritten>(Ask(inbox => members.Change(6, 0, s_join, inbox)));
        Assert.Equal(0UL, Assert.IsType<LayoutRead>(Ask(layout.Read)).Layout.Version);
    }

    [Fact]
    public void Ask_ServerHangs_IsUnavailableWithinTheTimeoutAndNothingWasDone()
    {
        using var members = new PostgresMembershipStore(_database, TimeSpan.FromSeconds(1));
        using var layout = new PostgresLayoutStore(JournalDatabases.Of(_database), TimeSpan.FromSeconds(1));
        Assert.IsType<MembershipRead>(Ask(inbox => members.Read(1, inbox)));
        Assert.IsType<LayoutRead>(Ask(layout.Read));
        using (NpgsqlConnection holder = server.Connect(_database.Database))
        using (NpgsqlTransaction held = holder.BeginTransaction())
        {
            new NpgsqlCommand("SELECT 1 FROM leither.versions FOR UPDATE", holder).ExecuteNonQuery();
            var clock = Stopwatch.StartNew();
            Assert.IsType<MembershipUnavailable>(Ask(inbox => members.Change(2, 0, s_join, inbox)));
            Assert.IsType<LayoutUnavailable>(Ask(inbox => layout.Advance(0, [new ShardMove(new StreamId(new byte[20], 1, 0), new NodeId("a", 1))], inbox)));
            Assert.InRange(clock.Elapsed.TotalSeconds, 0, 10);

            // Who only reads, and writes heartbeats, waits for nobody.
            Assert.IsType<MembershipRead>(Ask(inbox => members.Beat(3, new NodeId("a", 1), inbox)));
            held.Rollback();
        }

        Assert.Equal(0UL, Assert.IsType<MembershipRead>(Ask(inbox => members.Read(4, inbox))).View.Table.Version);
        Assert.Equal(0UL, Assert.IsType<LayoutRead>(Ask(layout.Read)).Layout.Version);
    }

    [Fact]
    public void Change_AnswerLost_IsUnavailableThoughItWasMade()
    {
        using var proxy = new CuttingProxy(server.Socket);
        using var members = new PostgresMembershipStore(DatabaseAddress.Parse($"postgres://postgres@127.0.0.1:{proxy.Port}/{_database.Database}?sslmode=disable"));
        ulong version = 0;
        bool wasLostAfterwards = false;
        for (int message = 0; message < 8; message++)
        {
            // So that statements are prepared, and a change is one message.
            for (ulong ticket = 1; ticket < 8; ticket++)
            {
                version = Assert.IsAssignableFrom<MembershipSeen>(Ask(inbox => members.Change(ticket, ulong.MaxValue >> 2, new MembershipChange(), inbox))).View.Table.Version;
            }

            proxy.Arm(message, answersAreLost: true);
            object answer = Ask(inbox => members.Change(9, version, new MembershipChange(), inbox));
            proxy.Arm(-1, answersAreLost: false);
            ulong now = Assert.IsType<MembershipRead>(Ask(inbox => members.Read(10, inbox))).View.Table.Version;
            Assert.InRange(now, version, version + 1);
            Assert.True(answer is not MembershipWritten || now == version + 1);
            Assert.IsNotType<MembershipConflict>(answer);
            wasLostAfterwards |= answer is MembershipUnavailable && now == version + 1;
        }

        Assert.True(wasLostAfterwards);
    }

    [Fact]
    public void NodeRole_TablesOfTheCluster_AreReadAndChangedOnlyThroughFunctions()
    {
        Migrator.CreateLogin(_database, "plain_node", null);
        foreach (string sql in (string[])
        [
            "UPDATE leither.versions SET version = 9",
            "DELETE FROM leither.members",
            "INSERT INTO leither.votes VALUES ('a', 1, 'b', 1, clock_timestamp())",
            "UPDATE leither.epochs SET epoch = 9",
        ])
        {
            PostgresException refused = Assert.Throws<PostgresException>(() => server.Execute(sql, _database.Database, "plain_node"));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
    }

    private static object Ask(Action<IActorRef> question)
    {
        var inbox = new Inbox();
        question(inbox);
        Assert.True(SpinWait.SpinUntil(() => !inbox.IsEmpty, TimeSpan.FromSeconds(60)));
        return inbox.Take();
    }
}
