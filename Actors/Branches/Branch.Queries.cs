using LeitherCluster.Ledger.Branches;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Actors.Branches;

/// <content>Questions: accounts as of a pulse, and sealed transfers. What memory no longer has, a historian makes from the journal.</content>
public sealed partial class Branch
{
    private int _historians;

    private void OnReadAccount(ReadBranchAccount read)
    {
        using BranchState? state = _ledger.StateAsOf(read.AsOf);
        if (state is not null)
        {
            Sender.Tell(BranchHistorian.Answer(read, state), Self);
            return;
        }

        IActorRef asker = Sender;
        Context.Spawn(
            Props.Create(() => new BranchHistorian(_options.Ledger, read, asker)) with { Supervision = SupervisorStrategy.StopOnFailure },
            $"historian-{_historians++}");
    }

    private void OnReadTransfer(ReadBranchTransfer read) => Context.Journal.Read(
        new BlockKey(StreamId, read.Beat.Value, LedgerStreams.SealedBlock), Self, new TransferQuestion(read.Place, Sender));

    private void OnBlockRead(object message)
    {
        switch (message)
        {
            case BlockRead { Tag: TransferQuestion question } block:
                question.Asker.Tell(SealedTransferReader.Read(_ledger.Branch, block.Body.Span, question.Place), Self);
                block.Release();
                break;
            case BlockAbsent { Tag: TransferQuestion question }:
                question.Asker.Tell(new BranchTransfer(null, null), Self);
                break;
            case ReplayFailed { Tag: TransferQuestion, Outcome: JournalOutcome.Corrupt } corrupt:
                throw new JournalCorruptException(corrupt.Reason);
            case ReplayFailed { Tag: TransferQuestion question }:
                question.Asker.Tell(new BranchTransfer(null, null), Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private sealed record TransferQuestion(uint Place, IActorRef Asker);
}
