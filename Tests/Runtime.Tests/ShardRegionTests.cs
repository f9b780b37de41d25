using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Sharding;
using LeitherCluster.Tests.Runtime.Kit;

namespace LeitherCluster.Tests.Runtime;

public sealed class ShardRegionTests
{
    private sealed record Seen(ulong Entity, int Incarnation, object Message);

    private sealed record Slow;

    /// <summary>A region whose entities note what they get; "leave" makes one passivate with "bye", on which it stops.</summary>
    private sealed class Region
    {
        private readonly Dictionary<ulong, int> _incarnations = [];
        private readonly OneNode _node;

        public Region(OneNode node, Func<ShardRegionOptions<ulong>, ShardRegionOptions<ulong>>? change = null)
        {
            _node = node;
            ShardRegionOptions<ulong> options = new() { EntityProps = Entity };
            Ref = node.System.Spawn(ShardRegion<ulong>.Props(change?.Invoke(options) ?? options), "region");
            node.Settle();
        }

        public IActorRef Ref { get; }

        public List<Seen> Received { get; } = [];

        public List<(ulong Entity, int Incarnation)> Stopped { get; } = [];

        public void Tell(ulong entity, object message) => Ref.Tell(new ShardEnvelope<ulong>(entity, message));

        public ShardRegionStats Stats()
        {
            List<object> answers = [];
            IActorRef asker = _node.Spawn($"asker-{_node.Cluster.Steps}", (self, m) =>
            {
                if (m is "ask")
                {
                    Ref.Tell(GetShardRegionStats.Instance, self.Self);
                }
                else
                {
                    answers.Add(m);
                }
            });
            asker.Tell("ask");
            _node.Settle();
            return Assert.IsType<ShardRegionStats>(Assert.Single(answers));
        }

        private Props Entity(ulong id) => Props.Create(() =>
        {
            int incarnation = _incarnations[id] = _incarnations.GetValueOrDefault(id) + 1;
            return new ScriptedActor((self, m) =>
            {
                Received.Add(new Seen(id, incarnation, m));
                switch (m)
                {
                    case "leave":
                        self.Ctx.Parent.Tell(new Passivate("bye"), self.Self);
                        break;
                    case "bye":
                        self.Ctx.Stop(self.Self);
                        break;
                    case "fail":
                        throw new DeliberateException("x");
                }
            })
            { OnPostStop = _ => Stopped.Add((id, incarnation)) };
        });
    }

    [Fact]
    public void Envelope_StartsItsEntityAndReachesIt()
    {
        using OneNode node = new();
        Region region = new(node);
        region.Tell(7, "a");
        region.Tell(7, "b");
        region.Tell(9, "c");
        node.Settle();
        Assert.Equal([new Seen(7, 1, "a"), new Seen(7, 1, "b")], region.Received.Where(s => s.Entity == 7));
        Assert.Equal(new Seen(9, 1, "c"), Assert.Single(region.Received, s => s.Entity == 9));
        Assert.Equal(new ShardRegionStats(2, 0, 0, 2, 0, 0), region.Stats());
        Assert.NotNull(node.System.Find(region.Ref.Path.Child("7")));
    }

    [Fact]
    public void Envelope_KeepsTheSenderForTheEntity()
    {
        using OneNode node = new();
        IActorRef? seen = null;
        IActorRef region = node.System.Spawn(
            ShardRegion<ulong>.Props(new ShardRegionOptions<ulong> { EntityProps = _ => ScriptedActor.Props((self, _) => seen = self.Sender) }),
            "region");
        IActorRef sender = node.Spawn("sender", (self, _) => region.Tell(new ShardEnvelope<ulong>(1, "x"), self.Self));
        sender.Tell("go");
        node.Settle();
        Assert.Same(sender, seen);
    }

    [Fact]
    public void Passivate_MessagesMeanwhile_ReachTheNextIncarnationInOrder()
    {
        int buffered = 0;
        for (ulong seed = 1; seed <= 30; seed++)
        {
            using OneNode node = new(seed);
            Region region = new(node);
            region.Tell(7, "leave");
            for (int i = 0; i < 5; i++)
            {
                region.Tell(7, i);
            }

            node.Settle();
            Assert.Equal([0, 1, 2, 3, 4], region.Received.Select(s => s.Message).Where(m => m is int));
            Assert.Equal((7UL, 1), region.Stopped[0]);
            buffered += region.Received.Count(s => s.Incarnation == 2);
            Assert.Empty(node.Events.OfType<DeadLetter>());
        }

        Assert.True(buffered > 0, "no seed made a message wait for the next incarnation");
    }

    [Fact]
    public void Idle_EntityIsPassivatedAndComesBackWithItsNextMessage()
    {
        using OneNode node = new();
        Region region = new(node, o => o with { IdleAfter = TimeSpan.FromSeconds(1), StopMessage = "bye" });
        region.Tell(1, "a");
        node.Cluster.RunFor(TimeSpan.FromMilliseconds(900));
        Assert.Equal(1, region.Stats().Live);
        node.Cluster.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(new ShardRegionStats(0, 0, 0, 1, 1, 0), region.Stats());
        region.Tell(1, "b");
        node.Settle();
        Assert.Equal(new Seen(1, 2, "b"), region.Received[^1]);
    }

    [Fact]
    public void LiveMax_TheLeastRecentlyUsedLeaves()
    {
        using OneNode node = new();
        Region region = new(node, o => o with { LiveMax = 2 });
        region.Tell(1, "a");
        node.Settle();
        region.Tell(2, "b");
        node.Settle();
        region.Tell(1, "again");
        node.Settle();
        region.Tell(3, "c");
        node.Settle();
        Assert.Equal((2UL, 1), Assert.Single(region.Stopped));
        Assert.Equal(2, region.Stats().Live);
    }

    [Fact]
    public void Buffer_Full_MakesDeadLettersAndCountsThem()
    {
        using OneNode node = new();
        Region region = new(node, o => o with { BufferPerEntityMax = 2, StopMessage = new Slow(), StopWithin = TimeSpan.FromSeconds(1) });
        region.Tell(1, "a");
        node.Settle();
        region.Ref.Tell(new StopEntity<ulong>(1));
        node.Settle();
        for (int i = 0; i < 5; i++)
        {
            region.Tell(1, i);
        }

        node.Settle();
        Assert.Equal(new ShardRegionStats(1, 1, 2, 1, 0, 3), region.Stats());
        Assert.Equal([2, 3, 4], node.Events.OfType<DeadLetter>().Select(l => l.Message));
        Assert.All(node.Events.OfType<DeadLetter>(), l => Assert.Equal(DeadLetterReason.BufferFull, l.Reason));
        Assert.Equal(3, node.System.Metrics.DeadLetters);
    }

    [Fact]
    public void StopWithin_EntityThatIgnoresItsStopMessage_IsStoppedByForce()
    {
        using OneNode node = new();
        Region region = new(node, o => o with { StopMessage = new Slow(), StopWithin = TimeSpan.FromSeconds(1) });
        region.Tell(1, "a");
        node.Settle();
        region.Ref.Tell(new StopEntity<ulong>(1));
        region.Tell(1, "b");
        node.Cluster.RunFor(TimeSpan.FromSeconds(2));
        Assert.Equal((1UL, 1), Assert.Single(region.Stopped));
        Assert.Equal(new Seen(1, 2, "b"), region.Received[^1]);
    }

    [Fact]
    public void Entity_ThatKeepsFailing_StopsAndTheOthersGoOn()
    {
        using OneNode node = new();
        Region region = new(node);
        for (int i = 0; i < 12; i++)
        {
            region.Tell(1, "fail");
        }

        region.Tell(2, "fine");
        node.Cluster.RunFor(TimeSpan.FromSeconds(50));
        Assert.Equal(1, region.Stats().Live);
        Assert.Contains(new Seen(2, 1, "fine"), region.Received);
        region.Tell(1, "back");
        node.Settle();
        Assert.Equal("back", region.Received[^1].Message);
    }

    [Fact]
    public void Placement_ElsewhereHome_ForwardsTheEnvelope()
    {
        using OneNode node = new();
        List<object> away = [];
        IActorRef other = node.Probe("other", away);
        Region region = new(node, o => o with { Placement = new OddElsewhere(other) });
        region.Tell(1, "x");
        region.Tell(2, "y");
        node.Settle();
        Assert.Equal([new ShardEnvelope<ulong>(1, "x")], away);
        Assert.Equal(new Seen(2, 1, "y"), Assert.Single(region.Received));
    }

    [Fact]
    public void Props_NoRoom_AreRefused()
        => Assert.Throws<ArgumentOutOfRangeException>(() => ShardRegion<string>.Props(new ShardRegionOptions<string> { EntityProps = _ => null!, LiveMax = 0 }));

    private sealed class OddElsewhere(IActorRef elsewhere) : IShardPlacement<ulong>
    {
        public IActorRef? RemoteHome(ulong entityId) => entityId % 2 == 1 ? elsewhere : null;
    }
}
