using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <content>Sealing: the debits of a window, in recorded order, become a block and credits on their way.</content>
public sealed unsafe partial class BranchLedger
{
    private readonly List<(int Frame, Outcome Outcome, Waiter Waiter)> _leftOut = [];
    private Hash256[] _leafIds = [];
    private Hash256[] _leaves = [];
    private uint[] _firstPlaces = [];
    private int _leafCount;
    private int _outgoingCount;

    /// <summary>The window sealed last has effect: its pulse is committed.</summary>
    public bool SealedIsCommitted { get; private set; } = true;

    /// <summary>
    /// Closes the open window for a beat: releases the holds that are due, executes the transfers in recorded order (leaving out what has expired
    /// meanwhile), and writes the block's header. A new window is open at once.
    /// </summary>
    /// <param name="beat">above every beat sealed before</param>
    /// <param name="at">its timestamp, not below that of any before</param>
    /// <param name="sequence">the time sequence that the beat gets if it changes something</param>
    /// <param name="secret">32 bytes nobody could know; drawn anew for each call</param>
    /// <param name="room">gives a buffer when deadlines alone make a block</param>
    /// <param name="sink">is told the outcome of each transfer that was left out</param>
    /// <returns>
    /// The sealed window, whose block lacks only its certificate; null when nothing took effect. A beat that was closed empty, or whose credits have
    /// come, stays so: asked again, the answer is null.
    /// </returns>
    /// <exception cref="WindowRoomException">There is no room for the block that deadlines make. Nothing changed; it may be asked again.</exception>
    public SealedWindow? Seal(BeatNumber beat, Timestamp at, TimeSequence sequence, in Hash256 secret, Func<WindowBuffer?> room, IAnswerSink sink)
    {
        if (beat <= ClosedBeat && beat != SealedBeat)
        {
            return null;
        }

        Invariant.Holds(SealedIsCommitted, "a window is sealed only after the pulse of the one before has ended");
        Invariant.Holds(beat > SealedBeat && at >= SealedAt, "beats and their timestamps go up");
        bool isDue = _deadlines.First is { } due && due < at;
        if (_open.Count == 0 && !isDue)
        {
            ClosedBeat = beat;
            return null;
        }

        if (!TryOpenBuffer(room))
        {
            throw new WindowRoomException();
        }

        ClosedBeat = beat;
        WindowBuffer buffer = _open.Buffer!;
        (_open, _sealedWindow) = (_sealedWindow, _open);
        _open.Clear();
        _undo.Open(beat);
        int released = ReleaseDue(at);
        ulong issued = Execute(_sealedWindow, at);
        _pending.Clear();
        _takenHolds.Clear();
        AnswerLeftOut(sink);
        if (_sealedWindow.Count == 0 && released == 0)
        {
            _open.Buffer = buffer;
            _sealedWindow.Clear();
            return null;
        }

        WindowBlock header = Header(beat, at, sequence, secret, issued);
        MemoryMarshal.Write(buffer.Span, in header);
        Hash256 hash = Blake3.Hash(buffer.Span);
        return Sealed(header, hash, buffer);
    }

    /// <summary>Executes a sealed block from the journal: what <see cref="Seal"/> did to the state, and nothing else.</summary>
    /// <exception cref="InvariantBrokenException">The block does not follow from the state: it is another branch's, or corrupt.</exception>
    public SealedWindow Replay(ReadOnlySpan<byte> block)
    {
        Invariant.Holds(WindowBlock.TryRead(block, out WindowBlock header), "a sealed block has a header");
        Invariant.Holds(header.Ledger == _options.Ledger && header.Branch == Branch, "a block belongs to the branch that reads it");
        Invariant.Holds(header.Previous == BlockHash, "a block names the one before");
        Invariant.Holds(header.Beat > SealedBeat && header.At >= SealedAt, "beats and their timestamps go up");
        _sealedWindow.Clear();
        _undo.Open(header.Beat);
        ReleaseDue(header.At);
        fixed (byte* start = block)
        {
            ListFrames(start, header);
            _replayed = start;
            ulong issued = Execute(_sealedWindow, header.At);
            _replayed = null;
            Invariant.Holds(_leftOut.Count == 0, "every transfer of a sealed block takes effect");
            Invariant.Holds(issued == header.Issued && _leafCount == (int)header.Leaves, "a block's totals are those of its transfers");
        }

        _pending.Clear();
        ClosedBeat = header.Beat;
        return Sealed(header, WindowBlock.HashOf(block), block: null);
    }

    private byte* _replayed;

    private SealedWindow Sealed(in WindowBlock header, in Hash256 hash, WindowBuffer? block)
    {
        BlockHash = hash;
        SealedBeat = header.Beat;
        SealedAt = header.At;
        IssuedTotal += header.Issued;
        SealedIsCommitted = false;
        _dirty = true;
        GroupByTarget();
        return new SealedWindow
        {
            Branch = Branch,
            Beat = header.Beat,
            At = header.At,
            Sequence = header.Sequence,
            BlockHash = hash,
            Secret = header.Secret,
            WindowsRoot = header.WindowsRoot,
            Leaves = (int)header.Leaves,
            Issued = header.Issued,
            Block = block,
            Credits = _grouped.AsMemory(0, _outgoingCount),
            Runs = _runs.AsMemory(0, _runCount),
        };
    }

    private WindowBlock Header(BeatNumber beat, Timestamp at, TimeSequence sequence, in Hash256 secret, ulong issued) => new()
    {
        Tag = WindowBlock.TagValue,
        Ledger = _options.Ledger,
        Branch = Branch,
        Beat = beat,
        At = at,
        Previous = BlockHash,
        Secret = secret,
        Frames = (uint)_sealedWindow.Count,
        Leaves = (uint)_leafCount,
        FramesLength = (ulong)(_sealedWindow.Buffer!.Length - WindowBlock.SizeBytes),
        Issued = issued,
        WindowsRoot = WindowsRoot(),
        Sequence = sequence,
    };

    /// <summary>Executes the frames in order and closes the gaps that left-out ones leave. Returns what was issued.</summary>
    private ulong Execute(Window window, Timestamp at)
    {
        _leftOut.Clear();
        _leafCount = 0;
        _outgoingCount = 0;
        ulong issued = 0;
        int kept = 0;
        int length = WindowBlock.SizeBytes;
        byte* block = _replayed == null && window.Buffer is { } buffer ? buffer.Data : _replayed;
        EnsurePlaces(window.Count);
        for (int i = 0; i < window.Count; i++)
        {
            if (i % LookAhead == 0)
            {
                PrefetchSenders(window, block, i);
            }

            var frame = new TransferFrame(block + window.Offsets[i]);
            Outcome outcome = window.Expiries[i] < at.UnixMs ? Outcome.Expired : ExecuteOne(frame, window.Ids[i], i, kept, ref issued);
            if (outcome != Outcome.Committed)
            {
                _leftOut.Add((i, outcome, window.Waiters[i]));
                continue;
            }

            if (kept != i)
            {
                int bytes = frame.LengthBytes;
                Buffer.MemoryCopy(block + window.Offsets[i], block + length, bytes, bytes);
                window.Move(i, kept);
                window.Offsets[kept] = length;
            }

            length += new TransferFrame(block + window.Offsets[kept]).LengthBytes;
            kept++;
        }

        if (_leftOut.Count == 0)
        {
            return issued;
        }

        Invariant.Holds(_replayed == null, "every transfer of a sealed block takes effect");
        window.Truncate(kept);
        window.Buffer!.Truncate(length);
        return issued;
    }

    /// <summary>Executes one transfer: checks again, then mutates. The place of its first leaf goes to <paramref name="kept"/>'s entry.</summary>
    private Outcome ExecuteOne(TransferFrame frame, in Hash256 id, int index, int kept, ref ulong issued)
    {
        ref readonly TransferBody body = ref frame.Body;
        if (FrameLayout.ActsOnHold(body.Kind))
        {
            Outcome outcome = CheckHoldAction(frame, _tree.Find(body.Sender), sealing: true);
            if (outcome != Outcome.Pending)
            {
                return outcome;
            }

            _firstPlaces[kept] = (uint)_leafCount;
            ActOnHold(frame);
            AddLeaf(id);
            return Outcome.Committed;
        }

        bool issuance = FrameLayout.IsIssuance(body.Kind);
        AccountRecord* sender = issuance ? OrganizationRecord() : _tree.FindForUpdate(body.Sender);
        if (sender == null)
        {
            return Outcome.UnknownSender;
        }

        ref PendingSender pending = ref SealingEntry(body.Sender, sender);
        Outcome nonce = pending.Nonces.Check(body.Nonce);
        if (nonce != Outcome.Pending)
        {
            return nonce;
        }

        if (!issuance && sender->Flags.HasFlag(RecordFlags.Frozen))
        {
            return Outcome.AccountFrozen;
        }

        if (issuance ? body.Amount.Units > ulong.MaxValue - IssuedTotal - issued : body.Amount > sender->Balance - sender->Frozen)
        {
            return issuance ? Outcome.AmountOverflow : Outcome.InsufficientFunds;
        }

        if (body.Kind == TransferKind.Reserve && (HoldsOf(body.Sender)?.Count ?? 0) >= HoldBook.CountMax)
        {
            return Outcome.TooManyHolds;
        }

        // Nothing may fail from here on.
        _undo.Record(*sender);
        pending.Nonces.Reserve(body.Nonce);
        NonceReservations used = pending.Nonces;
        NonceWindow after = used.Seal();
        sender->NonceHighest = after.Highest;
        sender->NonceBitmap = after.Bitmap;
        _firstPlaces[kept] = (uint)_leafCount;
        switch (body.Kind)
        {
            case TransferKind.Pay:
                sender->Balance -= body.Amount;
                AddCredit(body.Receiver, body.Amount.Units);
                AddLeaf(id);
                break;
            case TransferKind.Issue:
                issued += body.Amount.Units;
                AddCredit(body.Receiver, body.Amount.Units);
                AddLeaf(id);
                break;
            case TransferKind.Reserve:
                OpenHold(frame, sender);
                AddLeaf(id);
                break;
            case TransferKind.Bundle:
                sender->Balance -= body.Amount;
                AddItems(frame, id);
                break;
            case TransferKind.IssueBundle:
                issued += body.Amount.Units;
                AddItems(frame, id);
                break;
            default:
                throw new InvariantBrokenException($"transfer {index} of a window is of a known kind, not {body.Kind}");
        }

        return Outcome.Committed;
    }

    /// <summary>The sender's entry while sealing: its first transfer begins the reservations anew, so that only what takes effect is used.</summary>
    private ref PendingSender SealingEntry(in AccountId id, AccountRecord* sender)
    {
        ref PendingSender pending = ref _pending.FindOrAdd(id);
        if (!pending.Sealing)
        {
            pending.Sealing = true;
            pending.Nonces = new NonceReservations(new NonceWindow(sender->NonceHighest, sender->NonceBitmap));
        }

        return ref pending;
    }

    /// <summary>The organization's own account; its first issuance opens it, as a system account that nobody needs to be asked about.</summary>
    private AccountRecord* OrganizationRecord()
    {
        AccountRecord* record = _tree.FindOrOpen(_options.Ledger.OrganizationAccount, out bool opened);
        if (opened)
        {
            record->Flags |= RecordFlags.System;
            _undo.RecordOpened(*record);
        }

        return record;
    }

    private void AddItems(TransferFrame frame, in Hash256 bundleId)
    {
        int count = frame.Body.ItemNumber;
        int first = _leafCount;
        EnsureLeaves(first + count);
        fixed (Hash256* ids = _leafIds)
        {
            TransferIds.ComputeItems(bundleId, 0, ids + first, count);
        }

        foreach (BundleItem item in frame.Items)
        {
            AddCredit(item.Receiver, item.Amount.Units);
            _leafCount++;
        }
    }

    private void AddCredit(in AccountId receiver, ulong amount)
    {
        if (_outgoingCount == _outgoing.Length)
        {
            Array.Resize(ref _outgoing, Math.Max(64, _outgoingCount * 2));
        }

        _outgoing[_outgoingCount++] = new CreditEntry(receiver, (uint)_leafCount, amount);
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

    /// <summary>This branch's part of the beat's windows tree.</summary>
    private Hash256 WindowsRoot()
    {
        fixed (Hash256* ids = _leafIds)
        fixed (Hash256* leaves = _leaves)
        {
            WindowsTree.HashLeaves(new WindowPosition(Branch, 0), ids, leaves, _leafCount);
            return WindowsTree.BranchRoot(leaves, _leafCount);
        }
    }

    /// <summary>Lists the frames of a block from the journal, as if they had been accepted.</summary>
    private void ListFrames(byte* block, in WindowBlock header)
    {
        int offset = WindowBlock.SizeBytes;
        var pointers = new byte*[header.Frames];
        for (int i = 0; i < pointers.Length; i++)
        {
            Invariant.Holds((ulong)offset < WindowBlock.SizeBytes + header.FramesLength, "a block has as many frames as it says");
            pointers[i] = block + offset;
            var frame = new TransferFrame(block + offset);
            _sealedWindow.Add(offset, EarliestExpiry(frame), Hash256.Zero, Waiter.Nobody);
            offset += frame.LengthBytes;
        }

        Invariant.Holds((ulong)offset == WindowBlock.SizeBytes + header.FramesLength, "a block ends with its last frame");
        fixed (byte** frames = pointers)
        fixed (Hash256* ids = _sealedWindow.Ids)
        {
            TransferIds.Compute(frames, ids, pointers.Length);
        }
    }

    private void EnsurePlaces(int frames)
    {
        if (_firstPlaces.Length < frames)
        {
            _firstPlaces = new uint[Math.Max(64, frames * 2)];
        }
    }

    /// <summary>Tells those whose transfer was left out, and renumbers those who had joined a frame that moved up.</summary>
    private void AnswerLeftOut(IAnswerSink sink)
    {
        if (_leftOut.Count == 0)
        {
            return;
        }

        foreach ((int _, Outcome outcome, Waiter waiter) in _leftOut)
        {
            sink.Answer(waiter, new TransferAnswer(outcome));
        }

        Span<(int Frame, Waiter Waiter)> joined = CollectionsMarshal.AsSpan(_sealedWindow.Joined);
        int kept = 0;
        foreach ((int frame, Waiter waiter) in joined)
        {
            int before = LeftOutBefore(frame);
            if (before < _leftOut.Count && _leftOut[before].Frame == frame)
            {
                sink.Answer(waiter, new TransferAnswer(_leftOut[before].Outcome));
            }
            else
            {
                joined[kept++] = (frame - before, waiter);
            }
        }

        CollectionsMarshal.SetCount(_sealedWindow.Joined, kept);
    }

    /// <summary>How many of the frames before this one were left out.</summary>
    private int LeftOutBefore(int frame)
    {
        int low = 0;
        int high = _leftOut.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = _leftOut[middle].Frame < frame ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private void PrefetchSenders(Window window, byte* block, int from)
    {
        int through = Math.Min(from + LookAhead, window.Count);
        for (int i = from; i < through; i++)
        {
            _tree.PrefetchBucket(new TransferFrame(block + window.Offsets[i]).Body.Sender);
        }

        for (int i = from; i < through; i++)
        {
            _tree.PrefetchRecord(new TransferFrame(block + window.Offsets[i]).Body.Sender);
        }
    }
}
