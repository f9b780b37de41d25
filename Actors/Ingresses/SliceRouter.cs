using LeitherCluster.Actors.Branches;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Actors.Nodes;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Actors.Ingresses;

/// <summary>
/// Carries slices to branches of other nodes and their answers back: all that gathers for one node goes as one message, again and again until it is
/// answered, and to the new owner when a branch moves. What is answered as pending because its branch stopped is sent once more, wherever the branch is then.
/// It also takes what other nodes' routers send for the branches here.
/// </summary>
/// <remarks>Bounded in frames and bytes; beyond that, frames are answered <see cref="Outcome.Busy"/>.</remarks>
public sealed partial class SliceRouter(SliceRouterOptions options) : Actor
{
    /// <summary>Frames that are with other nodes at the most, and frames of other nodes that are here at the most.</summary>
    public const int FramesMax = 1 << 18;

    /// <summary>Bytes of frames in one message at the most, unless one frame alone has more.</summary>
    public const int MessageBytesMax = 1 << 20;

    /// <summary>How long it waits for answers before it sends again.</summary>
    public static readonly TimeSpan SendAgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>How long a branch that stopped has to come back before its frames are tried again.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);

    /// <summary>For how long frames are tried again; then they are answered as pending.</summary>
    public static readonly TimeSpan RetryWithin = TimeSpan.FromSeconds(20);

    private static readonly object AgainKey = "again";
    private static readonly object RetryKey = "retry";

    private readonly List<Part> _gathered = [];
    private readonly SortedDictionary<ulong, Parcel> _sent = [];
    private readonly List<TransferBatch> _retrying = [];
    private LedgerLayout? _layout;
    private ulong _lastNumber;
    private int _framesOut;
    private bool _isFlushing;

    // Numbers of an earlier start must not be taken for this one's.
    protected override void PreStart() => _lastNumber = Context.Chance.Next(1UL << 62);

    protected override void PostStop()
    {
        foreach (Part part in _gathered.Concat(_sent.Values.SelectMany(static parcel => parcel.Parts)))
        {
            Answer(part, Outcome.Pending);
        }

        foreach (TransferBatch batch in _retrying)
        {
            batch.Complete();
        }
    }

    protected override void Receive(object message)
    {
        switch (message)
        {
            case ShardEnvelope<uint> { Message: BranchSlice slice }:
                Gather(slice);
                break;
            case ShardEnvelope<uint>:
                // A step of a pulse for a branch that has moved: the next term asks the new owner.
                break;
            case Flush:
                SendGathered();
                break;
            case FollowLayout follow:
                OnLayout(follow.Layout);
                break;
            case SlicesAccepted accepted when _sent.TryGetValue(accepted.Number, out Parcel? parcel):
                NoteAccepted(parcel);
                break;
            case SlicesAnswered answered when _sent.TryGetValue(answered.Number, out Parcel? parcel) && answered.Answers.Count == parcel.FrameCount:
                OnAnswered(parcel, answered.Answers);
                break;
            case SlicesAccepted or SlicesAnswered:
                // Of a copy, or of what went elsewhere since.
                break;
            case SendAgain:
                SendOverdueAgain();
                break;
            case RetryBatch retry:
                Retry(retry.Batch);
                break;
            case RetryNow:
                RetryAll();
                break;
            default:
                ReceiveOfOthers(message);
                break;
        }
    }

    private void Gather(BranchSlice slice)
    {
        if (_framesOut + slice.Count > FramesMax || slice.Batch.IsFromElsewhere)
        {
            slice.Release();
            return;
        }

        _framesOut += slice.Count;
        Keep(new Part(slice.Batch, slice.Branch, slice.Start, slice.Count));
    }

    private void Keep(Part part)
    {
        _gathered.Add(part);
        if (!_isFlushing)
        {
            _isFlushing = true;
            Self.Tell(Flush.Instance, Self);
        }
    }

    private void SendGathered()
    {
        _isFlushing = false;
        if (_layout is null)
        {
            return;
        }

        Part[] parts = [.. _gathered];
        _gathered.Clear();
        foreach (IGrouping<NodeId, Part> toNode in parts.GroupBy(part => _layout.Owner(part.Branch).Node))
        {
            if (toNode.Key == options.Node)
            {
                SendHome(toNode);
            }
            else
            {
                Send(toNode.Key, toNode);
            }
        }
    }

    /// <summary>The branch has come to this node meanwhile.</summary>
    private void SendHome(IEnumerable<Part> parts)
    {
        foreach (Part part in parts)
        {
            _framesOut -= part.Count;
            options.Region.Tell(new BranchSlice(part.Batch, part.Branch) { Start = part.Start, Count = part.Count }.Envelope, Self);
        }
    }

    private void Send(NodeId node, IEnumerable<Part> parts)
    {
        var parcel = new Parcel(node);
        foreach (Part part in parts)
        {
            int start = part.Start;
            int bytes = 0;
            for (int i = part.Start; i < part.Start + part.Count; i++)
            {
                int length = part.FrameLength(i);
                if (parcel.Bytes + bytes + length > MessageBytesMax && parcel.Bytes + bytes != 0)
                {
                    parcel.Add(part with { Start = start, Count = i - start }, bytes);
                    Send(parcel);
                    parcel = new Parcel(node);
                    start = i;
                    bytes = 0;
                }

                bytes += length;
            }

            parcel.Add(part with { Start = start, Count = part.Start + part.Count - start }, bytes);
        }

        Send(parcel);
    }

    private void Send(Parcel parcel)
    {
        parcel.Number = ++_lastNumber;
        parcel.SentAt = Context.Clock.MonotonicTicks;
        if (_sent.Count == 0)
        {
            Context.Timers.Start(AgainKey, SendAgain.Instance, SendAgainAfter);
        }

        _sent.Add(parcel.Number, parcel);
        options.Peer(parcel.Node).Tell(parcel.ToMessage(options.Node), Self);
    }

    private void SendOverdueAgain()
    {
        long since = Context.Clock.MonotonicTicks - SendAgainAfter.Ticks;
        foreach (Parcel parcel in _sent.Values)
        {
            if (parcel.SentAt <= since)
            {
                parcel.SentAt = Context.Clock.MonotonicTicks;
                options.Peer(parcel.Node).Tell(parcel.ToMessage(options.Node), Self);
            }
        }

        if (_sent.Count != 0)
        {
            Context.Timers.Start(AgainKey, SendAgain.Instance, SendAgainAfter);
        }
    }

    /// <summary>What went to a node that does not own it any more goes to the new owner. Its old one may have sealed it: the new one finds that.</summary>
    private void OnLayout(LedgerLayout layout)
    {
        if (layout.Version < _layout?.Version)
        {
            return;
        }

        _layout = layout;
        foreach (Parcel parcel in _sent.Values.ToArray())
        {
            if (parcel.Parts.Any(part => layout.Owner(part.Branch).Node != parcel.Node))
            {
                _sent.Remove(parcel.Number);
                parcel.Parts.ForEach(Keep);
            }
        }

        if (_gathered.Count != 0)
        {
            SendGathered();
        }
    }

    private void OnAnswered(Parcel parcel, IReadOnlyList<TransferAnswer> answers)
    {
        _sent.Remove(parcel.Number);
        _framesOut -= parcel.FrameCount;
        NoteAccepted(parcel);
        int next = 0;
        foreach (Part part in parcel.Parts)
        {
            for (int i = part.Start; i < part.Start + part.Count; i++)
            {
                TransferAnswer answer = answers[next++];
                part.Batch.AnswerSlots[part.Batch.Order[i]] = answer;
                if (answer.Outcome == Outcome.Pending)
                {
                    part.Batch.NoteUnsettled();
                }
            }

            part.Batch.NoteAnswered(part.Count);
        }
    }

    private static void NoteAccepted(Parcel parcel)
    {
        foreach (Part part in parcel.Parts)
        {
            part.NoteAccepted();
        }
    }

    private static void Answer(Part part, Outcome outcome)
    {
        for (int i = part.Start; i < part.Start + part.Count; i++)
        {
            part.Batch.AnswerSlots[part.Batch.Order[i]] = new TransferAnswer(outcome);
        }

        part.NoteAccepted();
        part.Batch.NoteAnswered(part.Count);
    }

    private void Retry(TransferBatch batch)
    {
        long now = Context.Clock.MonotonicTicks;
        batch.RetriedSinceTicks ??= now;
        if (now - batch.RetriedSinceTicks > RetryWithin.Ticks)
        {
            batch.Complete();
            return;
        }

        if (_retrying.Count == 0)
        {
            Context.Timers.Start(RetryKey, RetryNow.Instance, RetryAfter);
        }

        _retrying.Add(batch);
    }

    private void RetryAll()
    {
        TransferBatch[] batches = [.. _retrying];
        _retrying.Clear();
        foreach (TransferBatch batch in batches)
        {
            IReadOnlyList<BranchSlice> slices = batch.ReopenUnsettled(options.DepthBits);
            if (slices.Count == 0)
            {
                batch.Complete();
            }

            foreach (BranchSlice slice in slices)
            {
                options.Region.Tell(slice.Envelope, Self);
            }
        }
    }

    private sealed record Flush : IControlMessage
    {
        public static readonly Flush Instance = new();
    }

    private sealed record SendAgain : IControlMessage
    {
        public static readonly SendAgain Instance = new();
    }

    private sealed record RetryNow : IControlMessage
    {
        public static readonly RetryNow Instance = new();
    }
}

/// <summary>What a router needs.</summary>
public sealed record SliceRouterOptions
{
    /// <summary>This node.</summary>
    public required NodeId Node { get; init; }

    /// <summary>The region of this node's branches.</summary>
    public required IActorRef Region { get; init; }

    /// <summary>The router of another node.</summary>
    public required Func<NodeId, IActorRef> Peer { get; init; }

    /// <summary>Id bits that name a branch.</summary>
    public required int DepthBits { get; init; }
}
