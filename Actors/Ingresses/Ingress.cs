using LeitherCluster.Actors.Gateway;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
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

    private readonly IngressOptions _options;
    private readonly StatelessCheck _check;
    private readonly Queue<TransferBatch> _waiting = new();
    private readonly int _depthBits;
    private readonly int[] _branchCounts;
    private byte*[] _frames = new byte*[FramesAtFirst];
    private Outcome[] _outcomes = new Outcome[FramesAtFirst];
    private TransferBatch? _batch;
    private int _frameCount;
    private int _checked;
    private int _withBranches;
    private Timestamp _committedAt;

    public Ingress(IngressOptions options)
    {
        _options = options;
        _check = new StatelessCheck(options.Parameters);
        _committedAt = options.CommittedAt;
        _depthBits = options.Parameters.Bands.DepthBits;
        _branchCounts = new int[(1 << _depthBits) + 1];
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
        }

        _frameCount = walk.FrameCount;
        int entries = walk.FrameCount + (walk.End == FrameWalkEnd.Whole ? 0 : 1);
        batch.EnsureFrames(entries);
        batch.Count = entries;
        batch.Ingress = Self;
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
        SignatureMode mode = batch.SignaturesChecked ? SignatureMode.VerifiedBefore : SignatureMode.Verify;
        int turn = Math.Min(_frameCount - _checked, batch.SignaturesChecked ? _options.CheckedFramesPerTurn : _options.FramesPerTurn);
        fixed (byte** frames = _frames)
        {
            _check.Run(frames + _checked, turn, _committedAt, mode, _outcomes.AsSpan(_checked, turn));
        }

        _checked += turn;
        if (_checked < _frameCount)
        {
            Self.Tell(GoOn.Instance, Self);
            return;
        }

        Dispatch(batch);
        _batch = null;
        Self.Tell(GoOn.Instance, Self);
    }

    /// <summary>Refuses what was judged, gives the rest ids, and sends every branch its slice, in the order of the batch.</summary>
    private void Dispatch(TransferBatch batch)
    {
        _withBranches++;
        int entries = batch.Count;
        int passed = Judge(batch);
        int refused = entries - passed;
        _options.Counters.AddRefused(refused);
        PartitionByBranch(batch);
        SendSlices(batch);
        batch.NoteAccepted(refused);
        batch.NoteAnswered(refused);
    }

    private int Judge(TransferBatch batch)
    {
        int passed = 0;
        for (int i = 0; i < _frameCount; i++)
        {
            if (_outcomes[i] == Outcome.Pending)
            {
                passed++;
            }
            else
            {
                batch.IdSlots[i] = Hash256.Zero;
                batch.AnswerSlots[i] = new TransferAnswer(_outcomes[i]);
            }
        }

        fixed (byte** frames = _frames)
        fixed (Hash256* ids = batch.IdSlots)
        {
            if (passed == _frameCount)
            {
                TransferIds.Compute(frames, ids, _frameCount);
            }
            else
            {
                ComputePassed(frames, ids);
            }
        }

        return passed;
    }

    private void ComputePassed(byte** frames, Hash256* ids)
    {
        for (int i = 0; i < _frameCount; i++)
        {
            if (_outcomes[i] == Outcome.Pending)
            {
                ids[i] = TransferIds.Compute(new TransferFrame(frames[i]));
            }
        }
    }

    private void PartitionByBranch(TransferBatch batch)
    {
        int[] starts = _branchCounts;
        Array.Clear(starts);
        for (int i = 0; i < _frameCount; i++)
        {
            if (_outcomes[i] == Outcome.Pending)
            {
                starts[BranchOf(i) + 1]++;
            }
        }

        for (int branch = 1; branch < starts.Length; branch++)
        {
            starts[branch] += starts[branch - 1];
        }

        // While placing, a branch's entry moves from its start to its end, which is the next one's start.
        for (int i = 0; i < _frameCount; i++)
        {
            if (_outcomes[i] == Outcome.Pending)
            {
                batch.Order[starts[BranchOf(i)]++] = i;
            }
        }
    }

    private void SendSlices(TransferBatch batch)
    {
        int start = 0;
        for (uint branch = 0; branch < (uint)_branchCounts.Length - 1; branch++)
        {
            int end = _branchCounts[branch];
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

    private uint BranchOf(int frame) => new TransferFrame(_frames[frame]).Body.Sender.Prefix(_depthBits);

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
