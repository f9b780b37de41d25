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
        var senders = new SliceSenders(slice, _pending);
        int waiting = 0;
        for (int i = 0; i < slice.Count; i++)
        {
            AccountPrefetch.Before(i, _tree, senders);
            var waiter = new Waiter(slice.Slice, slice.FrameNumber(i));
            decisions[i] = AcceptOne(new TransferFrame(slice.Frame(i)), slice.Id(i), waiter, room, out refusals[i]);
            waiting += decisions[i] <= Decision.Joined ? 1 : 0;
        }

        return waiting;
    }

    private Decision AcceptOne(TransferFrame frame, in Hash256 id, Waiter waiter, Func<WindowBuffer?> room, out Outcome refusal)
    {
        refusal = FrameLayout.ActsOnHold(frame.Kind) ? AcceptOnHold(frame, id, waiter, room) : AcceptFromSender(frame, id, waiter, room);
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

    private Outcome AcceptFromSender(TransferFrame frame, in Hash256 id, Waiter waiter, Func<WindowBuffer?> room)
    {
        ref readonly TransferBody body = ref frame.Body;
        AccountId senderId = body.Sender;
        AccountRecord* record = _tree.Find(senderId);
        int number = _pending.FindOrAdd(senderId, out bool isNew);
        ref PendingSender sender = ref _pending[number];
        if (isNew)
        {
            sender.Begin(NoncesOf(record), isSealing: false);
        }

        ulong goodUntil = GoodUntil(frame);
        Outcome refusal = Check(frame, goodUntil, CommittedAt, record, sender);
        if (refusal == Outcome.Pending && !TryMakeRoom(frame.LengthBytes, room))
        {
            refusal = Outcome.Busy;
        }

        if (refusal != Outcome.Pending)
        {
            if (isNew)
            {
                _pending.RemoveLast();
            }

            return refusal;
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

        PutInWindow(frame, id, waiter, goodUntil, number);
        EndChange();
        return Outcome.Pending;
    }

    private Outcome AcceptOnHold(TransferFrame frame, in Hash256 id, Waiter waiter, Func<WindowBuffer?> room)
    {
        ref readonly TransferBody body = ref frame.Body;
        (AccountId, ulong) hold = (body.Sender, body.Nonce);
        ulong goodUntil = GoodUntil(frame);
        Outcome refusal = CheckOnHold(frame, goodUntil, CommittedAt, _tree.Find(body.Sender), _takenHolds.Contains(hold));
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
        PutInWindow(frame, id, waiter, goodUntil, WindowFrame.NoSender);
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

    private void PutInWindow(TransferFrame frame, in Hash256 id, Waiter waiter, ulong goodUntil, int sender)
    {
        WindowBuffer buffer = _open.Buffer!;
        int length = frame.LengthBytes;
        ref WindowFrame entry = ref _open.Add(id);
        entry.GoodUntil = goodUntil;
        entry.Waiter = waiter;
        entry.Offset = buffer.Length;
        entry.Sender = sender;
        frame.Bytes.CopyTo(new Span<byte>(buffer.TryExtend(length), length));
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

    private readonly ref struct SliceSenders(FrameSlice slice, PendingSenders pending) : IAccountRow
    {
        private readonly PendingSenders _pending = pending;
        private readonly FrameSlice _slice = slice;

        public int Count => _slice.Count;

        public void PrefetchId(int index) => PrefetchParties(_slice.Frame(index));

        public AccountId Id(int index) => new TransferFrame(_slice.Frame(index)).Body.Sender;

        public void PrefetchBeside(in AccountId id) => _pending.Prefetch(id);
    }
}
