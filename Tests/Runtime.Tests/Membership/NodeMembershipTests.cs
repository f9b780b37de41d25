using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Runtime.Kit;

namespace LeitherCluster.Tests.Runtime.Membership;

/// <summary>Membership, one matter at a time.</summary>
public sealed class NodeMembershipTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static TheoryData<string, int, int> Profiles()
    {
        var data = new TheoryData<string, int, int>();
        foreach (int nodes in (int[])[2, 3, 5, 7])
        {
            data.Add("default", nodes, 3_000);
            data.Add("fast", nodes, 1_000);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Node_Killed_IsDownWithinTheProfilesTime(string profile, int nodes, int limitMs)
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            using var cluster = new MemberCluster(seed, nodes, TimingOf(profile));
            cluster.Start();
            cluster.Cluster.RunFor(TimeSpan.FromMilliseconds(cluster.Cluster.Chance.Between(0, 3_000)));
            NodeId killed = cluster[nodes - 1].Self!.Value;
            cluster.Nodes[nodes - 1].Crash();
            cluster.RunUntil(() => cluster.Nodes.Take(nodes - 1).All(node => cluster[node].Table.Find(killed)?.State >= MemberState.Down), limitMs * Second / 1000, "all know it");
            Assert.All(cluster.Nodes.Take(nodes - 1), node => Assert.Equal(MemberState.Up, cluster.Store.View.Table.Find(cluster[node].Self!.Value)!.State));
        }
    }

    [Theory]
    [InlineData("default", 3_000)]
    [InlineData("fast", 1_000)]
    public void Nodes_AllButOneKilled_AreDownWithinTheProfilesTime(string profile, int limitMs)
    {
        using var cluster = new MemberCluster(3, 5, TimingOf(profile));
        cluster.Start();
        foreach (SimulatedNode node in cluster.Nodes.Skip(1))
        {
            node.Crash();
        }

        cluster.RunUntil(() => cluster.Store.View.Table.Up.Count() == 1, limitMs * Second / 1000, "the last one is alone");
        Assert.Equal(cluster[0].Self, cluster.Store.View.Table.Leader!.Id);
    }

    [Fact]
    public void Nodes_TwoThatCannotReachEachOther_OneGoesOnAndTheOtherStops()
    {
        using var cluster = new MemberCluster(1, 2);
        cluster.Start();
        cluster.Cluster.Network.Partition([cluster.Nodes[0]], [cluster.Nodes[1]]);
        cluster.RunUntil(() => cluster.Nodes.Count(static node => node.IsUp) == 1, 4 * Second, "one has stopped");
        MemberNode stopped = cluster[cluster.Nodes.Single(static node => !node.IsUp)];
        Assert.Equal(OvertakenReason.DeclaredDown, Assert.IsType<SelfOvertaken>(stopped.Said[^1]).Reason);
        Assert.Single(cluster.Store.View.Table.Up);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void Nodes_FewerCutOffFromMore_TheMoreGoOn(int nodes)
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            using var cluster = new MemberCluster(seed, nodes);
            cluster.Start();
            SimulatedNode[] fewer = [.. cluster.Nodes.Take(nodes / 2)];
            cluster.Cluster.Network.Partition(fewer, [.. cluster.Nodes.Skip(nodes / 2)]);
            cluster.RunUntil(() => fewer.All(static node => !node.IsUp), 6 * Second, "the fewer have stopped");
            Assert.All(cluster.Nodes.Skip(nodes / 2), node => Assert.Equal(MemberState.Up, cluster.Store.View.Table.Find(cluster[node].Self!.Value)!.State));
        }
    }

    [Fact]
    public void Node_OneLinkBroken_ThirdNodesVouchForItAndNobodyIsDown()
    {
        using var cluster = new MemberCluster(1, 3);
        cluster.Start();
        ulong version = cluster.Store.View.Table.Version;
        cluster.Cluster.Network.Partition([cluster.Nodes[0]], [cluster.Nodes[1]]);
        cluster.Cluster.RunFor(30 * Second);
        Assert.Equal(version, cluster.Store.View.Table.Version);
    }

    [Fact]
    public void Database_AwayForAMinute_NobodyIsDownAndNobodyStops()
    {
        using var cluster = new MemberCluster(1, 4);
        cluster.Start();
        ulong version = cluster.Store.View.Table.Version;
        cluster.Store.FaultsOf = static _ => new StoreFaults { IsAway = true };
        cluster.Cluster.RunFor(60 * Second);
        Assert.All(cluster.Nodes, node => Assert.True(node.IsUp && cluster[node].Standing!.IsSure));
        Assert.False(cluster[0].AskStatus().IsTableThere);

        // One finds it again long before the others do, yet within their limit.
        cluster.Store.FaultsOf = node => new StoreFaults { IsAway = node.Index != 0 };
        cluster.Cluster.RunFor(8 * Second);
        cluster.Store.FaultsOf = static _ => StoreFaults.None;
        cluster.Cluster.RunFor(20 * Second);
        Assert.Equal(version, cluster.Store.View.Table.Version);
        Assert.All(cluster.Nodes, node => Assert.True(node.IsUp));
        Assert.True(cluster[0].AskStatus().IsTableThere);
    }

    [Fact]
    public void Node_KilledWhileTheDatabaseIsAway_IsDownWhenItIsBack()
    {
        using var cluster = new MemberCluster(1, 3);
        cluster.Start();
        cluster.Store.FaultsOf = static _ => new StoreFaults { IsAway = true };
        cluster.Nodes[2].Crash();
        cluster.Cluster.RunFor(10 * Second);
        Assert.Equal(3, cluster.Store.View.Table.Up.Count());
        cluster.Store.FaultsOf = static _ => StoreFaults.None;
        cluster.RunUntil(() => cluster.Store.View.Table.Up.Count() == 2, 5 * Second, "the dead one is down");
    }

    [Fact]
    public void Node_CutOffFromTheDatabaseAlone_IsDownAfterTheLimit()
    {
        using var cluster = new MemberCluster(1, 3);
        cluster.Start();
        cluster.Store.FaultsOf = static node => new StoreFaults { IsAway = node.Index == 2 };
        cluster.Cluster.RunFor(9 * Second);
        Assert.Equal(3, cluster.Store.View.Table.Up.Count());
        cluster.RunUntil(() => cluster.Store.View.Table.Up.Count() == 2, 4 * Second, "it is down");
        Assert.True(cluster.Nodes[2].IsUp);
        cluster.Store.FaultsOf = static _ => StoreFaults.None;
        cluster.RunUntil(() => !cluster.Nodes[2].IsUp, 3 * Second, "it stops when it hears of it");
    }

    [Fact]
    public void Node_PausedForTwentySeconds_NoticesBeforeAnythingElseAndComesBackAsAnother()
    {
        using var cluster = new MemberCluster(1, 3) { RestartAfter = static () => TimeSpan.FromMilliseconds(200) };
        cluster.Start();
        MemberNode paused = cluster[1];
        NodeId before = paused.Self!.Value;
        NodeStanding standing = paused.Standing!;
        cluster.Nodes[1].Pause(20 * Second);
        cluster.Cluster.RunFor(20 * Second - TimeSpan.FromMilliseconds(1));
        Assert.Equal(MemberState.Removed, cluster.Store.View.Table.Find(before)!.State);
        Assert.False(standing.IsSure);
        bool wasEverSure = false;
        cluster.Cluster.AfterStep = () => wasEverSure |= standing.IsSure;
        cluster.RunUntil(() => !cluster.Nodes[1].IsUp, Second, "it stops");
        Assert.False(wasEverSure);
        Assert.IsType<SelfRemoved>(paused.Said[^1]);
        cluster.Cluster.AfterStep = null;
        cluster.RunUntil(cluster.AllAgree, 5 * Second, "it is back");
        Assert.Equal(before.Incarnation + 1, paused.Self!.Value.Incarnation);
    }

    [Fact]
    public void Node_PausedForLessThanOthersTake_GoesOn()
    {
        using var cluster = new MemberCluster(1, 3);
        cluster.Start();
        cluster.Nodes[1].Pause(TimeSpan.FromMilliseconds(1_100));
        cluster.Cluster.RunFor(TimeSpan.FromMilliseconds(1_050));
        Assert.False(cluster[1].Standing!.IsSure);
        cluster.Cluster.RunFor(Second / 2);
        Assert.True(cluster[1].Standing!.IsSure);
        cluster.RunUntil(cluster.AllAgree, 5 * Second, "all are at work");
        Assert.Equal(1U, cluster[1].Self!.Value.Incarnation);
    }

    [Fact]
    public void Node_RestartedAtItsAddress_JoinsAtOnceAboveItsEarlierLife()
    {
        using var cluster = new MemberCluster(1, 3);
        cluster.Start();
        cluster.Nodes[2].Crash(CrashKind.ProcessKill, TimeSpan.FromMilliseconds(50));
        cluster.RunUntil(() => cluster.Nodes[2].IsUp && cluster.AllAgree(), Second, "it is at work again");
        Assert.Equal(new NodeId("n2", 2), cluster[2].Self);
        Assert.True(cluster.Store.View.Table.Find(new NodeId("n2", 1))!.State >= MemberState.Down);
    }

    [Fact]
    public void Node_SecondOneOfAName_IsRefusedWhileTheFirstIsAliveAndJoinsWhenItIsSilent()
    {
        using var cluster = new MemberCluster(1, 2);
        cluster.Start();
        NodeId first = cluster[1].Self!.Value;
        var other = new MembershipOptions { Name = "n1", Address = "elsewhere:4000", Version = "1.0" };
        List<object> said = [];
        SimulatedNode twin = cluster.Cluster.AddNode("twin", node =>
        {
            node.System.EventStream.Subscribe<JoinRefused>(said.Add);
            node.System.EventStream.Subscribe<SelfJoined>(said.Add);
            var standing = new NodeStanding(node.System.Clock, other.Timing.PauseLimitMs);
            node.System.Spawn(NodeMembership.Props(other, cluster.Store.For(node), node.RemoteActors, standing), NodeMembership.ActorName);
        });
        twin.Boot();
        cluster.Cluster.RunFor(15 * Second);
        Assert.Equal([new JoinRefused(first, "n1:4000")], said);
        Assert.Equal(MemberState.Up, cluster.Store.View.Table.Find(first)!.State);

        twin.Crash();
        cluster.Nodes[1].Crash();
        twin.Boot(Second / 10);
        cluster.Cluster.RunFor(5 * Second);
        Assert.Equal(new SelfJoined(first with { Incarnation = first.Incarnation + 1 }), said[^1]);
    }

    [Fact]
    public void Node_AskedToLeave_IsLeavingUntilItsStreamsAreGoneThenEnds()
    {
        using var cluster = new MemberCluster(1, 3);
        cluster.Start();
        NodeId self = cluster[2].Self!.Value;
        List<MemberState> states = [];
        cluster.Store.OnChange = (_, _, after) => states.Add(after.Table.Find(self)!.State);
        cluster[2].Tell(new ChangeMemberState(self, MemberState.Leaving));
        cluster.RunUntil(() => !cluster.Nodes[2].IsUp, 5 * Second, "it has ended");
        Assert.Equal([MemberState.Leaving, MemberState.Removed], states.Distinct());
        Assert.IsType<SelfRemoved>(cluster[2].Said[^1]);
        cluster.Cluster.RunFor(5 * Second);
        Assert.Equal(2, cluster.Store.View.Table.Up.Count());
    }

    [Fact]
    public void ChangeMemberState_WhatCannotBe_IsRefusedWithTheReason()
    {
        using var cluster = new MemberCluster(1, 2);
        cluster.Start();
        Assert.Equal(MemberChangeRefusal.Unknown, Ask(cluster, new NodeId("nobody", 1), MemberState.Down));
        Assert.Equal(MemberChangeRefusal.NotAllowed, Ask(cluster, cluster[1].Self!.Value, MemberState.Removed));
        Assert.Equal(MemberChangeRefusal.NotAllowed, Ask(cluster, cluster[1].Self!.Value with { Incarnation = 1 }, (MemberState)9));
        Assert.Equal(MemberChangeRefusal.None, Ask(cluster, cluster[1].Self!.Value, MemberState.Down));
        cluster.RunUntil(() => !cluster.Nodes[1].IsUp, Second, "it has heard of it");
    }

    [Fact]
    public void Node_ThatReachesNobody_StaysJoiningAndSaysWhom()
    {
        using var cluster = new MemberCluster(1, 3);
        cluster.Nodes[0].Boot();
        cluster.Nodes[1].Boot();
        cluster.Cluster.RunFor(3 * Second);
        cluster.Cluster.Network.Block(cluster.Nodes[1], cluster.Nodes[2]);
        cluster.Nodes[2].Boot();
        cluster.Cluster.RunFor(15 * Second);
        Assert.Equal(MemberState.Joining, cluster.Store.View.Table.Find(cluster[2].Self!.Value)!.State);
        Assert.Contains(cluster[2].Log, static entry => entry.Text.EndsWith("it cannot reach n1#1", StringComparison.Ordinal));
        cluster.Cluster.Network.Heal();
        cluster.RunUntil(cluster.AllAgree, 2 * Second, "it is at work");
    }

    [Fact]
    public void Cluster_AllRestartedAfterALossOfPower_ComesUpAgain()
    {
        using var cluster = new MemberCluster(1, 4);
        cluster.Start();
        foreach (SimulatedNode node in cluster.Nodes)
        {
            node.Crash();
        }

        cluster.Cluster.RunFor(Second);
        cluster.Nodes[3].Boot();
        cluster.RunUntil(() => cluster.Store.View.Table.Up.Count() == 1 && cluster.Store.View.Table.Up.Single().Id == cluster[3].Self, 6 * Second, "the first is at work, the dead are down");
        cluster.Start();
    }

    [Fact]
    public void Actor_ThatFails_EndsTheNodesLife()
    {
        var mutant = new FailingTable();
        using var cluster = new MemberCluster(1, 1, mutant: mutant);
        cluster.Start();
        mutant.IsFailing = true;
        cluster.RunUntil(() => !cluster.Nodes[0].IsUp, Second, "it has ended");
        Assert.Equal(OvertakenReason.Failed, Assert.IsType<SelfOvertaken>(cluster[0].Said[^1]).Reason);
    }

    private static MembershipTiming TimingOf(string profile) => profile == "fast" ? MembershipTiming.Fast : MembershipTiming.Default;

    private static MemberChangeRefusal Ask(MemberCluster cluster, NodeId node, MemberState to)
    {
        object? answer = null;
        IActorRef asker = cluster.Nodes[0].System.Spawn(ScriptedActor.Props((_, message) => answer = message), $"asker-{cluster.Cluster.Steps}");
        cluster[0].Tell(new ChangeMemberState(node, to), asker);
        cluster.RunUntil(() => answer is not null, TimeSpan.FromSeconds(2), "an answer");
        return answer is MemberChangeRefused refused ? refused.Refusal : MemberChangeRefusal.None;
    }

    private sealed class FailingTable : MemberMutant
    {
        public bool IsFailing { get; set; }

        public override IMembershipStore Store(IMembershipStore store, SimulatedNode node) => new Failing(store, this);

        private sealed class Failing(IMembershipStore store, FailingTable owner) : WatchedStore(store)
        {
            public override void Beat(ulong ticket, NodeId node, IActorRef replyTo)
            {
                if (owner.IsFailing)
                {
                    throw new DeliberateException("a bug");
                }

                base.Beat(ticket, node, replyTo);
            }
        }
    }
}
