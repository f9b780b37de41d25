using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using Outcome = LeitherCluster.Ledger.Values.Outcome;

namespace LeitherCluster.Tests.Ledger.Branches;

/// <content>What a beat does: all debits, then all credits.</content>
internal sealed partial class PlainLedger
{
    /// <summary>Seals a branch's window. The block without its certificate; null when nothing took effect.</summary>
    public byte[]? Seal(uint index, BeatNumber beat, ulong at, ulong sequence, Hash256 secret)
    {
        PlainBranch branch = Branches[index];
        bool released = ReleaseDue(index, at);
        branch.Secret = secret;
        branch.Sealed = [];
        branch.Leaves.Clear();
        branch.Credits.Clear();
        foreach (PlainEntry entry in branch.Open)
        {
            Outcome[] refusals = [.. Refusals(entry.Transfer, at, [])];
            if (refusals.Length != 0)
            {
                entry.Waiters.ForEach(waiter => Answers.Add(waiter, new TransferAnswer(refusals.Min())));
                continue;
            }

            branch.Sealed.Add(entry);
            Execute(entry, branch);
        }

        branch.Open = [];
        _usedNow.ForEach(used => used.Holder.Used.Add(used.Nonce));
        _usedNow.Clear();
        if (branch.Sealed.Count == 0 && !released)
        {
            return null;
        }

        byte[] block = branch.Block(beat, at, sequence, _issuedNow);
        branch.BlockHash = Blake3.Hash(block);
        branch.SealedAt = at;
        Issued += _issuedNow;
        _issuedNow = 0;
        return block;
    }

    /// <summary>The credits of the windows just sealed, for one branch, in the order of their sources.</summary>
    public CreditEntry[] CreditsFor(uint source, uint target) => [.. Branches[source].Credits.Where(credit => BranchOf(credit.Receiver) == target)];

    public void Credit(uint target, uint source, BeatNumber beat)
    {
        foreach (CreditEntry credit in CreditsFor(source, target))
        {
            Branches[target].Credited = beat;
            if (!Holders.TryGetValue(credit.Receiver, out PlainHolder? holder))
            {
                holder = new PlainHolder(credit.Receiver) { Salt = PlainBranch.Salt(Branches[source].Secret, credit.Receiver) };
                Holders.Add(credit.Receiver, holder);
            }

            holder.Balance = checked(holder.Balance + credit.Amount);
        }
    }

    public void Commit(uint index, ulong sequence)
    {
        PlainBranch branch = Branches[index];
        uint place = 0;
        foreach (PlainEntry entry in branch.Sealed)
        {
            Committed.Add(entry.Id);
            entry.Waiters.ForEach(waiter => Answers.Add(waiter, new TransferAnswer(new TimeSequence(sequence), index, place, Outcome.Committed)));
            place += (uint)(entry.Transfer.IsBundle ? entry.Transfer.Items.Count : 1);
        }

        branch.Sealed = [];
    }

    /// <summary>What a restart of the branch makes it forget: whatever was only accepted, and who waits for what is sealed.</summary>
    public void Restart(uint index)
    {
        PlainBranch branch = Branches[index];
        branch.Open = [];
        branch.Sealed.ForEach(entry => entry.Forget());
        branch.KnownAt = branch.SealedAt;
    }

    private bool ReleaseDue(uint index, ulong at)
    {
        bool released = false;
        foreach (PlainHolder holder in HoldersOf(index))
        {
            foreach (Hold hold in holder.Holds.Values.Where(hold => hold.Expiry.UnixMs < at).ToArray())
            {
                holder.Holds.Remove(hold.Nonce);
                released = true;
            }
        }

        return released;
    }

    private void Execute(PlainEntry entry, PlainBranch branch)
    {
        PlainTransfer transfer = entry.Transfer;
        if (!Holders.TryGetValue(transfer.Sender, out PlainHolder? holder))
        {
            holder = new PlainHolder(transfer.Sender) { Flags = RecordFlags.System };
            Holders.Add(transfer.Sender, holder);
        }

        if (!transfer.ActsOnHold)
        {
            _usedNow.Add((holder, transfer.Nonce));
        }

        switch (transfer.Kind)
        {
            case TransferKind.Pay or TransferKind.Bundle:
                holder.Balance -= transfer.Amount;
                break;
            case TransferKind.Issue or TransferKind.IssueBundle:
                _issuedNow += transfer.Amount;
                break;
            case TransferKind.Reserve:
                holder.Holds.Add(transfer.Nonce, new Hold(
                    transfer.Nonce, new Amount(transfer.Amount), new Timestamp(transfer.HoldExpiry), transfer.Receiver, transfer.Controller));
                break;
            case TransferKind.Post:
                holder.Balance -= transfer.Amount;
                Hold rest = holder.Holds[transfer.Nonce] with { Amount = new Amount(transfer.HeldBefore - transfer.Amount) };
                holder.Holds[transfer.Nonce] = rest;
                if (rest.Amount == Amount.Zero)
                {
                    holder.Holds.Remove(transfer.Nonce);
                }

                break;
            default:
                holder.Holds.Remove(transfer.Nonce);
                break;
        }

        Pay(transfer, branch);
        branch.Leaves.AddRange(transfer.LeafIds());
    }

    private static void Pay(PlainTransfer transfer, PlainBranch branch)
    {
        uint place = (uint)branch.Leaves.Count;
        switch (transfer.Kind)
        {
            case TransferKind.Pay or TransferKind.Issue or TransferKind.Post:
                branch.Credits.Add(new CreditEntry(transfer.Receiver, place, transfer.Amount));
                break;
            case TransferKind.Bundle or TransferKind.IssueBundle:
                branch.Credits.AddRange(transfer.Items.Select((item, index) => new CreditEntry(item.Receiver, place + (uint)index, item.Amount)));
                break;
            default:
                break;
        }
    }
}
