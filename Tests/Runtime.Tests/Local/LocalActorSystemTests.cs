using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Local;
using LeitherCluster.Tests.Runtime.Kit;

namespace LeitherCluster.Tests.Runtime.Local;

public sealed class LocalActorSystemTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static LocalActorSystem NewSystem() => new(new LocalActorSystemOptions { Name = "local" });

    private sealed record Numbered(int Producer, int Number);

    [Fact]
    public async Task Tell_ManyProducers_NothingIsLostAndEachOnesOrderIsKept()
    {
        await using LocalActorSystem system = NewSystem();
        const int producers = 4;
        const int each = 50_000;
        int[] last = new int[producers];
        Array.Fill(last, -1);
        int count = 0;
        TaskCompletionSource done = new();
        IActorRef sink = system.Spawn(
            ScriptedActor.Props((_, m) =>
            {
                Numbered numbered = (Numbered)m;
                if (numbered.Number != last[numbered.Producer] + 1)
                {
                    done.TrySetException(new InvalidOperationException($"{numbered} after {last[numbered.Producer]}"));
                }

                last[numbered.Producer] = numbered.Number;
                if (++count == producers * each)
                {
                    done.TrySetResult();
                }
            }) with { Mailbox = new MailboxOptions(Capacity: 1_000) },
            "sink");
        Thread[] threads = [.. Enumerable.Range(0, producers).Select(p => new Thread(() =>
        {
            for (int i = 0; i < each; i++)
            {
                Numbered message = new(p, i);
                SpinWait wait = default;
                while (!sink.TryTell(message))
                {
                    wait.SpinOnce();
                }
            }
        }))];
        Array.ForEach(threads, t => t.Start());
        await done.Task.WaitAsync(Limit);
        Array.ForEach(threads, t => t.Join());
        Assert.Equal(0, system.Metrics.DeadLetters);
        await WaitUntil(() => system.Metrics.MessagesProcessed == producers * each && system.Metrics.MailboxDepth == 0);
    }

    [Fact]
    public async Task Receive_OneMessageAtATime_SeesWhatTheLastOneWrote()
    {
        await using LocalActorSystem system = NewSystem();
        int inside = 0;
        int counter = 0;
        IActorRef actor = system.Spawn(
            ScriptedActor.Props((self, m) =>
            {
                if (Interlocked.Increment(ref inside) != 1)
                {
                    throw new InvalidOperationException("two at once");
                }

                counter++;
                if (m is "count")
                {
                    self.Sender.Tell(counter);
                }

                Interlocked.Decrement(ref inside);
            }) with { Mailbox = new MailboxOptions(Capacity: 1_000_000) },
            "counter");
        Parallel.For(0, 100_000, _ => actor.Tell("x"));
        Assert.Equal(100_001, await actor.Ask<int>("count", Limit));
    }

    [Fact]
    public async Task Failure_RestartsAndGoesOn()
    {
        await using LocalActorSystem system = NewSystem();
        IActorRef actor = system.Spawn(
            ScriptedActor.Props((self, m) =>
            {
                if (m is "fail")
                {
                    throw new DeliberateException("x");
                }

                self.Sender.Tell("fine");
            }) with { Supervision = new SupervisorStrategy { MinBackoff = TimeSpan.FromMilliseconds(1) } },
            "actor");
        actor.Tell("fail");
        Assert.Equal("fine", await actor.Ask<string>("how are you", Limit));
        Assert.Equal(1, system.Metrics.Restarts);
    }

    [Fact]
    public async Task Timers_FireInRealTimeNeverEarly()
    {
        await using LocalActorSystem system = NewSystem();
        TaskCompletionSource<double> fired = new();
        IActorRef actor = system.Spawn(
            Props.Create(() =>
            {
                long start = 0;
                return new ScriptedActor((self, m) =>
                {
                    if (m is "go")
                    {
                        start = self.Ctx.Clock.MonotonicTicks;
                        self.Ctx.Timers.Start("never", "never", TimeSpan.FromHours(1));
                        self.Ctx.Timers.Start("key", "tick", TimeSpan.FromMilliseconds(20));
                    }
                    else
                    {
                        fired.TrySetResult((self.Ctx.Clock.MonotonicTicks - start) / 10_000.0);
                    }
                });
            }),
            "timed");
        actor.Tell("go");
        Assert.True(await fired.Task.WaitAsync(Limit) >= 20);
    }

    [Fact]
    public async Task Ask_NoAnswer_TimesOut()
    {
        await using LocalActorSystem system = NewSystem();
        IActorRef mute = system.Spawn(ScriptedActor.Props((_, _) => { }), "mute");
        await Assert.ThrowsAsync<AskTimeoutException>(() => mute.Ask<string>("x", TimeSpan.FromMilliseconds(5)));
    }

    [Fact]
    public async Task SpawnAndStop_FromManyThreads_LeavesNoOneBehind()
    {
        await using LocalActorSystem system = NewSystem();
        Parallel.For(0, 2_000, i =>
        {
            IActorRef actor = system.Spawn(
                Props.Create(() => new ScriptedActor((_, _) => { })
                {
                    OnPreStart = self => self.Ctx.Spawn(ScriptedActor.Props((_, _) => { }), "child"),
                }),
                $"actor{i}");
            actor.Tell("x");
            system.Stop(actor);
        });

        // A cell is uncounted first, and told off by its parent a moment later.
        await WaitUntil(() => system.Metrics.LiveActors == 1 && system.Walk().Count == 1);
        Assert.InRange(system.Metrics.ActorsStarted, 2_001, 4_001);
    }

    [Fact]
    public async Task Watch_AndStop_Racing_AlwaysGivesOneTerminated()
    {
        await using LocalActorSystem system = NewSystem();
        const int pairs = 500;
        int terminated = 0;
        TaskCompletionSource done = new();
        IActorRef[] targets = [.. Enumerable.Range(0, pairs).Select(i => system.Spawn(ScriptedActor.Props((_, _) => { }), $"t{i}"))];
        IActorRef watcher = system.Spawn(
            ScriptedActor.Props((self, m) =>
            {
                if (m is IActorRef target)
                {
                    self.Ctx.Watch(target);
                }
                else if (m is Terminated && ++terminated == pairs)
                {
                    done.TrySetResult();
                }
            }),
            "watcher");
        Parallel.For(0, pairs, i =>
        {
            if (i % 2 == 0)
            {
                watcher.Tell(targets[i]);
                system.Stop(targets[i]);
            }
            else
            {
                system.Stop(targets[i]);
                watcher.Tell(targets[i]);
            }
        });
        await done.Task.WaitAsync(Limit);
        Assert.Equal(pairs, terminated);
    }

    [Fact]
    public async Task Dispose_RunsTheCoordinatedShutdown()
    {
        LocalActorSystem system = NewSystem();
        bool stopped = false;
        bool released = false;
        system.Spawn(Props.Create(() => new ScriptedActor((_, _) => { }) { OnPostStop = _ => stopped = true }), "actor");
        system.CoordinatedShutdown.AddTask(CoordinatedShutdown.Release, "release", () =>
        {
            released = stopped;
            return Task.CompletedTask;
        });
        await system.DisposeAsync();
        Assert.True(released);
        Assert.True(system.WhenTerminated.IsCompletedSuccessfully);
        await system.DisposeAsync();
    }

    [Fact]
    public async Task Spawn_RacingWithTheShutdown_ThrowsOrIsStopped()
    {
        for (int round = 0; round < 20; round++)
        {
            LocalActorSystem system = NewSystem();
            Thread spawner = new(() =>
            {
                try
                {
                    for (int i = 0; ; i++)
                    {
                        system.Spawn(ScriptedActor.Props((_, _) => { }), $"a{i}");
                    }
                }
                catch (InvalidOperationException)
                {
                    // The guardian takes no more.
                }
            });
            spawner.Start();
            await system.DisposeAsync();
            spawner.Join();
            Assert.True(system.WhenTerminated.IsCompletedSuccessfully);
            Assert.Equal(0, system.Metrics.LiveActors);
        }
    }

    [Fact]
    public void Chance_NumbersStayBelowTheirBound()
    {
        for (ulong max = 1; max < 100; max++)
        {
            Assert.InRange(LocalChance.Instance.Next(max), 0UL, max - 1);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => LocalChance.Instance.Next(0));
    }

    private static async Task WaitUntil(Func<bool> condition)
    {
        using CancellationTokenSource limit = new(Limit);
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
