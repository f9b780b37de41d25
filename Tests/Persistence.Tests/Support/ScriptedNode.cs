using LeitherCluster.Persistence.Files;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Persistence.Support;

/// <summary>
/// Does with a journal what a node does (pulses, snapshots, compactions, epochs), remembers what was acknowledged, and after every
/// crash goes on from what it finds. It outlives its crashes: it is the oracle.
/// </summary>
internal sealed class ScriptedNode(JournalBufferPool buffers, FileJournalOptions options)
{
    public const ulong LastBeat = 8;
    private const int Streams = 4;

    private readonly SortedSet<SnapshotKey> _saved = new(Comparer<SnapshotKey>.Create((a, b) => (a.Stream, a.TimeSequence).CompareTo((b.Stream, b.TimeSequence))));
    private GroupMark _acknowledged;
    private GroupMark _asked;
    private SnapshotKey _saving;
    private ulong _compactedFrom;
    private uint _epoch;

    /// <summary>Called when the journal has no room. Must make some.</summary>
    public Action? OnFull { get; init; }

    /// <summary>Opens the journal, checks it, and runs to the end of the script. Whatever the disk throws comes through.</summary>
    public void Run(IDisk disk)
    {
        FileJournal journal = FileJournal.Open(disk, new SimulatedChance(9), buffers, options);
        Check(journal, journal.Opening.LastGroup);
        Until(() => journal.AcquireEpoch(StreamId.WholeJournal, out uint epoch) is var outcome && outcome == JournalOutcome.Ok
            ? Note(epoch)
            : outcome);
        while (_acknowledged < new GroupMark(LastBeat, 2))
        {
            Step(journal);
        }

        Check(journal, _acknowledged);
        journal.Dispose();
    }

    private void Step(FileJournal journal)
    {
        GroupMark last = _acknowledged;
        bool endsBeat = last.Phase == 1;
        var mark = endsBeat ? new GroupMark(last.Beat, 2) : new GroupMark(last.Beat + 1, 1);
        foreach ((BlockKey key, int length) in BlocksOf(mark))
        {
            Until(() => journal.Put(buffers, key, length, _epoch, key.Beat));
        }

        _asked = mark;
        Until(() => journal.Commit(mark));
        _acknowledged = mark;
        if (endsBeat)
        {
            TakeSnapshots(journal, mark.Beat);
        }
    }

    private void TakeSnapshots(FileJournal journal, ulong beat)
    {
        if (beat % 2 == 0)
        {
            for (int stream = 0; stream < Streams; stream++)
            {
                SaveSnapshot(journal, new SnapshotKey(TestBlocks.Stream(stream), beat, beat));
            }

            SaveSnapshot(journal, new SnapshotKey(TestBlocks.Stream(100), beat, beat));
        }

        if (beat % 3 == 0)
        {
            _compactedFrom = beat - 1;
            Until(() => journal.Compact(beat - 1));
        }
    }

    private void SaveSnapshot(FileJournal journal, SnapshotKey key)
    {
        JournalBuffer body = TestBlocks.Buffer(buffers, SnapshotOf(key));
        _saving = key;
        try
        {
            Until(() => journal.SaveSnapshot(key, body));
            _saved.Add(key);
        }
        finally
        {
            body.Release();
        }
    }

    /// <summary>Everything acknowledged is there, nothing is there by half.</summary>
    private void Check(FileJournal journal, GroupMark found)
    {
        Assert.True(found == _acknowledged || found == _asked, $"acknowledged {_acknowledged}, asked for {_asked}, found {found}");
        _acknowledged = found;
        if (journal.ListSnapshots(_saving.Stream).Contains(_saving))
        {
            _saved.Add(_saving);
        }

        for (ulong beat = 1; beat <= LastBeat; beat++)
        {
            foreach (byte phase in (byte[])[1, 2])
            {
                CheckGroup(journal, new GroupMark(beat, phase));
            }
        }

        foreach (SnapshotKey key in _saved.Where(key => key.TimeSequence >= BaseOf(key.Stream)))
        {
            JournalBuffer into = buffers.Rent(0);
            try
            {
                Assert.True(journal.TryLoadSnapshot(key.Stream, key.TimeSequence, into, out SnapshotKey loaded));
                Assert.Equal(key, loaded);
                Assert.True(SnapshotOf(key).AsSpan().SequenceEqual(into.Span));
            }
            finally
            {
                into.Release();
            }
        }
    }

    private void CheckGroup(FileJournal journal, GroupMark mark)
    {
        foreach ((BlockKey key, int length) in BlocksOf(mark))
        {
            if (mark > _acknowledged)
            {
                Assert.Null(journal.Get(buffers, key));
            }
            else if (key.Beat > BaseOf(key.Stream) || IsBehindSnapshot(journal, key) || journal.Get(buffers, key) is not null)
            {
                journal.AssertHolds(buffers, key, length);
            }
        }
    }

    /// <summary>From every snapshot that is there the blocks lead on without a gap.</summary>
    private static bool IsBehindSnapshot(FileJournal journal, BlockKey key) =>
        journal.ListSnapshots(key.Stream) is [var oldest, ..] && key.Beat > oldest.Beat;

    /// <summary>Blocks and snapshots up to here may have been compacted away.</summary>
    private ulong BaseOf(StreamId stream) =>
        _saved.Where(key => key.Stream == stream && key.TimeSequence <= _compactedFrom).Select(key => key.TimeSequence).DefaultIfEmpty().Max();

    private static IEnumerable<(BlockKey Key, int Length)> BlocksOf(GroupMark mark)
    {
        if (mark.Phase == 2)
        {
            yield return (new BlockKey(TestBlocks.Stream(100), mark.Beat, 3), 300);
            yield break;
        }

        for (int stream = 0; stream < Streams; stream++)
        {
            yield return (new BlockKey(TestBlocks.Stream(stream), mark.Beat, 1), stream == 2 ? 9000 : 500 * stream);
            if (mark.Beat > 1)
            {
                yield return (new BlockKey(TestBlocks.Stream(stream), mark.Beat - 1, 2), 40);
            }
        }
    }

    private static byte[] SnapshotOf(SnapshotKey key) => TestBlocks.Content(new BlockKey(key.Stream, key.Beat, 200), 6000);

    private JournalOutcome Note(uint epoch)
    {
        Assert.True(epoch > _epoch);
        _epoch = epoch;
        return JournalOutcome.Ok;
    }

    private void Until(Func<JournalOutcome> call)
    {
        JournalOutcome outcome = call();
        if (outcome == JournalOutcome.Full && OnFull is not null)
        {
            OnFull();
            outcome = call();
        }

        Assert.True(outcome is JournalOutcome.Ok or JournalOutcome.Duplicate, outcome.ToString());
    }
}
