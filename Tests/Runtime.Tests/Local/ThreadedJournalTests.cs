using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Local;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Runtime.Kit;

namespace LeitherCluster.Tests.Runtime.Local;

public sealed class ThreadedJournalTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly StreamId S1 = Blocks.Stream(1);

    private readonly JournalBufferPool _buffers = new(1 << 24);
    private readonly MemoryJournalMedium _medium = new();
    private readonly ThreadedJournal _journal;
    private readonly LocalActorSystem _system;
    private readonly System.Collections.Concurrent.BlockingCollection<object> _answers = [];
    private readonly IActorRef _probe;

    public ThreadedJournalTests()
    {
        _journal = new ThreadedJournal(new MemoryJournalStore(_medium, _buffers), _buffers, new JournalOptions { ReplayPageBlocksMax = 4 });
        _system = new LocalActorSystem(new LocalActorSystemOptions { Name = "local", Journal = _journal });
        _probe = _system.Spawn(ScriptedActor.Props((_, m) => _answers.Add(m)), "probe");
    }

    public async ValueTask DisposeAsync()
    {
        await _system.DisposeAsync();
        _journal.Dispose();
        _buffers.Dispose();
        _answers.Dispose();
    }

    private object Next() => _answers.TryTake(out object? answer, Limit) ? answer : throw new TimeoutException("no answer from the journal");

    [Fact]
    public void AppendAndCommit_AnswerInOrder()
    {
        Assert.Same(_journal, _system.Journal);
        for (ulong beat = 1; beat <= 100; beat++)
        {
            _journal.Append(Blocks.Make(_buffers, S1, beat, (long)beat), _probe);
            _journal.Commit(new GroupMark(beat, 1), _probe);
        }

        for (ulong beat = 1; beat <= 100; beat++)
        {
            Assert.Equal(new Persisted(new BlockKey(S1, beat, 1)), Next());
            Assert.Equal(new GroupPersisted(new GroupMark(beat, 1)), Next());
        }

        Assert.Equal(0, _buffers.BytesRented);
        Assert.Equal(800, _journal.Usage.Bytes);
    }

    [Fact]
    public void Replay_PageByPage_WaitsForWhatWasAppendedBefore()
    {
        for (ulong beat = 1; beat <= 10; beat++)
        {
            _journal.Append(Blocks.Make(_buffers, S1, beat, (long)beat));
        }

        _journal.Replay(S1, ReplayPosition.Start, _probe, "tag");
        _journal.Commit(new GroupMark(10, 1), _probe);
        List<ulong> beats = [];
        for (object answer = Next(); answer is not ReplayCompleted; answer = Next())
        {
            if (answer is ReplayedBlock replayed)
            {
                beats.Add(replayed.Block.Key.Beat);
                replayed.Release();
            }
            else if (answer is ReplayPaused paused)
            {
                _journal.Replay(S1, paused.After, _probe, "tag");
            }
        }

        Assert.Equal(Enumerable.Range(1, 10).Select(i => (ulong)i), beats);
    }

    [Fact]
    public void Commit_FullForAWhile_LosesNothing()
    {
        _medium.IsFull = true;
        _journal.Append(Blocks.Make(_buffers, S1, 1, 1), _probe);
        _journal.Commit(new GroupMark(1, 1), _probe);
        Assert.Equal(JournalOutcome.Full, Assert.IsType<GroupFailed>(Next()).Outcome);
        _medium.IsFull = false;
        _journal.Commit(new GroupMark(1, 1), _probe);
        Assert.IsType<Persisted>(Next());
        Assert.IsType<GroupPersisted>(Next());
    }

    [Fact]
    public void Snapshot_SavedInTheBackground_IsRead()
    {
        SnapshotKey key = new(S1, 3, 30);
        _journal.SaveSnapshot(key, Blocks.Body(_buffers, 33), _probe);
        Assert.Equal(new SnapshotSaved(key), Next());
        _journal.ReadSnapshot(S1, ulong.MaxValue, _probe);
        SnapshotRead read = Assert.IsType<SnapshotRead>(Next());
        Assert.Equal(33, Blocks.Value(read.Body));
        read.Release();
        _journal.Compact(3, _probe);
        Assert.Equal(JournalOutcome.Ok, Assert.IsType<Compacted>(Next()).Outcome);
    }

    [Fact]
    public void Store_ThatThrows_PoisonsTheJournal()
    {
        using JournalBufferPool buffers = new(1 << 20);
        using ThreadedJournal journal = new(new BrokenStore(), buffers);
        journal.Append(Blocks.Make(buffers, S1, 1, 1), _probe);
        journal.Commit(new GroupMark(1, 1), _probe);
        Assert.Equal(JournalOutcome.Corrupt, Assert.IsType<PersistFailed>(Next()).Outcome);
        GroupFailed failed = Assert.IsType<GroupFailed>(Next());
        Assert.Equal(JournalOutcome.Corrupt, failed.Outcome);
        Assert.Contains("the disk is gone", failed.Reason, StringComparison.Ordinal);
        JournalFailedException thrown = Assert.Throws<JournalFailedException>(() => journal.Append(Blocks.Make(buffers, S1, 2, 1)));
        Assert.IsType<DiskFailedException>(thrown.InnerException!.InnerException);
        Assert.Throws<JournalFailedException>(() => journal.SaveSnapshot(new SnapshotKey(S1, 1, 1), Blocks.Body(buffers, 1), _probe));
        Assert.Throws<JournalFailedException>(() => journal.Compact(1, _probe));
        Assert.Equal(0, buffers.BytesRented);
    }

    [Fact]
    public void Read_OfABrokenStore_SaysUnavailable()
    {
        using JournalBufferPool buffers = new(1 << 20);
        using ThreadedJournal journal = new(new BrokenStore(), buffers);
        journal.Read(new BlockKey(S1, 1, 1), _probe, "tag");
        ReplayFailed failed = Assert.IsType<ReplayFailed>(Next());
        Assert.Equal((JournalOutcome.Unavailable, "tag"), (failed.Outcome, failed.Tag));
        Assert.Equal(0, buffers.BytesRented);
    }

    private sealed class BrokenStore : IJournalStore
    {
        public JournalOpening Opening { get; } = new(default, 0, 0, 0);

        public JournalUsage Usage => default;

        public JournalOutcome AcquireEpoch(StreamId owner, out uint epoch) => throw Gone();

        public JournalOutcome Write(JournalBlock block) => JournalOutcome.Ok;

        public JournalOutcome Commit(GroupMark mark) => throw Gone();

        public bool TryRead(BlockKey key, JournalBuffer into) => throw Gone();

        public void Replay(StreamId stream, ulong afterBeat, ulong throughBeat, IBlockSink sink) => throw Gone();

        public JournalOutcome SaveSnapshot(SnapshotKey key, JournalBuffer body) => throw Gone();

        public bool TryLoadSnapshot(StreamId stream, ulong atMostTimeSequence, JournalBuffer into, out SnapshotKey key) => throw Gone();

        public IReadOnlyList<SnapshotKey> ListSnapshots(StreamId stream) => throw Gone();

        public JournalOutcome Compact(ulong keepFromTimeSequence) => throw Gone();

        public void Dispose()
        {
        }

        private static DiskFailedException Gone() => new("the disk is gone");
    }
}
