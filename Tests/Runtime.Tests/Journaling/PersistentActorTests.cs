using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Runtime.Kit;

namespace LeitherCluster.Tests.Runtime.Journaling;

public sealed class PersistentActorTests
{
    private static readonly StreamId Stream = Blocks.Stream(1);

    private readonly MemoryJournalMedium _medium = new();
    private readonly List<string> _calls = [];

    private sealed record Add(long Value);

    private sealed record TakeSnapshot;

    /// <summary>A sum: every Add is persisted and committed, and counts when that is known.</summary>
    private sealed class Account(List<string> calls) : PersistentActor
    {
        private readonly Dictionary<BlockKey, long> _pending = [];
        private long _sum;
        private ulong _beat;

        protected override StreamId StreamId => Stream;

        protected override void OnSnapshot(SnapshotKey key, JournalBuffer body)
        {
            _sum = Blocks.Value(body);
            _beat = key.Beat;
            calls.Add($"snapshot {_sum}");
        }

        protected override void OnReplayed(JournalBlock block)
        {
            _sum += Blocks.Value(block.Body);
            _beat = block.Key.Beat;
            calls.Add($"replayed {Blocks.Value(block.Body)}");
        }

        protected override void OnRecoveryCompleted(ulong lastBeat) => calls.Add($"recovered {_sum} at {lastBeat}");

        protected override void OnCommand(object message)
        {
            switch (message)
            {
                case Add add:
                    JournalBlock block = Blocks.Make(Context.Journal.Buffers, Stream, ++_beat, add.Value);
                    _pending.Add(block.Key, add.Value);
                    Persist(block);
                    Context.Journal.Commit(new GroupMark(_beat, 1), Self);
                    break;
                case Persisted persisted:
                    _pending.Remove(persisted.Key, out long value);
                    _sum += value;
                    calls.Add($"persisted {value}");
                    break;
                case TakeSnapshot:
                    Context.Journal.SaveSnapshot(new SnapshotKey(Stream, _beat, _beat), Blocks.Body(Context.Journal.Buffers, _sum), Self);
                    break;
                case "fail":
                    throw new DeliberateException("x");
                case "wrong stream":
                    Persist(Blocks.Make(Context.Journal.Buffers, Blocks.Stream(2), 1, 1));
                    break;
                case GroupPersisted or SnapshotSaved:
                    break;
                default:
                    calls.Add($"got {message}");
                    break;
            }
        }
    }

    private OneNode Start(ulong seed = 1) => new(seed, n =>
    {
        n.AttachJournal(new MemoryJournalStore(_medium, n.Buffers), new JournalOptions { ReplayPageBlocksMax = 2 });
        n.System.Spawn(Props.Create(() => new Account(_calls)), "account");
    });

    private static IActorRef AccountOf(OneNode node) => node.System.Find(ActorPath.Parse("leither://node/user/account"))!;

    [Fact]
    public void Recovery_FromNothing_CompletesBeforeTheFirstCommand()
    {
        using OneNode node = Start();
        AccountOf(node).Tell("hello");
        node.Settle();
        Assert.Equal(["recovered 0 at 0", "got hello"], _calls);
    }

    [Fact]
    public void Recovery_AfterACrash_ReplaysSnapshotAndTheBlocksAfterIt()
    {
        using OneNode node = Start();
        IActorRef account = AccountOf(node);
        account.Tell(new Add(1));
        account.Tell(new Add(2));
        node.Settle();
        account.Tell(new TakeSnapshot());
        node.Settle();
        account.Tell(new Add(3));
        account.Tell(new Add(4));
        account.Tell(new Add(5));
        node.Settle();
        _calls.Clear();
        node.Node.Crash(restartAfter: TimeSpan.FromMilliseconds(1));
        node.Settle();
        Assert.Equal(["snapshot 3", "replayed 3", "replayed 4", "replayed 5", "recovered 15 at 5"], _calls);
        Assert.Equal(0, node.Node.Buffers.BytesRented);
    }

    [Fact]
    public void Recovery_MessagesMeanwhile_AreHandledAfterIt()
    {
        using OneNode node = Start();
        AccountOf(node).Tell(new Add(1));
        node.Settle();
        _calls.Clear();
        node.Node.Crash(restartAfter: TimeSpan.Zero);
        node.Cluster.RunUntil(() => node.Node.IsUp);
        AccountOf(node).Tell("a");
        AccountOf(node).Tell("b");
        node.Settle();
        Assert.Equal(["replayed 1", "recovered 1 at 1", "got a", "got b"], _calls);
    }

    [Fact]
    public void Restart_WithWritesUnderWay_ReplaysAfterTheySettled()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            _calls.Clear();
            using OneNode node = Start(seed);
            IActorRef account = AccountOf(node);
            account.Tell(new Add(1));
            account.Tell("fail");
            node.Cluster.RunFor(TimeSpan.FromSeconds(2));
            Assert.Contains(_calls, c => c is "replayed 1");
            Assert.Equal(1, node.System.Metrics.Restarts);
            node.Node.Crash();
        }
    }

    [Fact]
    public void Restart_InTheMiddleOfRecovery_ForgetsTheOldOnesAnswers()
    {
        using OneNode node = Start();
        IActorRef account = AccountOf(node);
        for (int i = 0; i < 10; i++)
        {
            account.Tell(new Add(1));
        }

        node.Settle();
        for (ulong seed = 0; seed < 20; seed++)
        {
            _calls.Clear();
            node.Node.Crash(restartAfter: TimeSpan.Zero);
            node.Cluster.RunUntil(() => node.Node.IsUp);
            node.Cluster.RunFor(TimeSpan.FromTicks((long)node.Cluster.Chance.Next(30_000)));
            AccountOf(node).Tell(PoisonPill.Instance);
            node.Settle();
            node.System.Spawn(Props.Create(() => new Account(_calls)), "account");
            node.Cluster.RunFor(TimeSpan.FromMilliseconds(100));
            Assert.Equal("recovered 10 at 10", _calls[^1]);
            Assert.Equal(0, node.Node.Buffers.BytesRented);
        }
    }

    [Fact]
    public void Persist_AnotherStreamsBlock_IsABug()
    {
        using OneNode node = Start();
        AccountOf(node).Tell("wrong stream");
        node.Cluster.RunFor(TimeSpan.FromMilliseconds(50));
        Assert.IsType<InvalidOperationException>(Assert.Single(node.Events.OfType<ActorFailed>()).Exception);
    }

    [Fact]
    public void Recovery_CorruptJournal_FailsTheActorAndNamesTheOutcome()
    {
        using OneNode node = new(1, n =>
        {
            n.AttachJournal(new CorruptStore(new MemoryJournalStore(_medium, n.Buffers)));
            n.System.Spawn(Props.Create(() => new Account(_calls)) with { Supervision = SupervisorStrategy.EscalateOnFailure }, "account");
        });
        JournalFailedException failure = Assert.IsType<JournalFailedException>(node.System.WhenTerminated.Exception!.InnerException);
        Assert.Equal(JournalOutcome.Corrupt, failure.Outcome);
        Assert.Empty(_calls);
    }

    private sealed class CorruptStore(IJournalStore inner) : IJournalStore
    {
        public JournalOpening Opening => inner.Opening;

        public JournalUsage Usage => inner.Usage;

        public JournalOutcome AcquireEpoch(StreamId owner, out uint epoch) => inner.AcquireEpoch(owner, out epoch);

        public JournalOutcome Write(JournalBlock block) => inner.Write(block);

        public JournalOutcome Commit(GroupMark mark) => inner.Commit(mark);

        public bool TryRead(BlockKey key, JournalBuffer into) => inner.TryRead(key, into);

        public void Replay(StreamId stream, ulong afterBeat, ulong throughBeat, IBlockSink sink) => throw new JournalCorruptException("segment 3, offset 4096");

        public JournalOutcome SaveSnapshot(SnapshotKey key, JournalBuffer body) => inner.SaveSnapshot(key, body);

        public bool TryLoadSnapshot(StreamId stream, ulong atMostTimeSequence, JournalBuffer into, out SnapshotKey key)
            => inner.TryLoadSnapshot(stream, atMostTimeSequence, into, out key);

        public IReadOnlyList<SnapshotKey> ListSnapshots(StreamId stream) => inner.ListSnapshots(stream);

        public JournalOutcome Compact(ulong keepFromTimeSequence) => inner.Compact(keepFromTimeSequence);

        public void Dispose() => inner.Dispose();
    }
}
