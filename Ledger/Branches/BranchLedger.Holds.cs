using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <content>Holds: reserved funds, under the data root of their owner's account.</content>
public sealed unsafe partial class BranchLedger
{
    /// <summary>Holds that a transfer in the open window posts or releases; a second one waits for the next window.</summary>
    private readonly HashSet<(AccountId Owner, ulong Nonce)> _takenHolds = [];

    /// <summary>Posts or releases a hold whose checks are met.</summary>
    private void ActOnHold(TransferFrame frame, AccountRecord* owner)
    {
        ref readonly TransferBody body = ref frame.Body;
        HoldBook before = HoldsOf(body.Sender)!;
        Hold hold = before.Holds[FindHold(before, body.Nonce)];
        HoldBook after = before.Copy();
        AccountId signer = AccountIds.Of(frame.SignerKey);
        _undo.Record(owner);
        if (body.Kind == TransferKind.Post)
        {
            Invariant.Holds(after.Post(body, frame.HeldBefore, signer) == Outcome.Pending, "a post that was checked pays");
            owner->Balance -= body.Amount;
            AddCredit(hold.Receiver, body.Amount);
        }
        else
        {
            Invariant.Holds(after.Release(body, signer) == Outcome.Pending, "a release that was checked gives back");
        }

        SetHolds(owner, before, after);
        if (FindHold(after, hold.Nonce) < 0)
        {
            _deadlines.Remove(hold.Expiry, body.Sender, hold.Nonce);
        }
    }

    /// <summary>Opens the hold of a reserving transfer; its amount is frozen with it. The record before is in the undo log already.</summary>
    private void OpenHold(TransferFrame frame, AccountRecord* owner)
    {
        ref readonly TransferBody body = ref frame.Body;
        HoldTerms terms = frame.HoldTerms;
        var hold = new Hold(body.Nonce, body.Amount, terms.Expiry, body.Receiver, terms.Controller);
        HoldBook? before = HoldsOf(body.Sender);
        HoldBook after = before?.Copy() ?? new HoldBook();
        Invariant.Holds(after.Reserve(hold) == Outcome.Pending, "a reservation that was checked finds room");
        _deadlines.Add(hold.Expiry, body.Sender, hold.Nonce);
        SetHolds(owner, before, after);
    }

    /// <summary>Gives back what was held longer than agreed. Returns how many accounts that concerned.</summary>
    private int ReleaseDue(Timestamp at)
    {
        int released = 0;
        while (_deadlines.TryTakeDue(at, out AccountId id, out ulong nonce))
        {
            // All that is due of one account goes at once; its other deadlines then find nothing.
            if (HoldsOf(id) is not { } before || FindHold(before, nonce) < 0)
            {
                continue;
            }

            AccountRecord* owner = _tree.FindForUpdate(id);
            Invariant.Holds(owner != null, "a hold has an owner");
            HoldBook after = before.Copy();
            after.Expire(at);
            _undo.Record(owner);
            SetHolds(owner, before, after);
            released++;
        }

        return released;
    }

    private void SetHolds(AccountRecord* owner, HoldBook? before, HoldBook after)
    {
        _undo.RecordHolds(owner->Id, before);
        AttachHolds(_tree, _holds, owner, after);
    }

    /// <summary>Gives an account its holds, the frozen part that is their sum, and the data root that follows from them.</summary>
    private static void AttachHolds(BranchTree tree, Dictionary<AccountId, HoldBook> holds, AccountRecord* owner, HoldBook? book)
    {
        AccountId id = owner->Id;
        owner->Frozen = book?.Held ?? Amount.Zero;
        Invariant.Holds(owner->Frozen <= owner->Balance, "an account holds no more than it has");
        if (book is null || book.Count == 0)
        {
            holds.Remove(id);
            tree.ClearDataRoot(id);
        }
        else
        {
            holds[id] = book;
            tree.SetDataRoot(id, book.DataRoot());
        }
    }

    private static int FindHold(HoldBook book, ulong nonce)
    {
        ReadOnlySpan<Hold> holds = book.Holds;
        for (int i = 0; i < holds.Length; i++)
        {
            if (holds[i].Nonce == nonce)
            {
                return i;
            }
        }

        return -1;
    }
}
