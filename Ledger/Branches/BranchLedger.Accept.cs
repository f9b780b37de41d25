using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <content>Acceptance: into the open window, with reservations beside the records.</content>
public sealed unsafe partial class BranchLedger
{
    /// <summary>
    /// Accepts the frames of a slice one by one, in order. For each, <paramref name="decisions"/> and <paramref name="refusals"/> (meaningful
    /// where it was refused) say what was decided.
    /// </summary>
    /// <param name="slice">well-formed frames of this ledger whose senders live here</param>
    /// <param name="room">gives the window its buffer when the first frame comes; null: there is none now</param>
    /// <param name="decisions">as many as the slice has frames</param>
    /// <param name="refusals">as many as the slice has frames</param>
    /// <returns>Frames that are now in the window or joined one there.</returns>
    public int Accept(FrameSlice slice, Func<WindowBuffer?> room, Span<Decision> decisions, Span<Outcome> refusals)
    {
        RequireWhole();
        var senders = new SliceSenders(slice);
        int waiting = 0;
        for (int i = 0; i < slice.Count; i++)
        {
            AccountPrefetch.Before(i, _tree, senders);
            if (i % AccountPrefetch.Group == 0)
            {
                PrefetchPending(senders, i);
            }

            var waiter = new Waiter(slice.Slice, slice.FrameNumber(i));
            decisions[i] = AcceptOne(new TransferFrame(slice.Frame(i)), slice.Id(i), waiter, room, out refusals[i]);
            waiting += decisions[i] <= Decision.Joined ? 1 : 0;
        }

        return waiting;
    }

    private void PrefetchPending(SliceSenders senders, int from)
    {
        int through = Math.Min(from + AccountPrefetch.Group, senders.Count);
        for (int i = from; i < through; i++)
        {
            _pending.Prefetch(senders.Id(i));
        }
    }

    private Decision AcceptOne(TransferFrame frame, in Hash256 id, Waiter waiter, Func<WindowBuffer?> room, out Outcome refusal)
    {
        var entry = new WindowFrame { GoodUntil = GoodUntil(frame), Waiter = waiter };
        refusal = FrameLayout.ActsOnHold(frame.Kind) ? AcceptOnHold(frame, id, entry, room) : AcceptFromSender(frame, id, entry, room);
        if (refusal == Outcome.Pending)
        {
            return Decision.Accepted;
        }

        if (!MayBeARepeat(refusal, frame.Kind))
        {
            return Decision.Refused;
        }

        switch (TryJoin(id, waiter))
        {
            case Outcome.Pending:
                return Decision.Joined;
            case Outcome.Busy:
                refusal = Outcome.Busy;
                return Decision.Refused;
            default:
                return Decision.RefusedUnlessSealed;
        }
    }

    private Outcome AcceptFromSender(TransferFrame frame, in Hash256 id, WindowFrame entry, Func<WindowBuffer?> room)
    {
        ref readonly TransferBody body = ref frame.Body;
        AccountId senderId = body.Sender;
        AccountRecord* record = _tree.Find(senderId);
        int known = _pending.Find(senderId);
        PendingSender fresh = known < 0 ? new PendingSender(senderId, NoncesOf(record)) : default;
        ref PendingSender sender = ref known < 0 ? ref fresh : ref _pending[known];
        Outcome refusal = Check(frame, entry.GoodUntil, CommittedAt, record, sender);
        if (refusal != Outcome.Pending)
        {
            return refusal;
        }

        if (!TryMakeRoom(frame.LengthBytes, room))
        {
            return Outcome.Busy;
        }

        // Nothing may fail from here on.
        BeginChange();
        sender.Nonces.Reserve(body.Nonce);
        if (FrameLayout.IsIssuance(body.Kind))
        {
            _issuing += body.Amount.Units;
        }
        else
        {
            sender.Amount += body.Amount.Units;
            sender.Holds += body.Kind == TransferKind.Reserve ? 1 : 0;
        }

        entry.Sender = known < 0 ? _pending.Add(sender) : known;
        PutInWindow(frame, id, entry);
        EndChange();
        return Outcome.Pending;
    }

    private Outcome AcceptOnHold(TransferFrame frame, in Hash256 id, WindowFrame entry, Func<WindowBuffer?> room)
    {
        ref readonly TransferBody body = ref frame.Body;
        (AccountId, ulong) hold = (body.Sender, body.Nonce);
        Outcome refusal = CheckOnHold(frame, entry.GoodUntil, CommittedAt, _tree.Find(body.Sender), _takenHolds.Contains(hold));
        if (refusal != Outcome.Pending)
        {
            return refusal;
        }

        if (!TryMakeRoom(frame.LengthBytes, room))
        {
            return Outcome.Busy;
        }

        // Nothing may fail from here on.
        BeginChange();
        _takenHolds.Add(hold);
        PutInWindow(frame, id, entry);
        EndChange();
        return Outcome.Pending;
    }

    /// <summary>Whether a transfer that took effect, or that waits for it, may meet this refusal when it comes again.</summary>
    private static bool MayBeARepeat(Outcome refusal, TransferKind kind) => refusal switch
    {
        Outcome.Expired or Outcome.NonceUsed or Outcome.NonceTooOld or Outcome.UnknownHold or Outcome.HoldMismatch => true,

        // These two come before the look at the nonce, or there is none.
        Outcome.AmountOverflow => true,
        Outcome.AccountFrozen => FrameLayout.ActsOnHold(kind),
        _ => false,
    };

    /// <summary>
    /// Lets a party wait with the one whose transfer this is: <see cref="Outcome.Pending"/>; <see cref="Outcome.Busy"/> when as many wait already as
    /// a window has frames at the most; another refusal when no window that waits has it.
    /// </summary>
    private Outcome TryJoin(in Hash256 id, Waiter waiter)
    {
        Window window = _open;
        int frame = window.Find(id);
        if (frame < 0 && !SealedIsCommitted)
        {
            window = _sealedWindow;
            frame = window.Find(id);
        }

        if (frame < 0)
        {
            return Outcome.NonceUsed;
        }

        if (window.Joined.Count == _options.WindowFramesMax)
        {
            return Outcome.Busy;
        }

        window.Joined.Add((frame, waiter));
        return Outcome.Pending;
    }

    /// <summary>Whether the open window takes a frame of so many bytes; its buffer then has room for it, and for the certificate.</summary>
    private bool TryMakeRoom(int frameBytes, Func<WindowBuffer?> room)
    {
        if (_open.Count == _options.WindowFramesMax || !TryOpenBuffer(room))
        {
            return false;
        }

        WindowBuffer buffer = _open.Buffer!;
        return frameBytes <= _options.WindowBytesMax - WindowBlock.CertificateBytes - buffer.Length
            && buffer.TryReserve(frameBytes + WindowBlock.CertificateBytes);
    }

    /// <summary>Sees to it that the open window has a buffer with room for header and certificate.</summary>
    private bool TryOpenBuffer(Func<WindowBuffer?> room)
    {
        if (_open.Buffer is not null)
        {
            return true;
        }

        if (room() is not { } buffer)
        {
            return false;
        }

        if (!buffer.TryReserve(WindowBlock.SizeBytes + WindowBlock.CertificateBytes))
        {
            buffer.GiveBack();
            return false;
        }

        _ = buffer.TryExtend(WindowBlock.SizeBytes);
        _open.Buffer = buffer;
        return true;
    }

    private void PutInWindow(TransferFrame frame, in Hash256 id, WindowFrame entry)
    {
        WindowBuffer buffer = _open.Buffer!;
        int length = frame.LengthBytes;
        entry.Offset = buffer.Length;
        frame.Bytes.CopyTo(new Span<byte>(buffer.TryExtend(length), length));
        _open.Add(entry, id);
    }

    /// <summary>A frame is good until the first of these has passed: its own expiry, its hold's, and those of the standing acceptances in it.</summary>
    private static ulong GoodUntil(TransferFrame frame)
    {
        ulong earliest = frame.Body.Expiry.UnixMs;
        if (frame.Kind == TransferKind.Reserve)
        {
            earliest = Math.Min(earliest, frame.HoldTerms.Expiry.UnixMs);
        }

        if (frame.AcceptanceForm == AcceptanceForm.Standing)
        {
            earliest = Math.Min(earliest, frame.Standing.Terms.Expiry.UnixMs);
        }

        if (FrameLayout.IsBundle(frame.Kind))
        {
            foreach (BundleItem item in frame.Items)
            {
                if (item.AcceptanceForm == AcceptanceForm.Standing)
                {
                    earliest = Math.Min(earliest, item.Standing.Terms.Expiry.UnixMs);
                }
            }
        }

        return earliest;
    }

    private readonly ref struct SliceSenders(FrameSlice slice) : IAccountRow
    {
        private readonly FrameSlice _slice = slice;

        public int Count => _slice.Count;

        public void PrefetchId(int index) => PrefetchParties(_slice.Frame(index));

        public AccountId Id(int index) => new TransferFrame(_slice.Frame(index)).Body.Sender;
    }
}
