using System.Collections.Concurrent;
using LeitherCluster.Persistence.PostgreSql.Clusters;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Local;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Tests.Persistence.PostgreSql.Support;

namespace LeitherCluster.Tests.Persistence.PostgreSql.Clusters;

/// <summary>Members as they run: on threads, in real time, over a table in PostgreSQL. Only what lies between the nodes is left out.</summary>
public sealed class MembersOnThreadsTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Members_DatabaseRestartedThenOneNodeGone_OnlyThatOneIsDown()
    {
        DatabaseAddress database = server.NewJournal();
        var between = new Between();
        Node[] nodes = [.. Enumerable.Range(0, 3).Select(i => new Node($"n{i}", database, between))];
        Until(() => nodes.All(node => node.Table.Up.Count() == nodes.Length && node.Standing.IsSure), "all are at work");

        server.StopAtOnce();
        Until(() => nodes.All(static node => node.IsWithoutTable), "all miss the database");
        server.Start();
        Until(() => nodes.All(static node => !node.IsWithoutTable), "all have found it again");
        Assert.All(nodes, node => Assert.Equal(3, node.Table.Up.Count()));
        Assert.All(nodes, static node => Assert.Null(node.End));

        await nodes[1].DisposeAsync();
        Node[] left = [nodes[0], nodes[2]];
        Until(() => left.All(node => node.Table.Find(nodes[1].Self!.Value)?.State == MemberState.Down), "the one that is gone is down");
        Assert.All(left, node => Assert.Equal(MemberState.Up, node.Table.Find(node.Self!.Value)!.State));

        left[0].Actor.Tell(new ChangeMemberState(left[1].Self!.Value, MemberState.Down));
        Until(() => left[1].End is SelfOvertaken { Reason: OvertakenReason.DeclaredDown }, "who was given up has stopped");
        foreach (Node node in left)
        {
            await node.DisposeAsync();
        }
    }

    private static void Until(Func<bool> condition, string what) => Assert.True(SpinWait.SpinUntil(condition, Patience), what);

    /// <summary>What takes messages from node to node: nothing that could lose one, but to a node that is gone.</summary>
    private sealed class Between : IRemoteActors
    {
        public ConcurrentDictionary<NodeId, LocalActorSystem> Systems { get; } = new();

        public IActorRef Ref(NodeId node, ActorPath path) => Systems.TryGetValue(node, out LocalActorSystem? system) ? system.Find(path) ?? ActorRefs.Nobody : ActorRefs.Nobody;
    }

    private sealed class Node : IAsyncDisposable
    {
        private readonly LocalActorSystem _system;
        private readonly PostgresMembershipStore _store;
        private readonly Between _between;
        private volatile MemberTable _table = MemberTable.Empty;

        public Node(string name, DatabaseAddress database, Between between)
        {
            _between = between;
            _system = new LocalActorSystem(new LocalActorSystemOptions { Name = name });
            _store = new PostgresMembershipStore(database);
            Standing = new NodeStanding(_system.Clock, MembershipTiming.Default.PauseLimitMs);
            _system.EventStream.Subscribe<MembershipChanged>(changed => _table = changed.Table);
            _system.EventStream.Subscribe<SelfOvertaken>(end => End = end);
            _system.EventStream.Subscribe<LogEntry>(entry => IsWithoutTable = entry.Text.Contains("is away", StringComparison.Ordinal)
                || (IsWithoutTable && !entry.Text.Contains("answers again", StringComparison.Ordinal)));
            _system.EventStream.Subscribe<SelfJoined>(joined =>
            {
                Self = joined.Self;
                between.Systems[joined.Self] = _system;
            });
            var options = new MembershipOptions { Name = name, Address = $"{name}:4000", Version = "1.0" };
            Actor = _system.Spawn(NodeMembership.Props(options, _store, between, Standing), NodeMembership.ActorName);
        }

        public IActorRef Actor { get; }

        public NodeStanding Standing { get; }

        public NodeId? Self { get; private set; }

        public MemberTable Table => _table;

        public volatile bool IsWithoutTable;

        public volatile SelfOvertaken? End;

        /// <summary>Without a word to anybody.</summary>
        public async ValueTask DisposeAsync()
        {
            _between.Systems.TryRemove(Self!.Value, out _);
            await _system.DisposeAsync();
            _store.Dispose();
        }
    }
}
