using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Runtime.Kit;

namespace LeitherCluster.Tests.Runtime.Simulation;

public sealed class SimulatedClusterTests
{
    /// <summary>Three nodes that pass counters around, over a lossy network, with crashes, journals and pauses.</summary>
    private static SimulatedCluster RunBusyCluster(ulong seed, long steps)
    {
        SimulatedCluster cluster = new(seed);
        MemoryJournalMedium[] media = [new(), new(), new()];
        cluster.Network.Default = new LinkFaults { Loss = 0.05, Repeat = 0.05, Reorder = 0.1 };
        for (int i = 0; i < 3; i++)
        {
            int index = i;
            cluster.AddNode($"n{i}", node =>
            {
                IJournal journal = node.AttachJournal(new MemoryJournalStore(media[index], node.Buffers));
                IActorRef next = node.RefTo(cluster.Nodes[(index + 1) % 3], ActorPath.Parse($"leither://n{(index + 1) % 3}/user/relay"));
                IActorRef[] workers = [.. Enumerable.Range(0, 5).Select(w => node.System.Spawn(
                    ScriptedActor.Props((self, m) => self.Sender.Tell((long)m + (long)self.Ctx.Chance.Next(10), self.Self)),
                    $"worker{w}"))];
                ulong beat = journal.Opening.LastBeat;
                node.System.Spawn(
                    Props.Create(() => new ScriptedActor((self, m) =>
                    {
                        if (m is long value && self.Sender.Path.Name.StartsWith("worker", StringComparison.Ordinal))
                        {
                            next.Tell(new Passed(value), self.Self);
                        }
                        else if (m is Passed { Value: long fromOutside })
                        {
                            journal.Append(Blocks.Make(journal.Buffers, Blocks.Stream(1), ++beat, fromOutside));
                            journal.Commit(new GroupMark(beat, 1), self.Self);
                            workers[(int)self.Ctx.Chance.Next(5)].Tell(fromOutside, self.Self);
                        }
                        else if (m is "tick")
                        {
                            workers[0].Tell(0L, self.Self);
                        }
                    })
                    { OnPreStart = self => self.Ctx.Timers.StartPeriodic("tick", "tick", TimeSpan.FromMilliseconds(10)) }),
                    "relay");
            }).Boot();
        }

        cluster.AddObserver(new CrashNowAndThen(cluster));
        cluster.RunUntil(() => cluster.Steps >= steps, TimeSpan.FromSeconds(1_000));
        return cluster;
    }

    private sealed record Passed(long Value) : IWireMessage;

    private sealed class CrashNowAndThen(SimulatedCluster cluster) : IStepObserver
    {
        public StepVerdict OnStep(in SimulationStep step)
        {
            step.Node.PlanCrash(CrashKind.PowerLoss, TimeSpan.FromMilliseconds(5));
            if (cluster.Chance.Hits(0.002))
            {
                step.Node.Pause(TimeSpan.FromMilliseconds(3));
            }

            return cluster.Chance.Hits(0.002) ? StepVerdict.CrashBefore
                : cluster.Chance.Hits(0.002) ? StepVerdict.CrashAfter
                : StepVerdict.Continue;
        }
    }

    [Fact]
    public void Run_SameSeed_IsTheSameToTheLastStep()
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            using SimulatedCluster first = RunBusyCluster(seed, 5_000);
            using SimulatedCluster second = RunBusyCluster(seed, 5_000);
            Assert.True(first.Steps >= 5_000);
            Assert.Equal(first.TraceHash, second.TraceHash);
            Assert.Equal(first.NowTicks, second.NowTicks);
            Assert.Equal(first.Report(), second.Report());
            Assert.True(first.Faults.Counts.Keys.Select(k => k.Fault).Distinct(StringComparer.Ordinal).Count() >= 5, first.Faults.ToString());
        }
    }

    [Fact]
    public void Run_AnotherSeed_IsAnotherRun()
    {
        HashSet<ulong> hashes = [];
        for (ulong seed = 1; seed <= 10; seed++)
        {
            using SimulatedCluster cluster = RunBusyCluster(seed, 500);
            hashes.Add(cluster.TraceHash);
        }

        Assert.Equal(10, hashes.Count);
    }

    [Fact]
    public void Observer_CrashBefore_TheMessageIsNotHandledAndTheNodeBootsAgain()
    {
        List<object> handled = [];
        using OneNode node = new(boot: n => n.System.Spawn(ScriptedActor.Props((_, m) => handled.Add(m)), "actor"));
        CrashAtName crash = new("Int32", StepVerdict.CrashBefore);
        node.Cluster.AddObserver(crash);
        node.Node.PlanCrash(CrashKind.PowerLoss, TimeSpan.FromMilliseconds(1));
        IActorRef actor = node.System.Find(ActorPath.Parse("leither://node/user/actor"))!;
        actor.Tell("a");
        actor.Tell(1);
        actor.Tell("b");
        node.Settle();
        Assert.Equal(["a"], handled);
        Assert.Equal(2, node.Node.Incarnation);
        Assert.Equal(1, node.Cluster.Faults.Counts[("crash before", "Int32")]);
        actor.Tell("to the dead");
        node.Settle();
        Assert.Equal(["a"], handled);
    }

    [Fact]
    public void Observer_CrashAfter_TheMessageIsHandledAndNothingElse()
    {
        List<object> handled = [];
        using OneNode node = new(boot: n => n.System.Spawn(ScriptedActor.Props((_, m) => handled.Add(m)), "actor"));
        node.Cluster.AddObserver(new CrashAtName("Int32", StepVerdict.CrashAfter));
        IActorRef actor = node.System.Find(ActorPath.Parse("leither://node/user/actor"))!;
        actor.Tell("a");
        actor.Tell(1);
        actor.Tell("b");
        node.Settle();
        Assert.Equal(["a", 1], handled);
        Assert.False(node.Node.IsUp);
    }

    [Theory]
    [InlineData(StepVerdict.CrashBefore, 0)]
    [InlineData(StepVerdict.CrashAfter, 1)]
    public void Observer_CrashAtACommit_HappensBeforeOrAfterIt(StepVerdict verdict, long groups)
    {
        MemoryJournalMedium medium = new();
        using OneNode node = new(boot: n => n.AttachJournal(new MemoryJournalStore(medium, n.Buffers)));
        node.Cluster.AddObserver(new CrashAtName("commit .1", verdict));
        List<object> answers = [];
        IActorRef probe = node.Probe("probe", answers);
        node.System.Journal.Append(Blocks.Make(node.System.Journal.Buffers, Blocks.Stream(1), 1, 1));
        node.System.Journal.Commit(new GroupMark(1, 1), probe);
        node.Settle();
        Assert.Equal(groups, medium.Groups);
        Assert.Empty(answers);
        Assert.False(node.Node.IsUp);
    }

    [Theory]
    [InlineData(StepVerdict.FailBefore, "actor fails before", new object[] { "a", "b" })]
    [InlineData(StepVerdict.FailAfter, "actor fails after", new object[] { "a", 1, "b" })]
    public void Observer_Fail_TheActorIsRestartedAndGoesOnWithTheNextMessage(StepVerdict verdict, string fault, object[] expected)
    {
        List<object> handled = [];
        using OneNode node = new();
        IActorRef actor = node.Probe("actor", handled);
        node.Cluster.AddObserver(new CrashAtName("Int32", verdict));
        actor.Tell("a");
        actor.Tell(1);
        actor.Tell("b");
        node.Cluster.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(expected, handled);
        Assert.True(node.Node.IsUp);
        Assert.IsType<InjectedFailureException>(Assert.Single(node.Events.OfType<ActorFailed>()).Exception);
        Assert.Equal(1, node.Cluster.Faults.Counts[(fault, "Int32")]);
    }

    [Fact]
    public void Interceptor_ChangesSwallowsAndReleases()
    {
        List<object> handled = [];
        using OneNode node = new();
        IActorRef actor = node.Probe("actor", handled);
        Releasable lost = new();
        node.Cluster.Interceptor = new Changing(message => message.Message switch
        {
            int number => number + 1,
            Releasable => null,
            var other => other,
        });
        actor.Tell("a");
        actor.Tell(1);
        actor.Tell(lost);
        node.Settle();
        Assert.Equal(["a", 2], handled);
        Assert.True(lost.IsReleased);
    }

    [Fact]
    public void Observer_CrashDuringBoot_BootsAgain()
    {
        int boots = 0;
        using OneNode node = new(boot: n =>
        {
            boots++;
            n.Disk.Open($"file-{boots}", DiskOpen.CreateNew).Dispose();
        });
        node.Cluster.AddObserver(new CrashAtName("disk Open file", StepVerdict.CrashAfter));
        node.Node.PlanCrash(CrashKind.PowerLoss, TimeSpan.FromMilliseconds(1));
        node.Node.Crash(restartAfter: TimeSpan.Zero);
        node.Settle();
        Assert.Equal(3, boots);
        Assert.True(node.Node.IsUp);
    }

    [Fact]
    public void Pause_NothingMovesButTheClock()
    {
        using OneNode node = new();
        List<object> received = [];
        IActorRef probe = node.Probe("probe", received);
        node.Settle();
        long before = node.Node.Clock.MonotonicMs;
        node.Node.Pause(TimeSpan.FromSeconds(1));
        probe.Tell("waits");
        node.Cluster.RunFor(TimeSpan.FromMilliseconds(900));
        Assert.Empty(received);
        node.Cluster.RunFor(TimeSpan.FromMilliseconds(200));
        Assert.Equal(["waits"], received);
        Assert.InRange(node.Node.Clock.MonotonicMs - before, 1_099, 1_101);
    }

    [Fact]
    public void JumpClock_MovesTheWallClockOnly()
    {
        using OneNode node = new();
        long wall = node.Node.Clock.UtcNowMs;
        long monotonic = node.Node.Clock.MonotonicTicks;
        node.Node.JumpClock(TimeSpan.FromSeconds(-100));
        Assert.Equal(wall - 100_000, node.Node.Clock.UtcNowMs);
        Assert.Equal(monotonic, node.Node.Clock.MonotonicTicks);
    }

    [Fact]
    public void ShutDown_RunsThePhasesThenTheNodeIsDown()
    {
        using OneNode node = new();
        bool stopped = false;
        bool freed = false;
        node.System.Spawn(Props.Create(() => new ScriptedActor((_, _) => { }) { OnPostStop = _ => stopped = true }), "actor");
        node.Node.OnDown(() => freed = true);
        node.Settle();
        node.Node.ShutDown();
        node.Settle();
        Assert.True(stopped);
        Assert.True(freed);
        Assert.False(node.Node.IsUp);
        Assert.Throws<InvalidOperationException>(() => node.Node.System);
    }

    [Fact]
    public void Boot_ThatThrows_LeavesTheRun()
    {
        using SimulatedCluster cluster = new(1);
        cluster.AddNode("bad", _ => throw new DeliberateException("no")).Boot();
        Assert.Throws<DeliberateException>(() => cluster.RunFor(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void RunUntil_NothingLeft_SaysIdle()
    {
        using OneNode node = new();
        Assert.Equal(RunEnd.Idle, node.Cluster.RunUntil(() => false));
        Assert.Equal(RunEnd.TimeSpent, node.Cluster.RunFor(TimeSpan.FromSeconds(1)));
        Assert.Equal(RunEnd.ConditionMet, node.Cluster.RunUntil(() => true));
    }

    [Fact]
    public void FaultTable_AddsUpAndPrintsARowAPair()
    {
        FaultTable table = new();
        table.Note("torn write", "commit .1");
        FaultTable other = new();
        other.Note("torn write", "commit .1", 2);
        other.Note("disk full", "append 1.1");
        table.Add(other);
        Assert.Equal(4, table.Total);
        Assert.Equal("       1  disk full         append 1.1\n       3  torn write        commit .1", table.ToString());
    }

    [Fact]
    public void Chance_SameSeed_SameNumbersInTheirRange()
    {
        SimulatedChance a = new(42);
        SimulatedChance b = new(42);
        byte[] bytesA = new byte[13];
        byte[] bytesB = new byte[13];
        a.Fill(bytesA);
        b.Fill(bytesB);
        Assert.Equal(bytesA, bytesB);
        int[] counts = new int[7];
        for (int i = 0; i < 7_000; i++)
        {
            counts[a.Next(7)]++;
            Assert.InRange(b.Between(-3, 3), -3, 3);
        }

        Assert.All(counts, c => Assert.InRange(c, 800, 1_200));
        Assert.Throws<ArgumentOutOfRangeException>(() => a.Next(0));
    }

    private sealed class Changing(Func<SimulatedMessage, object?> change) : IMessageInterceptor
    {
        public object? OnMessage(in SimulatedMessage message) => change(message);
    }

    private sealed class Releasable : IReleasable
    {
        public bool IsReleased { get; private set; }

        public void Release() => IsReleased = true;
    }

    private sealed class CrashAtName(string name, StepVerdict verdict) : IStepObserver
    {
        private bool _done;

        public StepVerdict OnStep(in SimulationStep step)
        {
            if (_done || !string.Equals(step.Name, name, StringComparison.Ordinal))
            {
                return StepVerdict.Continue;
            }

            _done = true;
            return verdict;
        }
    }
}
