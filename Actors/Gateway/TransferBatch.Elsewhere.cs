using System.Runtime.InteropServices;
using LeitherCluster.Actors.Branches;
using LeitherCluster.Actors.Ingresses;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;

namespace LeitherCluster.Actors.Gateway;

/// <content>A batch over several nodes: frames that another node sent on, and frames that are tried again when their branch stopped.</content>
public sealed unsafe partial class TransferBatch
{
    private object? _answeredNote;
    private IActorRef _host = ActorRefs.Nobody;
    private volatile bool _isUnsettled;

    /// <summary>The frames are another node's, which waits for the answers.</summary>
    internal bool IsFromElsewhere => _answeredNote is not null;

    /// <summary>Told <see cref="RetryBatch"/> when everything is answered and some answers say nothing.</summary>
    internal IActorRef Retrier { get; set; } = ActorRefs.Nobody;

    /// <summary>Since when frames are tried again; null: they are not.</summary>
    internal long? RetriedSinceTicks { get; set; }

    /// <summary>Some answers say nothing of what became of their frames: the branch stopped.</summary>
    internal void NoteUnsettled() => _isUnsettled = true;

    /// <summary>Gives the batch back to whoever waits for it.</summary>
    internal void Complete()
    {
        if (_answeredNote is { } note)
        {
            _host.Tell(note);
        }
        else
        {
            _answered.TrySetResult();
        }
    }

    /// <summary>Takes in what another node sent on. False when the frames are not what they are said to be; then nothing has happened.</summary>
    internal bool TryFill(SlicesForwarded forwarded, IActorRef host, object acceptedNote, object answeredNote)
    {
        int count = forwarded.FrameCount;
        Reset();
        byte** frames = stackalloc byte*[1];
        if (count == 0 || count > FramesMax || forwarded.Runs.Any(static run => run.Count <= 0) || forwarded.Runs.Sum(static run => (long)run.Count) != count
            || forwarded.Ids.Length != count * Hash256.ByteLength || !TryAppend(forwarded.Frames.Span))
        {
            return false;
        }

        EnsureFrames(count);
        int offset = 0;
        for (int i = 0; i < count; i++)
        {
            FrameWalk walk = FrameWalk.Over(Frames + offset, LengthBytes - offset, frames, 1);
            if (walk.FrameCount != 1)
            {
                return false;
            }

            Offsets[i] = offset;
            Order[i] = i;
            offset += walk.WalkedBytes;
        }

        if (offset != LengthBytes)
        {
            return false;
        }

        MemoryMarshal.Cast<byte, Hash256>(forwarded.Ids.Span).CopyTo(IdSlots);
        Count = count;
        Ingress = _host = host;
        Accepted = acceptedNote;
        _answeredNote = answeredNote;
        Open(count);
        return true;
    }

    /// <summary>Takes back the answers that say nothing: their frames are open again, and dealt out anew.</summary>
    internal IReadOnlyList<BranchSlice> ReopenUnsettled(int depthBits)
    {
        (uint Branch, int Frame)[] open =
        [
            .. Enumerable.Range(0, Count)
                .Where(frame => AnswerSlots[frame].Outcome == Outcome.Pending)
                .Select(frame => (BranchOf(frame, depthBits), frame))
                .OrderBy(static each => each.Item1).ThenBy(static each => each.frame),
        ];
        var slices = new List<BranchSlice>();
        for (int i = 0; i < open.Length; i++)
        {
            Order[i] = open[i].Frame;
            if (i == 0 || open[i].Branch != open[i - 1].Branch)
            {
                slices.Add(new BranchSlice(this, open[i].Branch) { Start = i });
            }

            slices[^1].Count++;
        }

        _isUnsettled = false;
        Volatile.Write(ref _unaccepted, open.Length);
        Volatile.Write(ref _unanswered, open.Length);
        return slices;
    }

    private uint BranchOf(int frame, int depthBits) => new TransferFrame(Frames + Offsets[frame]).Body.Sender.Prefix(depthBits);

    private void OnAnswered()
    {
        if (_isUnsettled && Retrier != ActorRefs.Nobody)
        {
            Retrier.Tell(new RetryBatch(this));
        }
        else
        {
            Complete();
        }
    }
}
