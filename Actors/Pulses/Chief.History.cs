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

        if (_table.AsOf(sequence) is { } all)
        {
            PulseBlock pulse = _table.Find(sequence) ?? new PulseBlock(last, []);
            Sender.Tell(new PulseRead(pulse, all), Self);
            return;
        }

        IActorRef asker = Sender;
        int branches = _table.Newest.Length;
        Context.Spawn(
            Props.Create(() => new PulseHistorian(StreamId, branches, sequence, asker)) with { Supervision = SupervisorStrategy.StopOnFailure },
            $"historian-{_historians++}");
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

        _table.Add(pulse!);
        if (pulse!.Statement.Statement.TimeSequence == sequence)
        {
            _answered = true;
            asker.Tell(new PulseRead(pulse, _table.Newest.ToArray()));
        }
    }
}
