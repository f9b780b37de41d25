using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Actors.Pulses;

/// <content>Pulses of the past: the newest from memory, older ones from the journal.</content>
public sealed partial class Chief
{
    private int _historians;

    private void OnReadPulse(ReadPulse read)
    {
        SignedStatement? last = _table.Last;
        TimeSequence sequence = read.Sequence ?? last?.Statement.TimeSequence ?? TimeSequence.Zero;
        if (last is null || sequence > last.Statement.TimeSequence || sequence == TimeSequence.Zero)
        {
            Sender.Tell(new PulseRead(null, []), Self);
            return;
        }

        if (_table.Find(sequence) is { } pulse)
        {
            Sender.Tell(new PulseRead(pulse, _table.AsOf(sequence)!), Self);
            return;
        }

        if (read.Sequence is null)
        {
            // Recovered from a snapshot of just this pulse: where branches stand is known already, and what it changed is being read.
            Sender.Tell(new PulseRead(new PulseBlock(last, []), [.. _table.Newest]), Self);
            return;
        }

        ReadFromJournal(sequence, Sender);
    }

    private void ReadFromJournal(TimeSequence sequence, IActorRef asker)
    {
        int branches = _table.Newest.Length;
        Context.Spawn(
            Props.Create(() => new PulseHistorian(StreamId, branches, sequence, asker)) with { Supervision = SupervisorStrategy.StopOnFailure },
            $"historian-{_historians++}");
    }

    /// <summary>The snapshot of a pulse has the entries of all branches: those that the pulse changed stand in its block alone.</summary>
    private void ReadLastPulse()
    {
        if (_table.Last is { } last && _table.Find(last.Statement.TimeSequence) is null)
        {
            ReadFromJournal(last.Statement.TimeSequence, Self);
        }
    }
}

/// <summary>Finds a pulse, and the entries of all branches after it, in the root's journal; answers, and stops.</summary>
internal sealed class PulseHistorian(StreamId stream, int branchCount, TimeSequence sequence, IActorRef asker) : Actor
{
    private readonly SynopsisTable _table = new(branchCount);
    private bool _answered;

    // The entries that a pulse changed stand in its own block: the snapshot is to be of a pulse before.
    protected override void PreStart() => Context.Journal.ReadSnapshot(stream, sequence.Value - 1, Self);

    protected override void PostStop()
    {
        if (!_answered)
        {
            asker.Tell(new PulseRead(null, []));
        }
    }

    protected override void Receive(object message)
    {
        switch (message)
        {
            case SnapshotRead snapshot:
                if (PulseBlock.TryRead(snapshot.Body.Span, out PulseBlock? state))
                {
                    _table.Reset(state!);
                }

                snapshot.Release();
                Context.Journal.Replay(stream, ReplayPosition.AfterBeat(snapshot.Key.Beat), Self);
                break;
            case SnapshotAbsent:
                Context.Journal.Replay(stream, ReplayPosition.Start, Self);
                break;
            case ReplayedBlock replayed:
                Apply(replayed.Block);
                replayed.Release();
                break;
            case ReplayPaused paused when !_answered:
                Context.Journal.Replay(stream, paused.After, Self);
                break;
            case ReplayFailed { Outcome: JournalOutcome.Corrupt } corrupt:
                throw new JournalCorruptException(corrupt.Reason);
            case ReplayPaused or ReplayCompleted or ReplayFailed:
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Apply(JournalBlock block)
    {
        if (_answered || !PulseBlock.TryRead(block.Body.Span, out PulseBlock? pulse))
        {
            return;
        }

        if (_table.Last?.Statement.TimeSequence.Next() is not { } next ? pulse!.Statement.Statement.Previous != Hash256.Zero : pulse!.Statement.Statement.TimeSequence != next)
        {
            // What went before was compacted away: the rest does not say where all branches stood.
            Context.Stop(Self);
            return;
        }

        _table.Add(pulse!);
        if (pulse!.Statement.Statement.TimeSequence == sequence)
        {
            _answered = true;
            asker.Tell(new PulseRead(pulse, _table.Newest.ToArray()));
        }
    }
}
