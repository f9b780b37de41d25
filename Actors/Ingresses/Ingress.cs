using LeitherCluster.Actors.Gateway;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;

namespace LeitherCluster.Actors.Ingresses;

/// <summary>
/// Takes batches of frames from a node's front doors, judges every frame by what can be said without an account, computes ids, and sends each
/// branch its slice. A batch is worked on in turns, so that checking thousands of signatures holds up nobody's pulse.
/// </summary>
public sealed unsafe class Ingress : Actor
{
    private const int FramesAtFirst = 1_024;

    // So many short frames stay in the second-level cache between the checks.
    private const int FramesAtOnce = 512;

    private readonly IngressOptions _options;
    private readonly Queue<TransferBatch> _waiting = new();
    private readonly int _depthBits;

    // While a batch is checked: entry b + 1 counts the frames of branch b that passed.
    private readonly int[] _branchStarts;
    private StatelessCheck? _check;
    private byte*[] _frames = new byte*[FramesAtFirst];
    private Outcome[] _outcomes = new Outcome[FramesAtFirst];
    private uint[] _branches = new uint[FramesAtFirst];
    private TransferBatch? _batch;
    private int _frameCount;
    private int _checked;
    private int _passed;
    private int _withBranches;
    private Timestamp _committedAt;

    public Ingress(IngressOptions options)
    {
        _options = options;
        _committedAt = options.CommittedAt;
        _depthBits = options.Parameters.Bands.DepthBits;
        _branchStarts = new int[(1 << _depthBits) + 1];
    }

    protected override void PreStart()
    {
        Span<byte> seed = stackalloc byte[SignatureVerifier.SeedLength];
        Context.Chance.Fill(seed);
        _check = new StatelessCheck(_options.Parameters, seed: seed);
    }

    protected override void Receive(object message)
    {
        switch (message)
        {
            case SubmitBatch submit:
                _waiting.Enqueue(submit.Batch);
                BeginNext();
                break;
            case GoOn when _batch is not null:
                Work();
                break;
            case GoOn:
                BeginNext();
                break;
            case BatchAccepted:
                _withBranches--;
                BeginNext();
                break;
            case BeatEnded ended:
                _committedAt = ended.At;
                break;
            case LearnTime time:
                _committedAt = time.At > _committedAt ? time.At : _committedAt;
                Sender.Tell(new TimeKnown(time.Asked), Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        if (_batch is not null)
        {
            AnswerAll(_batch, Outcome.Busy);
        }

        foreach (TransferBatch batch in _waiting)
        {
            batch.RefuseUnread(Outcome.Busy);
        }
    }

    private void BeginNext()
    {
        if (_batch is not null || _withBranches == _options.BatchesWithBranchesMax || !_waiting.TryDequeue(out TransferBatch? batch))
        {
            return;
        }

        _batch = batch;
        _checked = 0;
        _passed = 0;
        Array.Clear(_branchStarts);
        Walk(batch);
        Work();
    }

    /// <summary>Finds the frames. Bytes after which no frame can be found are one more entry, malformed.</summary>
    private void Walk(TransferBatch batch)
    {
        FrameWalk walk;
        while (true)
        {
            fixed (byte** frames = _frames)
            {
                walk = FrameWalk.Over(batch.Frames, batch.LengthBytes, frames, Math.Min(_frames.Length, TransferBatch.FramesMax));
            }

            if (walk.End != FrameWalkEnd.NoRoom || _frames.Length >= TransferBatch.FramesMax)
            {
                break;
            }

            _frames = new byte*[_frames.Length * 2];
            _outcomes = new Outcome[_frames.Length];
            _branches = new uint[_frames.Length];
        }

        _frameCount = walk.FrameCount;
        int entries = walk.FrameCount + (walk.End == FrameWalkEnd.Whole ? 0 : 1);
        batch.EnsureFrames(entries);
        batch.Count = entries;
        batch.Ingress = Self;
        batch.Retrier = _options.Retrier;
        batch.Open(entries);
        for (int i = 0; i < _frameCount; i++)
        {
            batch.Offsets[i] = (int)(_frames[i] - batch.Frames);
        }

        if (entries > _frameCount)
        {
            batch.IdSlots[_frameCount] = Hash256.Zero;
            batch.AnswerSlots[_frameCount] = new TransferAnswer(walk.End == FrameWalkEnd.NoRoom ? Outcome.Busy : Outcome.Malformed);
        }
    }

    private void Work()
    {
        TransferBatch batch = _batch!;
        int turn = Math.Min(_frameCount - _checked, batch.SignaturesChecked ? _options.CheckedFramesPerTurn : _options.FramesPerTurn);
        for (int end = _checked + turn; _checked < end;)
        {
            int count = Math.Min(end - _checked, FramesAtOnce);
            Check(batch, _checked, count);
            _checked += count;
        }

        if (_checked < _frameCount)
        {
            Self.Tell(GoOn.Instance, Self);
            return;
        }

        Dispatch(batch);
        _batch = null;
        Self.Tell(GoOn.Instance, Self);
    }

    /// <summary>Judges some frames, and gives those that pass an id and a branch, while their bytes are near.</summary>
    private void Check(TransferBatch batch, int first, int count)
    {
        SignatureMode mode = batch.SignaturesChecked ? SignatureMode.VerifiedBefore : SignatureMode.Verify;
        Span<Outcome> outcomes = _outcomes.AsSpan(first, count);
        fixed (byte** frames = &_frames[first])
        fixed (Hash256* ids = &batch.IdSlots[first])
        {
            _check!.Run(frames, count, _committedAt, mode, outcomes);
            int passed = 0;
            for (int i = 0; i < count; i++)
            {
                if (outcomes[i] == Outcome.Pending)
                {
                    uint branch = new TransferFrame(frames[i]).Body.Sender.Prefix(_depthBits);
                    _branches[first + i] = branch;
                    _branchStarts[branch + 1]++;
                    passed++;
                }
                else
                {
                    ids[i] = Hash256.Zero;
                    batch.AnswerSlots[first + i] = new TransferAnswer(outcomes[i]);
                }
            }

            _passed += passed;
            if (passed == count)
            {
                TransferIds.Compute(frames, ids, count);
            }
            else
            {
                ComputePassed(frames, ids, outcomes);
            }
        }
    }

    private static void ComputePassed(byte** frames, Hash256* ids, ReadOnlySpan<Outcome> outcomes)
    {
        for (int i = 0; i < outcomes.Length; i++)
        {
            if (outcomes[i] == Outcome.Pending)
            {
                ids[i] = TransferIds.Compute(new TransferFrame(frames[i]));
            }
        }
    }

    /// <summary>Sends every branch its slice, in the order of the batch; the refused ones have their answer.</summary>
    private void Dispatch(TransferBatch batch)
    {
        _withBranches++;
        int refused = batch.Count - _passed;
        _options.Counters.AddRefused(refused);
        PartitionByBranch(batch);
        SendSlices(batch);
        batch.NoteAccepted(refused);
        batch.NoteAnswered(refused);
    }

    private void PartitionByBranch(TransferBatch batch)
    {
        int[] starts = _branchStarts;
        for (int branch = 1; branch < starts.Length; branch++)
        {
            starts[branch] += starts[branch - 1];
        }

        // While placing, a branch's entry moves from its start to its end, which is the next one's start.
        int[] order = batch.Order;
        for (int i = 0; i < _frameCount; i++)
        {
            if (_outcomes[i] == Outcome.Pending)
            {
                order[starts[_branches[i]]++] = i;
            }
        }
    }

    private void SendSlices(TransferBatch batch)
    {
        int start = 0;
        for (uint branch = 0; branch < (uint)_branchStarts.Length - 1; branch++)
        {
            int end = _branchStarts[branch];
            if (end != start)
            {
                Branches.BranchSlice slice = batch.Slice(branch);
                slice.Start = start;
                slice.Count = end - start;
                _options.Region.Tell(slice.Envelope, Self);
            }

            start = end;
        }
    }

    private static void AnswerAll(TransferBatch batch, Outcome outcome)
    {
        batch.AnswerSlots.AsSpan(0, batch.Count).Fill(new TransferAnswer(outcome));
        batch.NoteAccepted(batch.Count);
        batch.NoteAnswered(batch.Count);
    }

    private sealed record GoOn : IControlMessage
    {
        public static readonly GoOn Instance = new();
    }
}
