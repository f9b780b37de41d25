using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Actors.Branches;

/// <content>Recovery: the newest snapshot, then the blocks after it; the pulse that was open is finished by the exchange.</content>
public sealed partial class Branch
{
    protected override void OnSnapshot(SnapshotKey key, JournalBuffer body) => _ledger.ReadSnapshot(body.Span);

    protected override void OnReplayed(JournalBlock block)
    {
        _blocksSinceSnapshot++;
        switch (block.Key.Kind)
        {
            case LedgerStreams.SealedBlock:
                _sealed = _ledger.Replay(block.Body.Span);
                break;
            case LedgerStreams.CreditsBlock:
                CreditsBlock.Replay(block.Body.Span, _options.Ledger.Ledger, _ledger);
                _journaledCredits = new BeatNumber(block.Key.Beat);
                break;
            default:
                throw new JournalCorruptException($"{block.Key} is no block of a branch");
        }
    }

    protected override void OnRecoveryCompleted(ulong lastBeat)
    {
        _ledger.UpdateSynopsis();
        _accountsCounted = _ledger.Accounts;
        TellDeadline();
    }

    private BranchStanding Standing(Term term) => new(
        term,
        _ledger.Branch,
        _options.Epoch,
        _ledger.SealedBeat,
        _ledger.SealedAt,
        _ledger.CreditedBeat,
        _ledger.BlockHash,
        _ledger.Synopsis,
        _ledger.Accounts,
        _ledger.NextDeadline);
}
