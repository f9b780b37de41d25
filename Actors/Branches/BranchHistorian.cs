using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Proofs;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Actors.Branches;

/// <summary>
/// Makes the state of a branch as of a pulse that memory no longer has, from the newest snapshot before it and the blocks between, answers one
/// question from it, and stops.
/// </summary>
internal sealed class BranchHistorian(BranchOptions options, ReadBranchAccount read, IActorRef asker) : Actor
{
    private readonly BranchLedger _ledger = new(options);
    private bool _answered;

    /// <summary>The beginning was compacted away: what is left gives another state.</summary>
    private bool _lacksBeginning;

    private StreamId Stream => LedgerStreams.Branch(options.Ledger, options.Branch);

    /// <summary>The answer to a question from a state.</summary>
    public static BranchAccount Answer(ReadBranchAccount read, BranchState state)
    {
        var proof = AccountProof.Create(read.Id, read.Above, state.Tree);
        return new BranchAccount(proof, proof.IsInclusion ? state.HoldsOf(read.Id) : []);
    }

    protected override void PreStart() => Context.Journal.ReadSnapshot(Stream, read.Sequence.Value, Self);

    protected override void PostStop()
    {
        if (!_answered)
        {
            asker.Tell(new BranchAccount(null, []));
        }

        _ledger.Dispose();
    }

    protected override void Receive(object message)
    {
        switch (message)
        {
            case SnapshotRead snapshot:
                _ledger.ReadSnapshot(snapshot.Body.Span);
                snapshot.Release();
                Context.Journal.Replay(Stream, ReplayPosition.AfterBeat(snapshot.Key.Beat), Self);
                break;
            case SnapshotAbsent:
                Context.Journal.Replay(Stream, ReplayPosition.Start, Self);
                break;
            case ReplayedBlock replayed:
                Apply(replayed.Block);
                replayed.Release();
                break;
            case ReplayPaused paused when !_answered:
                Context.Journal.Replay(Stream, paused.After, Self);
                break;
            case ReplayFailed { Outcome: JournalOutcome.Corrupt } corrupt:
                throw new JournalCorruptException(corrupt.Reason);
            case ReplayPaused or ReplayCompleted or ReplayFailed:
                Finish(message is ReplayFailed);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Apply(JournalBlock block)
    {
        if (block.Key.Beat > read.AsOf.Value || _lacksBeginning)
        {
            return;
        }

        if (block.Key.Kind == LedgerStreams.SealedBlock)
        {
            _lacksBeginning = WindowBlock.TryRead(block.Body.Span, out WindowBlock header) && header.Previous != _ledger.BlockHash;
            if (_lacksBeginning)
            {
                return;
            }

            _ledger.Replay(block.Body.Span);
        }
        else
        {
            CreditsBlock.Replay(block.Body.Span, options.Ledger, _ledger);
        }
    }

    private void Finish(bool failed)
    {
        // A branch that is asked for the leaf an id leads to has one, unless its beginning is gone.
        if (!failed && !_lacksBeginning && _ledger.Accounts != 0)
        {
            _answered = true;
            _ledger.UpdateSynopsis();
            using BranchState state = _ledger.StateAsOf(BeatNumber.Last)!;
            asker.Tell(Answer(read, state));
        }

        Context.Stop(Self);
    }
}
