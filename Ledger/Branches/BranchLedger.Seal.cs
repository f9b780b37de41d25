using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <content>Sealing: the open window becomes a block. What executes it is in BranchLedger.Execute.cs.</content>
public sealed unsafe partial class BranchLedger
{
    private const int IdsAtOnce = 256;

    // What it says is of the newest seal, as are the credits that it shows.
    private readonly SealedWindow _window = new();

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
        RequireWhole();
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

        // Nothing may fail from here on.
        BeginChange();
        WindowBuffer buffer = _open.Buffer!;
        (_open, _sealedWindow) = (_sealedWindow, _open);
        _open.Clear();
        _undo.Open(beat);
        int released = ReleaseDue(at);
        ExecuteWindow(buffer.Data, at);
        if (_leftOut.Count != 0)
        {
            CloseGaps(buffer);
            AnswerLeftOut(sink);
        }

        SealedWindow? window = null;
        if (_sealedWindow.Count == 0 && released == 0)
        {
            // The next window takes the buffer, which has nothing but room for a header.
            _open.Buffer = buffer;
            _sealedWindow.Clear();
            ClosedBeat = beat;
            // The records that were looked at count as changed, and are as they were: whoever asks next finds every digest up to date.
            _tree.Update();
        }
        else
        {
            WindowBlock header = Header(beat, at, sequence, secret, (ulong)(buffer.Length - WindowBlock.SizeBytes));
            MemoryMarshal.Write(buffer.Span, in header);
            window = Sealed(header, Blake3.Hash(buffer.Span), buffer);
        }

        EndSealing();
        EndChange();
        return window;
    }

    /// <summary>Executes a sealed block from the journal: what <see cref="Seal"/> did to the state, and nothing else.</summary>
    /// <param name="block">header, frames and certificate, whose signature has been checked</param>
    /// <exception cref="InvariantBrokenException">The block does not follow from the state: it is another branch's, or corrupt.</exception>
    public SealedWindow Replay(ReadOnlySpan<byte> block)
    {
        RequireWhole();
        Invariant.Holds(_open.Count == 0, "blocks are replayed before anything is accepted");
        Invariant.Holds(WindowBlock.TryRead(block, out WindowBlock header), "a sealed block has a header");
        Invariant.Holds(header.Ledger == _options.Ledger && header.Branch == Branch, "a block belongs to the branch that reads it");
        Invariant.Holds(header.Previous == BlockHash, "a block names the one before");
        Invariant.Holds(header.Credited == _lastCredits, "a block follows the credits that its branch had got");
        Invariant.Holds(header.Beat > ClosedBeat && header.At >= SealedAt, "beats and their timestamps go up");
        BeginChange();
        _sealedWindow.Clear();
        _undo.Open(header.Beat);
        ReleaseDue(header.At);
        fixed (byte* start = block)
        {
            ListFrames(start, header);
            ExecuteWindow(start, header.At);
        }

        Invariant.Holds(_leftOut.Count == 0, "every transfer of a sealed block takes effect");
        Invariant.Holds(
            header == Header(header.Beat, header.At, header.Sequence, header.Secret, header.FramesLength),
            "a block's header follows from its transfers and the state before");
        SealedWindow window = Sealed(header, WindowBlock.HashOf(block), block: null);
        CommittedAt = header.At > CommittedAt ? header.At : CommittedAt;
        EndSealing();
        EndChange();
        return window;
    }

    private SealedWindow Sealed(in WindowBlock header, in Hash256 hash, WindowBuffer? block)
    {
        BlockHash = hash;
        SealedBeat = header.Beat;
        ClosedBeat = header.Beat;
        SealedAt = header.At;
        IssuedTotal += header.Issued;
        SealedIsCommitted = false;
        _dirty = true;
        GroupByTarget();
        _window.Branch = Branch;
        _window.Beat = header.Beat;
        _window.At = header.At;
        _window.Sequence = header.Sequence;
        _window.BlockHash = hash;
        _window.Secret = header.Secret;
        _window.WindowsRoot = header.WindowsRoot;
        _window.Leaves = (int)header.Leaves;
        _window.Issued = header.Issued;
        _window.Block = block;
        _window.Credits = _grouped.AsMemory(0, _outgoingCount);
        _window.Runs = _runs.AsMemory(0, _runCount);
        return _window;
    }

    private WindowBlock Header(BeatNumber beat, Timestamp at, TimeSequence sequence, in Hash256 secret, ulong framesLength) => new()
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
        FramesLength = framesLength,
        Issued = _issuing,
        WindowsRoot = WindowsRoot(),
        Sequence = sequence,
        Credited = _lastCredits,
    };

    private void EndSealing()
    {
        _pending.Clear();
        _takenHolds.Clear();
        _issuing = 0;
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
        int end = WindowBlock.SizeBytes + (int)header.FramesLength;
        for (int offset = WindowBlock.SizeBytes; offset < end;)
        {
            int left = end - offset;
            int length = left < FrameLayout.FrameBytesMin ? 0 : new TransferFrame(block + offset).LengthBytes;
            Invariant.Holds(
                length >= FrameLayout.FrameBytesMin && length <= left
                && FrameCheck.Check(new ReadOnlySpan<byte>(block + offset, length)).Outcome == Outcome.Pending,
                "the frames of a sealed block are well-formed");
            ListFrame(new TransferFrame(block + offset), offset);
            offset += length;
        }

        ComputeListedIds(block);
    }

    private void ComputeListedIds(byte* block)
    {
        ReadOnlySpan<WindowFrame> entries = _sealedWindow.Frames;
        byte** frames = stackalloc byte*[IdsAtOnce];
        fixed (Hash256* ids = _sealedWindow.Ids)
        {
            for (int first = 0; first < entries.Length; first += IdsAtOnce)
            {
                int count = Math.Min(IdsAtOnce, entries.Length - first);
                for (int i = 0; i < count; i++)
                {
                    frames[i] = block + entries[first + i].Offset;
                }

                TransferIds.Compute(frames, ids + first, count);
            }
        }
    }

    private void ListFrame(TransferFrame frame, int offset)
    {
        Invariant.Holds(frame.Body.Ledger == _options.Ledger, "the transfers of a sealed block are of its ledger");
        int sender = WindowFrame.NoSender;
        if (!FrameLayout.ActsOnHold(frame.Kind))
        {
            sender = _pending.FindOrAdd(frame.Body.Sender, out bool isNew);
            if (isNew)
            {
                _pending[sender].Begin(default, isSealing: false);
            }
        }

        ref WindowFrame entry = ref _sealedWindow.Add(Hash256.Zero);
        entry.GoodUntil = GoodUntil(frame);
        entry.Waiter = Waiter.Nobody;
        entry.Offset = offset;
        entry.Sender = sender;
    }

    /// <summary>Takes the left-out frames out of the block.</summary>
    private void CloseGaps(WindowBuffer buffer)
    {
        Span<WindowFrame> frames = _sealedWindow.Frames;
        int length = WindowBlock.SizeBytes;
        int kept = 0;
        int leftOut = 0;
        for (int i = 0; i < frames.Length; i++)
        {
            if (leftOut < _leftOut.Count && _leftOut[leftOut].Frame == i)
            {
                leftOut++;
                continue;
            }

            byte* frame = buffer.Data + frames[i].Offset;
            int bytes = new TransferFrame(frame).LengthBytes;
            Buffer.MemoryCopy(frame, buffer.Data + length, bytes, bytes);
            _sealedWindow.Move(i, kept++, length);
            length += bytes;
        }

        _sealedWindow.Truncate(kept);
        buffer.Truncate(length);
    }

    /// <summary>Tells those whose transfer was left out, and renumbers those who had joined a frame that moved up.</summary>
    private void AnswerLeftOut(IAnswerSink sink)
    {
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
}
