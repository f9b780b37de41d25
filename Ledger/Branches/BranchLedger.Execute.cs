using System.Runtime.Intrinsics.X86;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <content>Executing the transfers of a window in recorded order, at the seal and in replay: debits, holds, credits on their way, leaves.</content>
public sealed unsafe partial class BranchLedger
{
    private const int CacheLineBytes = 64;

    private readonly List<(int Frame, Outcome Outcome, Waiter Waiter)> _leftOut = [];
    private CreditEntry[] _outgoing = [];
    private Hash256[] _leafIds = [];
    private Hash256[] _leaves = [];
    private int _outgoingCount;
    private int _leafCount;

    private void ExecuteWindow(byte* block, Timestamp at)
    {
        _leftOut.Clear();
        _outgoingCount = 0;
        _leafCount = 0;
        _issuing = 0;
        Span<WindowFrame> frames = _sealedWindow.Frames;
        Span<Hash256> ids = _sealedWindow.Ids;
        var senders = new WindowSenders(block, frames);
        for (int i = 0; i < frames.Length; i++)
        {
            AccountPrefetch.Before(i, _tree, senders);
            ref WindowFrame entry = ref frames[i];
            entry.Place = (uint)_leafCount;
            Outcome outcome = Execute(new TransferFrame(block + entry.Offset), ids[i], entry, at);
            if (outcome != Outcome.Committed)
            {
                _leftOut.Add((i, outcome, entry.Waiter));
            }
        }
    }

    /// <summary>Executes one transfer: checks again, then mutates. Leaves everything as it was when it does not answer that it is committed.</summary>
    private Outcome Execute(TransferFrame frame, in Hash256 id, in WindowFrame entry, Timestamp at)
    {
        ref readonly TransferBody body = ref frame.Body;
        AccountRecord* record = _tree.FindForUpdate(body.Sender);
        if (FrameLayout.ActsOnHold(body.Kind))
        {
            return ExecuteOnHold(frame, id, entry, record, at);
        }

        ref PendingSender sender = ref _pending[entry.Sender];
        if (!sender.IsSealing)
        {
            sender.Begin(NoncesOf(record), isSealing: true);
        }

        Outcome refusal = Check(frame, entry.GoodUntil, at, record, sender);
        if (refusal != Outcome.Pending)
        {
            return refusal;
        }

        // Nothing may fail from here on.
        if (record == null)
        {
            record = OpenOrganization(body.Sender);
        }
        else if (sender.Nonces.Count == 0)
        {
            // The sender's first in this window to take effect.
            _undo.Record(record);
        }

        sender.Nonces.Reserve(body.Nonce);
        NonceWindow nonces = sender.Nonces.Used;
        record->NonceHighest = nonces.Highest;
        record->NonceBitmap = nonces.Bitmap;
        switch (body.Kind)
        {
            case TransferKind.Pay:
                record->Balance -= body.Amount;
                AddCredit(body.Receiver, body.Amount);
                AddLeaf(id);
                break;
            case TransferKind.Issue:
                _issuing += body.Amount.Units;
                AddCredit(body.Receiver, body.Amount);
                AddLeaf(id);
                break;
            case TransferKind.Reserve:
                OpenHold(frame, record);
                AddLeaf(id);
                break;
            case TransferKind.Bundle:
                record->Balance -= body.Amount;
                AddItems(frame, id);
                break;
            case TransferKind.IssueBundle:
                _issuing += body.Amount.Units;
                AddItems(frame, id);
                break;
            default:
                throw new InvariantBrokenException($"a transfer of a window is of a known kind, not {body.Kind}");
        }

        return Outcome.Committed;
    }

    private Outcome ExecuteOnHold(TransferFrame frame, in Hash256 id, in WindowFrame entry, AccountRecord* owner, Timestamp at)
    {
        Outcome refusal = CheckOnHold(frame, entry.GoodUntil, at, owner, taken: false);
        if (refusal != Outcome.Pending)
        {
            return refusal;
        }

        ActOnHold(frame, owner);
        AddLeaf(id);
        return Outcome.Committed;
    }

    /// <summary>
    /// Opens the organization's own account at its first issuance, as a system account that nobody needs to be asked about. Its salt is zero.
    /// </summary>
    private AccountRecord* OpenOrganization(in AccountId id)
    {
        AccountRecord* record = _tree.FindOrOpen(id, out _);
        record->Flags |= RecordFlags.System;
        _undo.RecordOpened(id);
        return record;
    }

    private void AddItems(TransferFrame frame, in Hash256 bundleId)
    {
        int count = frame.Body.ItemNumber;
        EnsureLeaves(_leafCount + count);
        fixed (Hash256* ids = _leafIds)
        {
            TransferIds.ComputeItems(bundleId, 0, ids + _leafCount, count);
        }

        foreach (BundleItem item in frame.Items)
        {
            AddCredit(item.Receiver, item.Amount);
            _leafCount++;
        }
    }

    /// <summary>Adds the credit of the leaf that comes next.</summary>
    private void AddCredit(in AccountId receiver, Amount amount)
    {
        if (_outgoingCount == _outgoing.Length)
        {
            Array.Resize(ref _outgoing, Math.Max(64, _outgoingCount * 2));
        }

        CreditEntry.Write(ref _outgoing[_outgoingCount++], receiver, (uint)_leafCount, amount.Units);
    }

    private void AddLeaf(in Hash256 id)
    {
        EnsureLeaves(_leafCount + 1);
        _leafIds[_leafCount++] = id;
    }

    private void EnsureLeaves(int count)
    {
        if (count > _leafIds.Length)
        {
            Array.Resize(ref _leafIds, Math.Max(64, count * 2));
            Array.Resize(ref _leaves, _leafIds.Length);
        }
    }

    /// <summary>Asks for the part of a frame that says who pays whom how much.</summary>
    private static void PrefetchParties(byte* frame)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(frame);
            Sse.Prefetch0(frame + CacheLineBytes);
        }
    }

    private readonly ref struct WindowSenders(byte* block, ReadOnlySpan<WindowFrame> frames) : IAccountRow
    {
        private readonly byte* _block = block;
        private readonly ReadOnlySpan<WindowFrame> _frames = frames;

        public int Count => _frames.Length;

        public void PrefetchId(int index) => PrefetchParties(_block + _frames[index].Offset);

        public AccountId Id(int index) => new TransferFrame(_block + _frames[index].Offset).Body.Sender;

        public void PrefetchBeside(in AccountId id)
        {
            // There is nothing.
        }
    }
}
