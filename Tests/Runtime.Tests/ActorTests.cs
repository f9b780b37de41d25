using LeitherCluster.Runtime;
using LeitherCluster.Tests.Runtime.Kit;

namespace LeitherCluster.Tests.Runtime;

public sealed class ActorTests
{
    [Fact]
    public void Tell_ManyFromOneSender_ArriveInOrder()
    {
        using OneNode node = new();
        List<object> received = [];
        IActorRef probe = node.Probe("probe", received);
        IActorRef sender = node.Spawn("sender", (self, _) =>
        {
            for (int i = 0; i < 100; i++)
            {
                probe.Tell(i, self.Self);
            }
        });
        sender.Tell("go");
        node.Settle();
        Assert.Equal(Enumerable.Range(0, 100).Cast<object>(), received);
    }

    [Fact]
    public void Tell_TwoSenders_InterleavedDifferentlyBySeed()
    {
        HashSet<string> orders = [];
        for (ulong seed = 1; seed <= 20; seed++)
        {
            using OneNode node = new(seed);
            List<object> received = [];
            IActorRef probe = node.Probe("probe", received);
            IActorRef a = node.Spawn("a", (_, _) => { probe.Tell("a1"); probe.Tell("a2"); });
            IActorRef b = node.Spawn("b", (_, _) => { probe.Tell("b1"); probe.Tell("b2"); });
            a.Tell("go");
            b.Tell("go");
            node.Settle();
            string order = string.Join(' ', received);
            Assert.True(received.IndexOf("a1") < received.IndexOf("a2"), order);
            Assert.True(received.IndexOf("b1") < received.IndexOf("b2"), order);
            orders.Add(order);
        }

        Assert.True(orders.Count >= 4, $"only {orders.Count} orders in 20 seeds");
    }

    [Fact]
    public void Unhandled_UnknownMessage_IsPublished()
    {
        using OneNode node = new();
        IActorRef actor = node.Spawn("picky", (self, m) => self.NotKnown(m));
        actor.Tell("what");
        node.Settle();
        UnhandledMessage unhandled = Assert.Single(node.Events.OfType<UnhandledMessage>());
        Assert.Equal("what", unhandled.Message);
        Assert.Same(actor, unhandled.Recipient);
        Assert.Same(ActorRefs.Nobody, unhandled.Sender);
    }

    [Fact]
    public void Forward_KeepsTheFirstSender()
    {
        using OneNode node = new();
        IActorRef? seen = null;
        IActorRef last = node.Spawn("last", (self, _) => seen = self.Sender);
        IActorRef middle = node.Spawn("middle", (self, m) => self.Ctx.Forward(last, m));
        IActorRef first = node.Spawn("first", (self, m) => middle.Tell(m, self.Self));
        first.Tell("x");
        node.Settle();
        Assert.Same(first, seen);
    }

    [Fact]
    public void Stop_Parent_StopsChildrenFirst()
    {
        using OneNode node = new();
        List<string> stopped = [];
        Props child = Props.Create(() => new ScriptedActor((_, _) => { }) { OnPostStop = _ => stopped.Add("child") });
        IActorRef parent = node.System.Spawn(
            Props.Create(() => new ScriptedActor((_, _) => { })
            {
                OnPreStart = self => self.Ctx.Spawn(child, "child"),
                OnPostStop = _ => stopped.Add("parent"),
            }),
            "parent");
        node.Settle();
        node.System.Stop(parent);
        node.Settle();
        Assert.Equal(["child", "parent"], stopped);
        Assert.Null(node.System.Find(parent.Path));
    }

    [Fact]
    public void Stop_WaitingMessages_BecomeDeadLetters()
    {
        using OneNode node = new();
        IActorRef actor = node.Spawn("actor", (self, m) =>
        {
            if (m is "stop")
            {
                self.Ctx.Stop(self.Self);
            }
        });
        actor.Tell("stop");
        actor.Tell("late");
        node.Settle();
        actor.Tell("later");
        DeadLetter[] letters = [.. node.Events.OfType<DeadLetter>()];
        Assert.Equal(["late", "later"], letters.Select(l => l.Message));
        Assert.All(letters, l => Assert.Equal(DeadLetterReason.Stopped, l.Reason));
        Assert.Equal(2, node.System.Metrics.DeadLetters);
        Assert.False(actor.TryTell("latest"));
    }

    [Fact]
    public void PoisonPill_StopsAfterWhatCameBefore()
    {
        using OneNode node = new();
        List<object> received = [];
        IActorRef actor = node.Probe("probe", received);
        actor.Tell(1);
        actor.Tell(PoisonPill.Instance);
        actor.Tell(2);
        node.Settle();
        Assert.Equal([1], received);
        Assert.Equal(2, Assert.Single(node.Events.OfType<DeadLetter>()).Message);
    }

    [Fact]
    public void DeadLetter_OwningMemory_IsReleased()
    {
        using OneNode node = new();
        IActorRef actor = node.Spawn("actor", (_, _) => { });
        node.System.Stop(actor);
        node.Settle();
        Owner owner = new();
        actor.Tell(owner);
        Assert.Equal(1, owner.Released);
    }

    [Fact]
    public void Spawn_NameTaken_Throws()
    {
        using OneNode node = new();
        node.Spawn("one", (_, _) => { });
        Assert.Throws<InvalidActorNameException>(() => node.Spawn("one", (_, _) => { }));
        Assert.Throws<InvalidActorNameException>(() => node.Spawn("a/b", (_, _) => { }));
    }

    [Fact]
    public void Spawn_NameFreedByStop_MakesANewReference()
    {
        using OneNode node = new();
        IActorRef first = node.Spawn("one", (_, _) => { });
        node.System.Stop(first);
        node.Settle();
        IActorRef second = node.Spawn("one", (_, _) => { });
        Assert.NotSame(first, second);
        Assert.Equal(first.Path, second.Path);
        Assert.Same(second, node.System.Find(first.Path));
    }

    [Fact]
    public void Walk_ShowsParentsBeforeChildrenInSpawnOrder()
    {
        using OneNode node = new();
        node.System.Spawn(
            Props.Create(() => new ScriptedActor((_, _) => { })
            {
                OnPreStart = self =>
                {
                    self.Ctx.Spawn(ScriptedActor.Props((_, _) => { }), "b");
                    self.Ctx.Spawn(ScriptedActor.Props((_, _) => { }), "a");
                    Assert.Equal(["b", "a"], [.. self.Ctx.Children.Select(c => c.Path.Name)]);
                    Assert.Equal("a", self.Ctx.Child("a")!.Path.Name);
                    Assert.Null(self.Ctx.Child("c"));
                },
            }),
            "parent");
        node.Settle();
        Assert.Equal(["user", "parent", "b", "a"], [.. node.System.Walk().Select(i => i.Path.Name)]);
        Assert.Equal(4, node.System.Metrics.LiveActors);
        Assert.All(node.System.Walk().Skip(1), i => Assert.Equal(typeof(ScriptedActor), i.ActorType));
    }

    [Fact]
    public void Path_RoundTripsThroughItsText()
    {
        ActorPath path = ActorPath.Root("sys").Child("user").Child("branch-7");
        Assert.Equal("leither://sys/user/branch-7", path.ToString());
        Assert.Equal(path, ActorPath.Parse(path.ToString()));
        Assert.Equal("sys", path.System);
        Assert.Throws<InvalidActorNameException>(() => ActorPath.Parse("http://sys"));
        Assert.Throws<InvalidActorNameException>(() => ActorPath.Parse("leither://sys//x"));
    }

    [Fact]
    public void EventStream_Subscription_GetsItsTypeUntilDisposed()
    {
        using OneNode node = new();
        List<object> received = [];
        IActorRef probe = node.Probe("probe", received);
        IDisposable subscription = node.System.EventStream.Subscribe<string>(probe);
        node.System.EventStream.Publish("one");
        node.System.EventStream.Publish(new object());
        subscription.Dispose();
        node.System.EventStream.Publish("two");
        node.Settle();
        Assert.Equal(["one"], received);
    }

    [Fact]
    public void Log_BelowTheLevel_IsNotPublished()
    {
        using OneNode node = new();
        IActorRef actor = node.Spawn("talker", (self, _) =>
        {
            self.Ctx.Log.Debug("quiet");
            self.Ctx.Log.Warning("loud");
        });
        actor.Tell("x");
        node.Settle();
        LogEntry entry = Assert.Single(node.Events.OfType<LogEntry>());
        Assert.Equal("loud", entry.Text);
        Assert.Equal(actor.Path, entry.Source);
    }

    private sealed class Owner : IReleasable
    {
        public int Released { get; private set; }

        public void Release() => Released++;
    }
}
