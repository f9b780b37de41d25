using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <content>
/// The checks against the accounts, at acceptance and again at the seal. Each method goes in the order of the outcomes' numbers, so that the lowest
/// refusal that applies is the answer; <see cref="Outcome.Pending"/> when all is well.
/// </content>
public sealed unsafe partial class BranchLedger
{
    /// <summary>What the window open now, or while sealing the part of it that has been executed, issues.</summary>
    private ulong _issuing;

    /// <summary>The checks of a transfer that its sender pays, or holds, or issues.</summary>
    private Outcome Check(TransferFrame frame, ulong goodUntil, Timestamp at, AccountRecord* record, in PendingSender sender)
    {
        ref readonly TransferBody body = ref frame.Body;
        bool isIssuance = FrameLayout.IsIssuance(body.Kind);
        if (isIssuance)
        {
            Invariant.Holds(body.Sender == _options.Ledger.OrganizationAccount, "tokens are issued by the organization");
            if (body.Amount.Units > ulong.MaxValue - IssuedTotal - _issuing)
            {
                return Outcome.AmountOverflow;
            }
        }

        if (goodUntil < at.UnixMs)
        {
            return Outcome.Expired;
        }

        Outcome nonce = sender.Nonces.Check(body.Nonce);
        if (nonce != Outcome.Pending || isIssuance)
        {
            return nonce;
        }

        if (record == null)
        {
            return Outcome.UnknownSender;
        }

        if ((record->Flags & RecordFlags.Frozen) != RecordFlags.None)
        {
            return Outcome.AccountFrozen;
        }

        if (body.Amount.Units > checked(record->Balance.Units - record->Frozen.Units - sender.Amount))
        {
            return Outcome.InsufficientFunds;
        }

        return body.Kind == TransferKind.Reserve && (HoldsOf(body.Sender)?.Count ?? 0) + sender.Holds >= HoldBook.CountMax
            ? Outcome.TooManyHolds
            : Outcome.Pending;
    }

    /// <summary>
    /// The checks of a post or a release. A hold is <paramref name="taken"/> when a transfer before in the window acts on it: then it is no longer
    /// as this one says.
    /// </summary>
    private Outcome CheckOnHold(TransferFrame frame, ulong goodUntil, Timestamp at, AccountRecord* owner, bool taken)
    {
        ref readonly TransferBody body = ref frame.Body;
        if (goodUntil < at.UnixMs)
        {
            return Outcome.Expired;
        }

        if (owner == null)
        {
            return Outcome.UnknownSender;
        }

        if ((owner->Flags & RecordFlags.Frozen) != RecordFlags.None)
        {
            return Outcome.AccountFrozen;
        }

        if (HoldsOf(body.Sender) is not { } book)
        {
            return Outcome.UnknownHold;
        }

        AccountId signer = AccountIds.Of(frame.SignerKey);
        Outcome outcome = body.Kind == TransferKind.Post ? book.CheckPost(body, frame.HeldBefore, signer) : book.CheckRelease(body, signer);
        return taken && outcome is Outcome.Pending or Outcome.NotPermitted ? Outcome.HoldMismatch : outcome;
    }

    private static NonceWindow NoncesOf(AccountRecord* record) =>
        record == null ? default : new NonceWindow(record->NonceHighest, record->NonceBitmap);
}
