using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Tests.Simulation.Checks;

/// <summary>Passes everything on to a store, and tells the witness what the store promised.</summary>
internal sealed class JournalSpy(IJournalStore store, Witness witness) : IJournalStore
{
    public JournalOpening Opening => store.Opening;

    public JournalUsage Usage => store.Usage;

    public JournalOutcome AcquireEpoch(StreamId owner, out uint epoch)
    {
        JournalOutcome outcome = store.AcquireEpoch(owner, out epoch);
        if (outcome == JournalOutcome.Ok)
        {
            witness.OnEpoch(epoch);
        }

        return outcome;
    }

    public JournalOutcome Write(JournalBlock block)
    {
        JournalOutcome outcome = store.Write(block);
        switch (outcome)
        {
            case JournalOutcome.Ok:
                witness.OnWritten(block);
                break;
            case JournalOutcome.Conflict or JournalOutcome.Fenced:
                witness.Violate(Rule.NothingElseFails, $"{block.Key} is answered {outcome}");
                break;
            default:
                break;
        }

        return outcome;
    }

    public JournalOutcome Commit(GroupMark mark)
    {
        witness.OnCommitBegun();
        JournalOutcome outcome = store.Commit(mark);
        if (outcome == JournalOutcome.Ok)
        {
            witness.OnCommitted();
        }

        return outcome;
    }

    public bool TryRead(BlockKey key, JournalBuffer into) => store.TryRead(key, into);

    public void Replay(StreamId stream, ulong afterBeat, ulong throughBeat, IBlockSink sink) => store.Replay(stream, afterBeat, throughBeat, sink);

    public JournalOutcome SaveSnapshot(SnapshotKey key, JournalBuffer body) => store.SaveSnapshot(key, body);

    public bool TryLoadSnapshot(StreamId stream, ulong atMostTimeSequence, JournalBuffer into, out SnapshotKey key) =>
        store.TryLoadSnapshot(stream, atMostTimeSequence, into, out key);

    public IReadOnlyList<SnapshotKey> ListSnapshots(StreamId stream) => store.ListSnapshots(stream);

    public JournalOutcome Compact(ulong keepFromTimeSequence) => store.Compact(keepFromTimeSequence);

    public void Dispose() => store.Dispose();
}
