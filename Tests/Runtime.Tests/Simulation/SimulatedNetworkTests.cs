using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Runtime.Kit;

namespace LeitherCluster.Tests.Runtime.Simulation;

public sealed class SimulatedNetworkTests
{
    private static readonly ActorPath ProbeOnB = ActorPath.Root("b").Child("user").Child("probe");

    private readonly List<object> _received = [];

    /// <summary>Two nodes; "probe" on b writes down what comes and answers "re: ...".</summary>
    private (SimulatedCluster Cluster, SimulatedNode A, SimulatedNode B, IActorRef Remote) Start(ulong seed = 1)
    {
        SimulatedCluster cluster = new(seed);
        SimulatedNode a = cluster.AddNode("a", _ => { });
        SimulatedNode b = cluster.AddNode("b", n => n.System.Spawn(
            ScriptedActor.Props((self, m) =>
            {
                _received.Add(((Note)m).Text);
                self.Sender.Tell(new Note($"re: {m}"), self.Self);
            }),
            "probe"));
        a.Boot();
        b.Boot();
        cluster.RunFor(TimeSpan.FromMilliseconds(10));
        return (cluster, a, b, a.RefTo(b, ProbeOnB));
    }

    [Fact]
    public void Tell_WithoutFaults_ArrivesInOrderAndIsAnswered()
    {
        (SimulatedCluster cluster, SimulatedNode a, _, IActorRef remote) = Start();
        using (cluster)
        {
            List<object> answers = [];
            IActorRef asker = a.System.Spawn(
                ScriptedActor.Props((self, m) =>
                {
                    if (m is "go")
                    {
                        for (int i = 0; i < 50; i++)
                        {
                            remote.Tell(new Note($"{i}"), self.Self);
                        }
                    }
                    else
                    {
                        answers.Add(((Note)m).Text);
                    }
                }),
                "asker");
            asker.Tell("go");
            cluster.RunFor(TimeSpan.FromSeconds(1));
            Assert.Equal(Enumerable.Range(0, 50).Select(i => (object)$"{i}"), _received);
            Assert.Equal(Enumerable.Range(0, 50).Select(i => (object)$"re: {i}"), answers);
            Assert.Equal(0, cluster.Network.InFlight);
        }
    }

    [Fact]
    public void Loss_SomeMessagesNeverArrive()
    {
        (SimulatedCluster cluster, _, _, IActorRef remote) = Start();
        using (cluster)
        {
            cluster.Network.Default = new LinkFaults { Loss = 0.3 };
            SendMany(cluster, remote, 1_000);
            Assert.InRange(_received.Count, 600, 800);
            Assert.Equal(1_000 - _received.Count, cluster.Faults.Counts[("message lost", "Note")]);
        }
    }

    [Fact]
    public void Repeat_SomeMessagesArriveTwice()
    {
        (SimulatedCluster cluster, _, _, IActorRef remote) = Start();
        using (cluster)
        {
            cluster.Network.Default = new LinkFaults { Repeat = 0.3 };
            SendMany(cluster, remote, 1_000);
            Assert.InRange(_received.Count, 1_200, 1_400);
            Assert.Equal(1_000, _received.Distinct().Count());
        }
    }

    [Fact]
    public void Reorder_SomeMessagesOvertake()
    {
        (SimulatedCluster cluster, _, _, IActorRef remote) = Start();
        using (cluster)
        {
            cluster.Network.Default = new LinkFaults { Reorder = 0.3 };
            SendMany(cluster, remote, 1_000);
            Assert.Equal(1_000, _received.Count);
            Assert.NotEqual(Enumerable.Range(0, 1_000).Select(i => (object)$"m{i:D4}"), _received);
        }
    }

    [Fact]
    public void Partition_NothingPassesUntilHealed()
    {
        (SimulatedCluster cluster, SimulatedNode a, SimulatedNode b, IActorRef remote) = Start();
        using (cluster)
        {
            cluster.Network.Partition([a], [b]);
            remote.Tell(new Note("lost"));
            cluster.RunFor(TimeSpan.FromSeconds(1));
            cluster.Network.Heal();
            remote.Tell(new Note("found"));
            cluster.RunFor(TimeSpan.FromSeconds(1));
            Assert.Equal(["found"], _received);
            Assert.Equal(1, cluster.Faults.Counts[("message blocked", "Note")]);
        }
    }

    [Fact]
    public void Block_OneWay_LetsTheOtherWayPass()
    {
        (SimulatedCluster cluster, SimulatedNode a, SimulatedNode b, IActorRef remote) = Start();
        using (cluster)
        {
            cluster.Network.Block(b, a);
            Task<Note> answer = Ask(a, remote);
            cluster.RunFor(TimeSpan.FromSeconds(2));
            Assert.Single(_received);
            Assert.True(answer.IsFaulted);
        }
    }

    [Fact]
    public void Crash_OfTheReceiver_LosesWhatIsOnItsWayAndTheReferenceFindsTheNextIncarnation()
    {
        (SimulatedCluster cluster, _, SimulatedNode b, IActorRef remote) = Start();
        using (cluster)
        {
            remote.Tell(new Note("lost"));
            b.Crash();
            cluster.RunFor(TimeSpan.FromSeconds(1));
            b.Boot();
            cluster.RunFor(TimeSpan.FromSeconds(1));
            remote.Tell(new Note("found"));
            cluster.RunFor(TimeSpan.FromSeconds(1));
            Assert.Equal(["found"], _received);
            Assert.Equal(1, cluster.Faults.Counts[("node down", "Note")]);
        }
    }

    [Fact]
    public void Crash_OfTheAsker_TheAnswerReachesNoLaterIncarnation()
    {
        (SimulatedCluster cluster, SimulatedNode a, _, IActorRef remote) = Start();
        using (cluster)
        {
            List<object> answers = [];
            void SpawnAsker() => a.System.Spawn(
                ScriptedActor.Props((self, m) =>
                {
                    if (m is "go")
                    {
                        remote.Tell(new Note("question"), self.Self);
                    }
                    else
                    {
                        answers.Add(((Note)m).Text);
                    }
                }),
                "asker");
            SpawnAsker();
            a.System.Find(ActorPath.Parse("leither://a/user/asker"))!.Tell("go");
            cluster.RunUntil(() => _received.Count == 1, TimeSpan.FromSeconds(1));
            a.Crash(restartAfter: TimeSpan.Zero);
            cluster.RunUntil(() => a.IsUp);
            SpawnAsker();
            cluster.RunFor(TimeSpan.FromSeconds(1));
            Assert.Empty(answers);
        }
    }

    [Fact]
    public void Tell_NoWireMessage_IsRefused()
    {
        (SimulatedCluster cluster, _, _, IActorRef remote) = Start();
        using (cluster)
        {
            Assert.Throws<NoWireMessageException>(() => remote.Tell("text"));
        }
    }

    [Fact]
    public void RemoteRef_OfALifeThatIsOver_ReachesNobody()
    {
        (SimulatedCluster cluster, SimulatedNode a, SimulatedNode b, _) = Start();
        using (cluster)
        {
            IActorRef first = a.RemoteActors.Ref(new NodeId("b", 1), ProbeOnB);
            IActorRef second = a.RemoteActors.Ref(new NodeId("b", 2), ProbeOnB);
            first.Tell(new Note("1"));
            second.Tell(new Note("too early"));
            cluster.RunFor(TimeSpan.FromSeconds(1));
            b.Crash(restartAfter: TimeSpan.Zero);
            cluster.RunFor(TimeSpan.FromSeconds(1));
            first.Tell(new Note("too late"));
            second.Tell(new Note("2"));
            cluster.RunFor(TimeSpan.FromSeconds(1));
            Assert.Equal(["1", "2"], _received);
        }
    }

    [Fact]
    public void RemoteRef_ToTheNodeItself_IsRefused()
    {
        (SimulatedCluster cluster, _, SimulatedNode b, _) = Start();
        using (cluster)
        {
            Assert.Throws<ArgumentException>(() => b.RemoteActors.Ref(new NodeId("b", 1), ProbeOnB));
        }
    }

    private static void SendMany(SimulatedCluster cluster, IActorRef remote, int count)
    {
        for (int i = 0; i < count; i++)
        {
            remote.Tell(new Note($"m{i:D4}"));
        }

        cluster.RunFor(TimeSpan.FromSeconds(2));
    }

    /// <summary>Has an actor of the node forward a question, so that its answer comes back over the network.</summary>
    private static Task<Note> Ask(SimulatedNode node, IActorRef remote)
        => node.System.Spawn(ScriptedActor.Props((self, m) => self.Ctx.Forward(remote, m)), "forwarder").Ask<Note>(new Note("question"), TimeSpan.FromSeconds(1));

    private sealed record Note(string Text) : IWireMessage
    {
        public override string ToString() => Text;
    }
}
