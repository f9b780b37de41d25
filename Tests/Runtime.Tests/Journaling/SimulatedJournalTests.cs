using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Runtime.Kit;

namespace LeitherCluster.Tests.Runtime.Journaling;

public sealed class SimulatedJournalTests
{
    private static readonly StreamId S1 = Blocks.Stream(1);
    private static readonly StreamId S2 = Blocks.Stream(2);

    private readonly MemoryJournalMedium _medium = new();
    private readonly List<object> _answers = [];

    private OneNode Start(ulong seed = 1, JournalOptions? options = null)
        => new(seed, n => n.AttachJournal(new MemoryJournalStore(_medium, n.Buffers), options));

    [Fact]
    public void Commit_EverythingBeforeIt_IsDurableAndToldInOrder()
    {
        using OneNode node = Start();
        IActorRef probe = node.Probe("probe", _answers);
        IJournal journal = node.System.Journal;
        journal.Append(Blocks.Make(journal.Buffers, S1, 1, 10), probe);
        journal.Append(Blocks.Make(journal.Buffers, S2, 1, 20));
        journal.Commit(new GroupMark(1, 1), probe);
        Assert.Equal(0, _medium.Groups);
        node.Settle();
        Assert.Equal([new Persisted(new BlockKey(S1, 1, 1)), new GroupPersisted(new GroupMark(1, 1))], _answers);
        Assert.Equal(1, _medium.Groups);
        Assert.Equal(0, journal.Buffers.BytesRented);
    }

    [Fact]
    public void Commit_Full_LosesNothingAndMayBeRepeated()
    {
        using OneNode node = Start();
        IActorRef probe = node.Probe("probe", _answers);
        IJournal journal = node.System.Journal;
        _medium.IsFull = true;
        journal.Append(Blocks.Make(journal.Buffers, S1, 1, 10), probe);
        journal.Append(Blocks.Make(journal.Buffers, S1, 2, 11), probe);
        journal.Commit(new GroupMark(1, 1), probe);
        node.Settle();
        GroupFailed failed = Assert.IsType<GroupFailed>(Assert.Single(_answers));
        Assert.Equal(JournalOutcome.Full, failed.Outcome);
        _medium.IsFull = false;
        journal.Append(Blocks.Make(journal.Buffers, S1, 3, 12), probe);
        journal.Commit(new GroupMark(1, 1), probe);
        node.Settle();
        Assert.Equal(
            [new Persisted(new BlockKey(S1, 1, 1)), new Persisted(new BlockKey(S1, 2, 1)), new Persisted(new BlockKey(S1, 3, 1)), new GroupPersisted(new GroupMark(1, 1))],
            _answers.Skip(1));
    }

    [Fact]
    public void Commit_MarksOfSeveralCommitters_RiseInTheStoreAndComeBackAsGiven()
    {
        using OneNode node = Start();
        IActorRef probe = node.Probe("probe", _answers);
        IJournal journal = node.System.Journal;
        foreach ((ulong beat, byte phase) in new (ulong, byte)[] { (100, 1), (3, 9), (100, 1), (100, 255), (7, 0), (101, 0) })
        {
            journal.Append(Blocks.Make(journal.Buffers, S1, (ulong)_medium.Groups + 1, 10));
            journal.Commit(new GroupMark(beat, phase), probe);
            node.Settle();
            Assert.Equal(new GroupPersisted(new GroupMark(beat, phase)), _answers[^1]);
        }

        node.Node.Crash(restartAfter: TimeSpan.Zero);
        node.Settle();
        Assert.Equal(6, _medium.Groups);
        Assert.Equal(new GroupMark(101, 1), node.System.Journal.Opening.LastGroup);
    }

    [Fact]
    public void Commit_WithoutABlock_IsFineAndLeavesNoTrace()
    {
        using OneNode node = Start();
        IActorRef probe = node.Probe("probe", _answers);
        node.System.Journal.Commit(new GroupMark(1, 1), probe);
        node.Settle();
        Assert.Equal([new GroupPersisted(new GroupMark(1, 1))], _answers);
        Assert.Equal(0, _medium.Groups);
    }

    [Fact]
    public void Commit_Fenced_EndsTheJournal()
    {
        using OneNode node = Start();
        IActorRef probe = node.Probe("probe", _answers);
        IJournal journal = node.System.Journal;
        using JournalBufferPool other = new(1 << 20);
        using MemoryJournalStore successor = new(_medium, other);
        Assert.Equal(JournalOutcome.Ok, successor.AcquireEpoch(StreamId.WholeJournal, out _));
        Assert.Equal(JournalOutcome.Ok, successor.AcquireEpoch(StreamId.WholeJournal, out uint epoch));
        Assert.Equal(2u, epoch);
        journal.Append(Blocks.Make(journal.Buffers, S1, 1, 10), probe);
        journal.Commit(new GroupMark(1, 1), probe);
        node.Settle();
        Assert.Equal(JournalOutcome.Fenced, Assert.IsType<PersistFailed>(_answers[0]).Outcome);
        Assert.Equal(JournalOutcome.Fenced, Assert.IsType<GroupFailed>(_answers[1]).Outcome);
        JournalFailedException thrown = Assert.Throws<JournalFailedException>(() => journal.Append(Blocks.Make(journal.Buffers, S1, 2, 10), probe));
        Assert.Equal(JournalOutcome.Fenced, thrown.Outcome);
        Assert.Throws<JournalFailedException>(() => journal.Commit(new GroupMark(2, 1), probe));
        Assert.Equal(0, journal.Buffers.BytesRented);
        Assert.Equal(0, _medium.Groups);
    }

    [Fact]
    public void Append_SameKeyAgain_IsFineOrAConflictByItsContent()
    {
        using OneNode node = Start();
        IActorRef probe = node.Probe("probe", _answers);
        IJournal journal = node.System.Journal;
        journal.Append(Blocks.Make(journal.Buffers, S1, 1, 10));
        journal.Commit(new GroupMark(1, 1), probe);
        journal.Append(Blocks.Make(journal.Buffers, S1, 1, 10));
        journal.Commit(new GroupMark(1, 2), probe);
        journal.Append(Blocks.Make(journal.Buffers, S1, 1, 11));
        journal.Commit(new GroupMark(1, 3), probe);
        node.Settle();
        Assert.Equal([new GroupPersisted(new GroupMark(1, 1)), new GroupPersisted(new GroupMark(1, 2))], _answers.Take(2));
        Assert.Equal(JournalOutcome.Conflict, Assert.IsType<GroupFailed>(_answers[2]).Outcome);
    }

    [Fact]
    public void Replay_ComesInPagesInOrderWithoutGapOrRepeat()
    {
        using OneNode node = Start(options: new JournalOptions { ReplayPageBlocksMax = 3 });
        IJournal journal = node.System.Journal;
        List<(ulong, byte)> written = [];
        for (ulong beat = 1; beat <= 5; beat++)
        {
            for (byte kind = 1; kind <= beat % 3 + 1; kind++)
            {
                journal.Append(Blocks.Make(journal.Buffers, S1, beat, 0, kind));
                written.Add((beat, kind));
            }
        }

        List<(ulong, byte)> read = [];
        int pages = 0;
        object? end = null;
        IActorRef reader = node.Spawn("reader", (self, m) =>
        {
            switch (m)
            {
                case GroupPersisted:
                    journal.Replay(S1, ReplayPosition.Start, self.Self, "tag");
                    break;
                case ReplayedBlock replayed:
                    read.Add((replayed.Block.Key.Beat, replayed.Block.Key.Kind));
                    Assert.Equal("tag", replayed.Tag);
                    replayed.Release();
                    break;
                case ReplayPaused paused:
                    pages++;
                    journal.Replay(S1, paused.After, self.Self, "tag");
                    break;
                default:
                    end = m;
                    break;
            }
        });
        journal.Commit(new GroupMark(5, 1), reader);
        node.Settle();
        Assert.Equal(written, read);
        Assert.Equal((written.Count - 1) / 3, pages);
        Assert.IsType<ReplayCompleted>(end);
        Assert.Equal(0, journal.Buffers.BytesRented);
    }

    [Fact]
    public void Replay_WhileAppendsAreUnsettled_WaitsForThem()
    {
        using OneNode node = Start();
        IActorRef probe = node.Probe("probe", _answers);
        IJournal journal = node.System.Journal;
        journal.Append(Blocks.Make(journal.Buffers, S1, 1, 10));
        journal.Replay(S1, ReplayPosition.Start, probe);
        journal.Replay(S2, ReplayPosition.Start, probe, "other stream");
        node.Settle();
        Assert.Equal([new ReplayCompleted(S2, 0, "other stream")], _answers);
        journal.Commit(new GroupMark(1, 1), probe);
        node.Settle();
        Assert.Equal(10, Blocks.Value(Assert.Single(_answers.OfType<ReplayedBlock>()).Block.Body));
        Assert.Equal(new ReplayCompleted(S1, 1, null), _answers[^1]);
    }

    [Fact]
    public void Snapshot_SavedReadAndAbsent()
    {
        using OneNode node = Start();
        IActorRef probe = node.Probe("probe", _answers);
        IJournal journal = node.System.Journal;
        SnapshotKey key = new(S1, 5, 50);
        journal.ReadSnapshot(S1, ulong.MaxValue, probe, "before");
        journal.SaveSnapshot(key, Blocks.Body(journal.Buffers, 55), probe);
        journal.ReadSnapshot(S1, 4, probe, "too old");
        journal.ReadSnapshot(S1, 5, probe, "found");
        node.Settle();
        Assert.Equal([new SnapshotAbsent(S1, "before"), new SnapshotSaved(key), new SnapshotAbsent(S1, "too old")], _answers.Take(3));
        SnapshotRead read = Assert.IsType<SnapshotRead>(_answers[3]);
        Assert.Equal((key, 55L, "found"), (read.Key, Blocks.Value(read.Body), read.Tag));
    }

    [Fact]
    public void Read_OneBlock_ByItsKey()
    {
        using OneNode node = Start();
        IActorRef probe = node.Probe("probe", _answers);
        IJournal journal = node.System.Journal;
        journal.Append(Blocks.Make(journal.Buffers, S1, 1, 10));
        journal.Commit(new GroupMark(1, 1), probe);
        node.Settle();
        journal.Read(new BlockKey(S1, 1, 1), probe, "there");
        journal.Read(new BlockKey(S1, 2, 1), probe, "absent");
        node.Settle();
        Assert.Equal(10, Blocks.Value(Assert.IsType<BlockRead>(_answers[1]).Body));
        Assert.Equal(new BlockAbsent(new BlockKey(S1, 2, 1), "absent"), _answers[2]);
    }

    [Fact]
    public void Compact_KeepsWhatTheNewestCoveredSnapshotNeeds()
    {
        using OneNode node = Start();
        IActorRef probe = node.Probe("probe", _answers);
        IJournal journal = node.System.Journal;
        for (ulong beat = 1; beat <= 4; beat++)
        {
            journal.Append(Blocks.Make(journal.Buffers, S1, beat, (long)beat));
        }

        journal.Commit(new GroupMark(4, 1), probe);
        journal.SaveSnapshot(new SnapshotKey(S1, 1, 1), Blocks.Body(journal.Buffers, 1), probe);
        journal.SaveSnapshot(new SnapshotKey(S1, 2, 2), Blocks.Body(journal.Buffers, 2), probe);
        node.Settle();
        journal.Compact(3, probe);
        node.Settle();
        _answers.Clear();
        journal.Replay(S1, ReplayPosition.Start, probe);
        node.Settle();
        Assert.Equal([3UL, 4UL], _answers.OfType<ReplayedBlock>().Select(b => b.Block.Key.Beat));
    }

    [Fact]
    public void Crash_BeforeTheCommit_LosesTheGroupAndFreesItsBuffers()
    {
        using OneNode node = Start();
        IJournal journal = node.System.Journal;
        JournalBufferPool buffers = journal.Buffers;
        journal.Append(Blocks.Make(buffers, S1, 1, 10));
        journal.Commit(new GroupMark(1, 1), node.System.DeadLetters);
        node.Node.Crash(restartAfter: TimeSpan.FromMilliseconds(10));
        Assert.Equal(0, buffers.Bytes);
        node.Settle();
        Assert.True(node.Node.IsUp);
        Assert.Equal(2, node.Node.Incarnation);
        Assert.Equal(0, _medium.Groups);
        Assert.Equal(default, node.System.Journal.Opening.LastGroup);
    }
}
