using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Actors.Ingresses;

/// <content>Turns: what waits is opened, some of it is judged, and what is judged whole goes to the branches.</content>
public sealed unsafe partial class Ingress
{
    // So many short frames stay in the second-level cache between the checks.
    private const int CheckedFramesAtOnce = 512;

    private const int SetAsideMax = 256;

    // Batches of sources that are not in good standing go behind the others, whose rounds they would cut in pieces.
    private readonly List<TransferBatch> _setAside = [];
    private bool _isTurnAsked;

    private bool MayOpen =>
        _waiting.Count != 0 && _bytesOut < _options.BytesWithBranchesMax && _batchesOut < _options.BatchesWithBranchesMax;

    // Through the mailbox, behind what has come in meanwhile: so that is opened together with what waits.
    private void AskForTurn()
    {
        if (!_isTurnAsked && (HasOpen || MayOpen))
        {
            _isTurnAsked = true;
            Self.Tell(GoOn.Instance, Self);
        }
    }

    private void TakeTurn()
    {
        if (!HasOpen)
        {
            OpenWaiting();
        }

        if (HasOpen)
        {
            Round round = NextRound();
            Check(round);
            _checked += round.Count;
            SendOnChecked();
        }

        AskForTurn();
    }

    private void OpenWaiting()
    {
        _open.Clear();
        _next = 0;
        _frameCount = 0;
        _checked = 0;
        while (_frameCount < _options.FramesPerTurn && _setAside.Count < SetAsideMax && MayOpen)
        {
            TransferBatch batch = _waiting.Dequeue();
            if (StandingOf(batch) == SourceStanding.Good)
            {
                Open(batch);
            }
            else
            {
                _setAside.Add(batch);
            }
        }

        foreach (TransferBatch batch in _setAside)
        {
            Open(batch);
        }

        _setAside.Clear();
    }

    /// <summary>Finds a batch's frames. Bytes after which no frame can be found are one more entry, malformed.</summary>
    private void Open(TransferBatch batch)
    {
        FrameWalk walk = Walk(batch);
        int entries = walk.FrameCount + (walk.End == FrameWalkEnd.Whole ? 0 : 1);
        _options.Room.Leave();
        _bytesOut += batch.LengthBytes;
        _batchesOut++;
        batch.EnsureFrames(entries);
        batch.Count = entries;
        batch.Accepted = new BatchAccepted(batch.LengthBytes);
        batch.Retrier = _options.Retrier;
        batch.Ingress = Self;
        batch.Open(entries);
        if (entries == 0)
        {
            return;
        }

        for (int i = 0; i < walk.FrameCount; i++)
        {
            batch.Offsets[i] = (int)(_frames[_frameCount + i] - batch.Frames);
        }

        if (entries > walk.FrameCount)
        {
            batch.IdSlots[walk.FrameCount] = Hash256.Zero;
            batch.AnswerSlots[walk.FrameCount] = new TransferAnswer(walk.End == FrameWalkEnd.NoRoom ? Outcome.Busy : Outcome.Malformed);
        }

        _open.Add(new OpenBatch(batch, _frameCount, walk.FrameCount));
        _frameCount += walk.FrameCount;
    }

    private FrameWalk Walk(TransferBatch batch)
    {
        while (true)
        {
            int room = Math.Min(_frames.Length - _frameCount, TransferBatch.FramesMax);
            FrameWalk walk = new(0, 0, FrameWalkEnd.NoRoom);
            if (room > 0)
            {
                fixed (byte** frames = &_frames[_frameCount])
                {
                    walk = FrameWalk.Over(batch.Frames, batch.LengthBytes, frames, room);
                }
            }

            if (walk.End != FrameWalkEnd.NoRoom || room == TransferBatch.FramesMax)
            {
                return walk;
            }

            GrowFrames();
        }
    }

    private void GrowFrames()
    {
        int size = _frames.Length * 2;
        byte*[] grown = new byte*[size];
        Array.Copy(_frames, grown, _frameCount);
        _frames = grown;
        Array.Resize(ref _outcomes, size);
        Array.Resize(ref _branches, size);
    }

    /// <summary>
    /// The next frames to be judged together: of one batch, or of several whose sources are in good standing or which are of one source. Somewhat more than a
    /// turn's frames are taken at once rather than a few left for another turn.
    /// </summary>
    private Round NextRound()
    {
        OpenBatch first = _open[_next];
        bool isVerified = first.Batch.SignaturesChecked;
        SourceStanding standing = StandingOf(first.Batch);
        bool verifies = !isVerified && standing != SourceStanding.Exhausted;
        int framesMax = verifies ? _options.FramesPerTurn : _options.CheckedFramesPerTurn;
        int end = first.End;
        for (int next = _next + 1; next < _open.Count && end - _checked < framesMax; next++)
        {
            TransferBatch batch = _open[next].Batch;
            bool isAlike = batch.SignaturesChecked == isVerified && StandingOf(batch) == standing;
            if (!isAlike || (standing != SourceStanding.Good && batch.Source != first.Batch.Source))
            {
                break;
            }

            end = _open[next].End;
        }

        int left = end - _checked;
        int count = left <= framesMax + (framesMax / 2) ? left : framesMax;
        return new Round(count, verifies ? SignatureMode.Verify : SignatureMode.VerifiedBefore, standing == SourceStanding.Exhausted);
    }

    private SourceStanding StandingOf(TransferBatch batch) =>
        batch.SignaturesChecked ? SourceStanding.Good : _budgets.StandingOf(batch.Source, Context.Clock.MonotonicTicks);

    private void Check(in Round round)
    {
        for (int done = 0; done < round.Count;)
        {
            int count = round.Mode == SignatureMode.Verify ? round.Count : Math.Min(round.Count - done, CheckedFramesAtOnce);
            Check(_checked + done, count, round);
            done += count;
        }
    }

    private void Check(int first, int count, in Round round)
    {
        Span<Outcome> outcomes = _outcomes.AsSpan(first, count);
        if (count != 0)
        {
            fixed (byte** frames = &_frames[first])
            {
                _check!.Run(frames, count, _committedAt, round.Mode, outcomes);
            }
        }

        if (round.Mode == SignatureMode.Verify)
        {
            Charge(first);
        }
        else if (round.IsHeldOff)
        {
            _options.Counters.AddHeldOff(outcomes.Count(Outcome.Pending));
            outcomes.Replace(Outcome.Pending, Outcome.Busy);
        }

        for (int next = _next; next < _open.Count && _open[next].First < first + count; next++)
        {
            OpenBatch open = _open[next];
            int start = Math.Max(first, open.First);
            int end = Math.Min(first + count, open.End);
            if (start < end)
            {
                Settle(open, start, end - start);
            }
        }
    }

    /// <summary>Each source bears its part of what bad signatures cost: as many parts as it sent of them.</summary>
    private void Charge(int first)
    {
        ReadOnlySpan<int> bad = _check!.BadFrames;
        _options.Counters.AddVerified(_check.Verified, _check.Wasted);
        if (bad.IsEmpty)
        {
            return;
        }

        long workEach = _check.Wasted / bad.Length;
        long now = Context.Clock.MonotonicTicks;
        int at = _next;
        int ofBatch = 0;
        foreach (int frame in bad)
        {
            if (first + frame < _open[at].First || first + frame >= _open[at].End)
            {
                _budgets.Charge(_open[at].Batch.Source, ofBatch * workEach, now);
                at = BatchOf(first + frame);
                ofBatch = 0;
            }

            ofBatch++;
        }

        _budgets.Charge(_open[at].Batch.Source, ofBatch * workEach, now);
    }

    // The last open batch that begins at a frame or before it, and has any.
    private int BatchOf(int frame)
    {
        int low = _next;
        int high = _open.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) >>> 1;
            (low, high) = _open[middle].First <= frame ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    /// <summary>Gives frames that passed an id and a branch, while their bytes are near; and the others their answer.</summary>
    private void Settle(in OpenBatch open, int first, int count)
    {
        TransferBatch batch = open.Batch;
        Span<Outcome> outcomes = _outcomes.AsSpan(first, count);
        int place = first - open.First;
        fixed (byte** frames = &_frames[first])
        fixed (Hash256* ids = &batch.IdSlots[place])
        {
            int passed = 0;
            for (int i = 0; i < count; i++)
            {
                if (outcomes[i] == Outcome.Pending)
                {
                    _branches[first + i] = new TransferFrame(frames[i]).Body.Sender.Prefix(_depthBits);
                    passed++;
                }
                else
                {
                    ids[i] = Hash256.Zero;
                    batch.AnswerSlots[place + i] = new TransferAnswer(outcomes[i]);
                }
            }

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

    private void SendOnChecked()
    {
        while (HasOpen && _open[_next].End <= _checked)
        {
            // It may be in other hands as soon as it is sent.
            OpenBatch open = _open[_next++];
            SendOn(open);
        }
    }

    /// <summary>Frames that are judged in one go.</summary>
    /// <param name="Count">how many, from the first that is not yet</param>
    /// <param name="Mode">whether their signatures are verified</param>
    /// <param name="IsHeldOff">what passes is answered busy: their source has cost too much</param>
    private readonly record struct Round(int Count, SignatureMode Mode, bool IsHeldOff);
}
