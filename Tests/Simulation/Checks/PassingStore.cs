using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Tests.Simulation.Checks;

/// <summary>Passes everything on to a store.</summary>
internal class PassingStore(IJournalStore store) : IJournalStore
{
    public JournalOpening Opening => store.Opening;

    public virtual bool IsSpread => store.IsSpread;

    public JournalUsage Usage => store.Usage;

    public virtual JournalOutcome AcquireEpoch(StreamId owner, out uint epoch) => store.AcquireEpoch(owner, out epoch);

    public virtual JournalOutcome Write(JournalBlock block) => store.Write(block);

    public virtual JournalOutcome Commit(GroupMark mark) => store.Commit(mark);

    public bool TryRead(BlockKey key, JournalBuffer into) => store.TryRead(key, into);

    public virtual void Replay(StreamId stream, ulong afterBeat, ulong throughBeat, IBlockSink sink) => store.Replay(stream, afterBeat, throughBeat, sink);

    public JournalOutcome SaveSnapshot(SnapshotKey key, JournalBuffer body) => store.SaveSnapshot(key, body);

    public virtual bool TryLoadSnapshot(StreamId stream, ulong atMostTimeSequence, JournalBuffer into, out SnapshotKey key) =>
        store.TryLoadSnapshot(stream, atMostTimeSequence, into, out key);

    public IReadOnlyList<SnapshotKey> ListSnapshots(StreamId stream) => store.ListSnapshots(stream);

    public JournalOutcome Compact(ulong keepFromTimeSequence) => store.Compact(keepFromTimeSequence);

    public void Dispose()
    {
        store.Dispose();
        GC.SuppressFinalize(this);
    }
}
