using LeitherCluster.Runtime;
using LeitherCluster.Tests.Runtime.Kit;

namespace LeitherCluster.Tests.Runtime;

public sealed class SupervisionTests
{
    private static readonly SupervisorStrategy QuickRestarts = new()
    {
        MinBackoff = TimeSpan.FromMilliseconds(100),
        MaxBackoff = TimeSpan.FromMilliseconds(400),
        RestartsMax = 4,
        Window = TimeSpan.FromSeconds(10),
    };

    [Fact]
    public void Failure_Restarts_WithAFreshInstanceTheSameReferenceAndTheMailboxKept()
    {
        using OneNode node = new();
        List<string> seen = [];
        int instances = 0;
        IActorRef actor = node.System.Spawn(
            Props.Create(() =>
            {
                int instance = ++instances;
                return new ScriptedActor((_, m) =>
                {
                    seen.Add($"{instance}:{m}");
                    if (m is "fail")
                    {
                        throw new DeliberateException("on purpose");
                    }
                });
            }),
            "actor");
        actor.Tell("a");
        actor.Tell("fail");
        actor.Tell("b");
        node.Cluster.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(["1:a", "1:fail", "2:b"], seen);
        Assert.Same(actor, node.System.Find(actor.Path));
        ActorFailed failed = Assert.Single(node.Events.OfType<ActorFailed>());
        Assert.Equal("fail", failed.Message);
        Assert.IsType<DeliberateException>(failed.Exception);
        Assert.Equal(SupervisorDirective.Restart, failed.Directive);
        Assert.Equal(1, node.System.Metrics.Restarts);
    }

    [Fact]
    public void Restart_CallsTheHooksInOrder()
    {
        using OneNode node = new();
        List<string> calls = [];
        int instances = 0;
        IActorRef actor = node.System.Spawn(
            Props.Create(() =>
            {
                int i = ++instances;
                return new ScriptedActor((_, _) => throw new DeliberateException("x"))
                {
                    OnPreStart = _ => calls.Add($"{i} pre-start"),
                    OnPostStop = _ => calls.Add($"{i} post-stop"),
                    OnPreRestart = (_, e, m) => calls.Add($"{i} pre-restart {e.Message} {m}"),
                    OnPostRestart = (_, e) => calls.Add($"{i} post-restart {e.Message}"),
                };
            }),
            "actor");
        actor.Tell("m");
        node.Cluster.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(["1 pre-start", "1 pre-restart x m", "1 post-stop", "2 post-restart x", "2 pre-start"], calls);
    }

    [Fact]
    public void Restart_BackOffDoublesUpToItsMaximum()
    {
        using OneNode node = new();
        List<TimeSpan> starts = [];
        IActorRef actor = node.System.Spawn(
            Props.Create(() => new ScriptedActor((_, _) => throw new DeliberateException("x"))
            {
                OnPreStart = self => starts.Add(node.Cluster.Now),
            }) with { Supervision = QuickRestarts },
            "actor");
        for (int i = 0; i < 4; i++)
        {
            actor.Tell(i);
        }

        node.Cluster.RunFor(TimeSpan.FromSeconds(2));
        double[] gaps = [.. starts.Zip(starts.Skip(1), (a, b) => Math.Round((b - a).TotalMilliseconds))];
        Assert.Equal([100, 200, 400, 400], gaps);
    }

    [Fact]
    public void Failure_BeyondTheMaximumInTheWindow_Escalates()
    {
        using OneNode node = new();
        int parents = 0;
        IActorRef parent = node.System.Spawn(
            Props.Create(() =>
            {
                parents++;
                return new ScriptedActor((self, m) => self.Ctx.Child("child")!.Tell(m))
                {
                    Strategy = QuickRestarts,
                    OnPreStart = self => self.Ctx.Spawn(ScriptedActor.Props((_, _) => throw new DeliberateException("x")), "child"),
                };
            }),
            "parent");
        for (int i = 0; i < 5; i++)
        {
            parent.Tell(i);
        }

        node.Cluster.RunFor(TimeSpan.FromSeconds(5));
        Assert.Equal(2, parents);
        Assert.Equal(
            [SupervisorDirective.Restart, SupervisorDirective.Restart, SupervisorDirective.Restart, SupervisorDirective.Restart, SupervisorDirective.Escalate],
            node.Events.OfType<ActorFailed>().Where(f => f.Actor.Path.Name is "child").Select(f => f.Directive));
    }

    [Fact]
    public void Failures_SpreadBeyondTheWindow_AreNotAddedUp()
    {
        using OneNode node = new();
        IActorRef actor = node.System.Spawn(
            ScriptedActor.Props((_, _) => throw new DeliberateException("x")) with { Supervision = QuickRestarts with { RestartsMax = 1 } },
            "actor");
        for (int i = 0; i < 5; i++)
        {
            actor.Tell(i);
            node.Cluster.RunFor(TimeSpan.FromSeconds(11));
        }

        Assert.Equal(5, node.System.Metrics.Restarts);
    }

    [Fact]
    public void Stop_Directive_StopsTheChildForGood()
    {
        using OneNode node = new();
        IActorRef actor = node.System.Spawn(
            ScriptedActor.Props((_, _) => throw new DeliberateException("x")) with { Supervision = SupervisorStrategy.StopOnFailure },
            "actor");
        actor.Tell(1);
        node.Settle();
        Assert.Null(node.System.Find(actor.Path));
    }

    [Fact]
    public void Escalation_BeyondTheTop_StopsTheSystemWithTheException()
    {
        using OneNode node = new();
        IActorSystem system = node.System;
        bool otherStopped = false;
        system.Spawn(Props.Create(() => new ScriptedActor((_, _) => { }) { OnPostStop = _ => otherStopped = true }), "other");
        IActorRef actor = system.Spawn(
            ScriptedActor.Props((_, _) => throw new DeliberateException("sum is off")) with { Supervision = SupervisorStrategy.EscalateOnFailure },
            "actor");
        actor.Tell(1);
        node.Settle();
        Assert.True(otherStopped);
        Assert.True(system.WhenTerminated.IsFaulted);
        Assert.Equal("sum is off", system.WhenTerminated.Exception!.InnerException!.Message);
    }

    [Fact]
    public void Restart_OfAParent_StopsItsChildrenFirst()
    {
        using OneNode node = new();
        List<string> calls = [];
        IActorRef parent = node.System.Spawn(
            Props.Create(() => new ScriptedActor((_, _) => throw new DeliberateException("x"))
            {
                OnPreStart = self =>
                {
                    calls.Add("parent starts");
                    self.Ctx.Spawn(Props.Create(() => new ScriptedActor((_, _) => { }) { OnPostStop = _ => calls.Add("child stops") }), "child");
                },
                OnPreRestart = (_, _, _) => calls.Add("parent restarts"),
            }),
            "parent");
        parent.Tell(1);
        node.Cluster.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(["parent starts", "child stops", "parent restarts", "parent starts"], calls);
    }

    [Fact]
    public void PreStart_Throwing_IsSupervisedLikeAnyFailure()
    {
        using OneNode node = new();
        int attempts = 0;
        List<object> received = [];
        IActorRef actor = node.System.Spawn(
            Props.Create(() => new ScriptedActor((_, m) => received.Add(m))
            {
                OnPreStart = _ =>
                {
                    if (++attempts < 3)
                    {
                        throw new DeliberateException("not yet");
                    }
                },
            }),
            "actor");
        actor.Tell("patient");
        node.Cluster.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(3, attempts);
        Assert.Equal(["patient"], received);
    }

    [Fact]
    public void Decide_Throwing_FailsTheSupervisor()
    {
        using OneNode node = new();
        int parents = 0;
        IActorRef parent = node.System.Spawn(
            Props.Create(() =>
            {
                parents++;
                return new ScriptedActor((self, m) => self.Ctx.Child("child")!.Tell(m))
                {
                    Strategy = new SupervisorStrategy { Decide = _ => throw new DeliberateException("cannot decide") },
                    OnPreStart = self => self.Ctx.Spawn(ScriptedActor.Props((_, _) => throw new DeliberateException("x")), "child"),
                };
            }),
            "parent");
        parent.Tell(1);
        node.Cluster.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(2, parents);
        Assert.Equal("cannot decide", Assert.Single(node.Events.OfType<ActorFailed>()).Exception.Message);
    }

    [Fact]
    public void Stop_DuringBackOff_StopsForGood()
    {
        using OneNode node = new();
        int instances = 0;
        IActorRef actor = node.System.Spawn(
            Props.Create(() =>
            {
                instances++;
                return new ScriptedActor((_, _) => throw new DeliberateException("x"));
            }),
            "actor");
        actor.Tell(1);
        node.Settle();
        node.System.Stop(actor);
        node.Cluster.RunFor(TimeSpan.FromSeconds(5));
        Assert.Equal(1, instances);
        Assert.Null(node.System.Find(actor.Path));
    }

    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 200)]
    [InlineData(7, 6_400)]
    [InlineData(8, 10_000)]
    [InlineData(1_000, 10_000)]
    public void Backoff_OfTheDefault_DoublesToTenSeconds(int restart, double ms)
        => Assert.Equal(ms, SupervisorStrategy.Default.Backoff(restart).TotalMilliseconds);
}
