using LeitherCluster.Actors;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Tests.Simulation.Checks;

namespace LeitherCluster.Tests.Simulation.Mutants;

/// <summary>The commits of one phase say that all is durable, and leave the group open for the next.</summary>
internal sealed class UnsettledStore(IJournalStore store, byte phase) : PassingStore(store)
{
    public override JournalOutcome Commit(GroupMark mark) => mark.Phase == phase ? JournalOutcome.Ok : base.Commit(mark);
}

/// <summary>Who replays a branch is not given its newest sealed window.</summary>
internal sealed class ShortReplayStore(IJournalStore store) : PassingStore(store)
{
    public override void Replay(StreamId stream, ulong afterBeat, ulong throughBeat, IBlockSink sink)
    {
        if (stream.Kind != LedgerStreams.BranchKind)
        {
            base.Replay(stream, afterBeat, throughBeat, sink);
            return;
        }

        var newest = new NewestBeat();
        base.Replay(stream, afterBeat, throughBeat, newest);
        base.Replay(stream, afterBeat, newest.Beat == 0 ? throughBeat : newest.Beat - 1, sink);
    }

    private sealed class NewestBeat : IBlockSink
    {
        public ulong Beat { get; private set; }

        public bool OnBlock(JournalBlock block)
        {
            Beat = block.Key.Kind == LedgerStreams.SealedBlock ? block.Key.Beat : Beat;
            block.Body.Release();
            return true;
        }
    }
}

/// <summary>Writes under the epoch after the one that it was given.</summary>
internal sealed class ForwardEpochStore(IJournalStore store) : PassingStore(store)
{
    public override JournalOutcome Write(JournalBlock block) => base.Write(
        new JournalBlock { Key = block.Key, Epoch = block.Epoch + 1, TimeSequence = block.TimeSequence, Body = block.Body });
}
