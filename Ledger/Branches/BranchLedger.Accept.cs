using System.Runtime.CompilerServices;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <summary>What acceptance decided about one frame.</summary>
public enum Decision
{
    /// <summary>It is in the open window; its party waits.</summary>
    Accepted,

    /// <summary>The same transfer is in an open or uncommitted window; its party waits with the others.</summary>
    Joined,

    /// <summary>Refused; nothing changed.</summary>
    Refused,

    /// <summary>
    /// To be refused, unless a sealed window holds the same transfer: whoever keeps those must be asked before the refusal is said.
    /// </summary>
    RefusedUnlessSealed,
}

/// <content>Acceptance: checks against the accounts, and the open window.</content>
public sealed unsafe partial class BranchLedger
{
    /// <summary>How far ahead records are fetched into the cache.</summary>
    private const int LookAhead = 16;

    /// <summary>
    /// Accepts the frames of a slice one by one, in order. For each, <paramref name="decisions"/> and <paramref name="refusals"/> (meaningful
    /// where it was not accepted) say what was decided.
    /// </summary>
    /// <param name="slice">well-formed frames whose senders live here</param>
    /// <param name="room">gives the window its buffer when the first frame comes; null: there is none now</param>
    /// <param name="decisions">as many as the slice has frames</param>
    /// <param name="refusals">as many as the slice has frames</param>
    /// <returns>Frames that are now in the window or joined one there.</returns>
    public int Accept(FrameSlice slice, Func<WindowBuffer?> room, Span<Decision> decisions, Span<Outcome> refusals)
    {
        int waiting = 0;
        for (int i = 0; i < slice.Count; i++)
        {
            if (i % LookAhead == 0)
            {
                Prefetch(slice, i);
            }

            var waiter = new Waiter(slice.Slice, slice.FrameNumber(i));
            decisions[i] = AcceptOne(new TransferFrame(slice.Frame(i)), slice.Id(i), waiter, room, out refusals[i]);
            waiting += decisions[i] <= Decision.Joined ? 1 : 0;
        }

        return waiting;
    }

    private void Prefetch(FrameSlice slice, int from)
    {
        int through = Math.Min(from + LookAhead, slice.Count);
        for (int i = from; i < through; i++)
        {
            _tree.PrefetchBucket(new TransferFrame(slice.Frame(i)).Body.Sender);
        }

        for (int i = from; i < through; i++)
        {
            _tree.PrefetchRecord(new TransferFrame(slice.Frame(i)).Body.Sender);
        }
    }

    private Decision AcceptOne(TransferFrame frame, in Hash256 id, Waiter waiter, Func<WindowBuffer?> room, out Outcome refusal)
    {
        ref readonly TransferBody body = ref frame.Body;
        ulong expiry = EarliestExpiry(frame);
        ref PendingSender pending = ref _pending.Find(body.Sender);
        AccountRecord* sender = _tree.Find(body.Sender);
        refusal = Check(frame, expiry, sender, ref pending);
        if (refusal == Outcome.Pending)
        {
            if (!TryPutInWindow(frame, id, expiry, waiter, room))
            {
                refusal = Outcome.Busy;
                return Decision.Refused;
            }

            // Nothing may fail from here on.
            Reserve(frame, sender, ref pending);
            return Decision.Accepted;
        }

        if (!MayBeARepeat(refusal))
        {
            return Decision.Refused;
        }

        return TryJoin(id, waiter) ? Decision.Joined : Decision.RefusedUnlessSealed;
    }

    /// <summary>A transfer that took effect before meets these when it comes again, and no others.</summary>
    private static bool MayBeARepeat(Outcome refusal) => refusal is Outcome.Expired or Outcome.NonceUsed or Outcome.NonceTooOld
        or Outcome.UnknownHold or Outcome.HoldMismatch;

    /// <summary>The checks against the accounts, in the order of the outcomes' numbers; <see cref="Outcome.Pending"/> when all are met.</summary>
    private Outcome Check(TransferFrame frame, ulong expiry, AccountRecord* sender, ref PendingSender pending)
    {
        ref readonly TransferBody body = ref frame.Body;
        if (expiry < CommittedAt.UnixMs)
        {
            return Outcome.Expired;
        }

        if (FrameLayout.ActsOnHold(body.Kind))
        {
            return CheckHoldAction(frame, sender);
        }

        bool known = !Unsafe.IsNullRef(ref pending);
        NonceWindow window = sender == null ? default : new NonceWindow(sender->NonceHighest, sender->NonceBitmap);
        Outcome nonce = known ? pending.Nonces.Check(body.Nonce) : window.Check(body.Nonce);
        if (nonce != Outcome.Pending)
        {
            return nonce;
        }

        if (FrameLayout.IsIssuance(body.Kind))
        {
            ulong issuing = known ? pending.Amount : 0;
            return body.Amount.Units > ulong.MaxValue - IssuedTotal - issuing ? Outcome.AmountOverflow : Outcome.Pending;
        }

        if (sender == null)
        {
            return Outcome.UnknownSender;
        }

        if (sender->Flags.HasFlag(RecordFlags.Frozen))
        {
            return Outcome.AccountFrozen;
        }

        ulong spendable = sender->Balance.Units - sender->Frozen.Units - (known ? pending.Amount : 0);
        if (body.Amount.Units > spendable)
        {
            return Outcome.InsufficientFunds;
        }

        int holds = body.Kind == TransferKind.Reserve ? (HoldsOf(body.Sender)?.Count ?? 0) + (known ? pending.Holds : 0) : 0;
        return holds >= HoldBook.CountMax ? Outcome.TooManyHolds : Outcome.Pending;
    }

    private bool TryPutInWindow(TransferFrame frame, in Hash256 id, ulong expiry, Waiter waiter, Func<WindowBuffer?> room)
    {
        int length = frame.LengthBytes;
        if (_open.Count == _options.WindowFramesMax)
        {
            return false;
        }

        if (!TryOpenBuffer(room))
        {
            return false;
        }

        int offset = _open.Buffer!.Length;
        if (length > _options.WindowBytesMax - WindowBlock.CertificateBytes - offset)
        {
            return false;
        }

        // The certificate will find its room.
        byte* at = _open.Buffer.TryExtend(length + WindowBlock.CertificateBytes);
        if (at == null)
        {
            return false;
        }

        _open.Buffer.Truncate(offset + length);
        frame.Bytes.CopyTo(new Span<byte>(at, length));
        _open.Add(offset, expiry, id, waiter);
        return true;
    }

    /// <summary>Sees to it that the open window has a buffer with room for header and certificate.</summary>
    private bool TryOpenBuffer(Func<WindowBuffer?> room)
    {
        if (_open.Buffer is not null)
        {
            return true;
        }

        WindowBuffer? buffer = room();
        if (buffer is null)
        {
            return false;
        }

        if (buffer.TryExtend(WindowBlock.SizeBytes + WindowBlock.CertificateBytes) == null)
        {
            buffer.GiveBack();
            return false;
        }

        buffer.Truncate(WindowBlock.SizeBytes);
        _open.Buffer = buffer;
        return true;
    }

    private void Reserve(TransferFrame frame, AccountRecord* sender, ref PendingSender pending)
    {
        ref readonly TransferBody body = ref frame.Body;
        if (FrameLayout.ActsOnHold(body.Kind))
        {
            _takenHolds.Add((body.Sender, body.Nonce));
            return;
        }

        if (Unsafe.IsNullRef(ref pending))
        {
            pending = ref _pending.FindOrAdd(body.Sender);
            pending.Nonces = new NonceReservations(sender == null ? default : new NonceWindow(sender->NonceHighest, sender->NonceBitmap));
        }

        Invariant.Holds(pending.Nonces.Reserve(body.Nonce) == Outcome.Pending, "a nonce found free can be reserved");
        pending.Amount += body.Amount.Units;
        pending.Holds += body.Kind == TransferKind.Reserve ? 1 : 0;
    }

    private bool TryJoin(in Hash256 id, Waiter waiter)
    {
        int open = _open.Find(id);
        if (open >= 0)
        {
            _open.Joined.Add((open, waiter));
            return true;
        }

        int sealedFrame = SealedIsCommitted ? -1 : _sealedWindow.Find(id);
        if (sealedFrame >= 0)
        {
            _sealedWindow.Joined.Add((sealedFrame, waiter));
        }

        return sealedFrame >= 0;
    }

    /// <summary>A frame is good until the first of these has passed: its own expiry, and those of the standing acceptances in it.</summary>
    private static ulong EarliestExpiry(TransferFrame frame)
    {
        ulong earliest = frame.Body.Expiry.UnixMs;
        if (frame.AcceptanceForm == AcceptanceForm.Standing)
        {
            earliest = Math.Min(earliest, frame.Standing.Terms.Expiry.UnixMs);
        }

        foreach (BundleItem item in frame.Items)
        {
            if (item.AcceptanceForm == AcceptanceForm.Standing)
            {
                earliest = Math.Min(earliest, item.Standing.Terms.Expiry.UnixMs);
            }
        }

        return earliest;
    }
}
