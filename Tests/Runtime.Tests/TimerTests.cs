using LeitherCluster.Runtime;
using LeitherCluster.Tests.Runtime.Kit;

namespace LeitherCluster.Tests.Runtime;

public sealed class TimerTests
{
    private static (IActorRef Actor, List<(double Ms, object Message)> Received) SpawnTimed(OneNode node, Action<ScriptedActor, object> act)
    {
        List<(double, object)> received = [];
        double start = node.Cluster.Now.TotalMilliseconds;
        IActorRef actor = node.Spawn("timed", (self, m) =>
        {
            received.Add((Math.Round(node.Cluster.Now.TotalMilliseconds - start), m));
            act(self, m);
        });
        return (actor, received);
    }

    [Fact]
    public void Start_FiresOnceAfterItsDelay()
    {
        using OneNode node = new();
        bool activeThen = true;
        (IActorRef actor, List<(double, object)> received) = SpawnTimed(node, (self, m) =>
        {
            if (m is "go")
            {
                self.Ctx.Timers.Start("key", "tick", TimeSpan.FromMilliseconds(30));
                Assert.True(self.Ctx.Timers.IsActive("key"));
            }
            else
            {
                activeThen = self.Ctx.Timers.IsActive("key");
            }
        });
        actor.Tell("go");
        node.Cluster.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal([(0, "go"), (30, "tick")], received);
        Assert.False(activeThen);
    }

    [Fact]
    public void StartPeriodic_FiresOnItsRaster()
    {
        using OneNode node = new();
        (IActorRef actor, List<(double, object)> received) = SpawnTimed(node, (self, m) =>
        {
            if (m is "go")
            {
                self.Ctx.Timers.StartPeriodic("key", "tick", TimeSpan.FromMilliseconds(100));
            }
        });
        actor.Tell("go");
        node.Cluster.RunFor(TimeSpan.FromMilliseconds(450));
        Assert.Equal([(0, "go"), (100, "tick"), (200, "tick"), (300, "tick"), (400, "tick")], received);
    }

    [Fact]
    public void StartPeriodic_BusyOrPausedActor_SkipsTicksAndKeepsTheRaster()
    {
        using OneNode node = new();
        (IActorRef actor, List<(double, object)> received) = SpawnTimed(node, (self, m) =>
        {
            if (m is "go")
            {
                self.Ctx.Timers.StartPeriodic("key", "tick", TimeSpan.FromMilliseconds(100));
            }
        });
        actor.Tell("go");
        node.Cluster.RunFor(TimeSpan.FromMilliseconds(150));
        node.Node.Pause(TimeSpan.FromMilliseconds(380));
        node.Cluster.RunFor(TimeSpan.FromMilliseconds(600));
        Assert.Equal([(0, "go"), (100, "tick"), (530, "tick"), (600, "tick"), (700, "tick")], received);
    }

    [Fact]
    public void Cancel_BySeedBeforeOrAfterTheTick_NeverLetsAStaleTickThrough()
    {
        int cancelledFirst = 0;
        for (ulong seed = 1; seed <= 50; seed++)
        {
            using OneNode node = new(seed);
            List<object> received = [];
            IActorRef actor = node.Spawn("timed", (self, m) =>
            {
                received.Add(m);
                if (m is "go")
                {
                    self.Ctx.Timers.Start("key", "tick", TimeSpan.FromMilliseconds(1));
                }
                else if (m is "cancel")
                {
                    self.Ctx.Timers.Cancel("key");
                }
            });
            node.Settle();
            actor.Tell("go");

            // "go" is handled one message's cost from now, so this falls due at the very tick of the timer.
            node.Cluster.After(TimeSpan.FromMilliseconds(1) + node.Cluster.Options.MessageCost, () => actor.Tell("cancel"));
            node.Settle();
            if (received[1] is "cancel")
            {
                cancelledFirst++;
                Assert.DoesNotContain("tick", received);
            }
        }

        Assert.InRange(cancelledFirst, 1, 49);
    }

    [Fact]
    public void Start_SameKeyAgain_ReplacesTheFirst()
    {
        using OneNode node = new();
        (IActorRef actor, List<(double, object)> received) = SpawnTimed(node, (self, m) =>
        {
            if (m is "go")
            {
                self.Ctx.Timers.Start("key", "first", TimeSpan.FromMilliseconds(10));
                self.Ctx.Timers.Start("key", "second", TimeSpan.FromMilliseconds(20));
            }
        });
        actor.Tell("go");
        node.Cluster.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal([(0, "go"), (20, "second")], received);
    }

    [Fact]
    public void Restart_EndsTheTimersOfTheOldIncarnation()
    {
        using OneNode node = new();
        List<object> received = [];
        IActorRef actor = node.Spawn("timed", (self, m) =>
        {
            received.Add(m);
            if (m is "go")
            {
                self.Ctx.Timers.Start("once", "once", TimeSpan.FromMilliseconds(200));
                self.Ctx.Timers.StartPeriodic("often", "often", TimeSpan.FromMilliseconds(200));
                throw new DeliberateException("x");
            }
        });
        actor.Tell("go");
        node.Cluster.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(1, node.System.Metrics.Restarts);
        Assert.Equal(["go"], received);
    }

    [Fact]
    public void ReceiveTimeout_ComesAfterSilenceOnly()
    {
        using OneNode node = new();
        (IActorRef actor, List<(double Ms, object Message)> received) = SpawnTimed(node, (self, m) =>
        {
            if (m is "go")
            {
                self.Ctx.SetReceiveTimeout(TimeSpan.FromMilliseconds(100));
            }
            else if (m is "off")
            {
                self.Ctx.SetReceiveTimeout(null);
            }
        });
        actor.Tell("go");
        node.Cluster.After(TimeSpan.FromMilliseconds(60), () => actor.Tell("talk"));
        node.Cluster.After(TimeSpan.FromMilliseconds(300), () => actor.Tell("off"));
        node.Cluster.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal([(0, "go"), (60, "talk"), (160, ReceiveTimeout.Instance), (260, ReceiveTimeout.Instance), (300, "off")], received);
    }
}
