using LeitherCluster.Actors.Branches;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Actors.Ingresses;

/// <content>What other nodes send for the branches here.</content>
public sealed partial class SliceRouter
{
    private const int FreeBatchesMax = 64;

    private readonly Dictionary<(NodeId From, ulong Number), Guest> _guests = [];
    private readonly Stack<TransferBatch> _free = new();
    private int _guestFrames;

    private void ReceiveOfOthers(object message)
    {
        switch (message)
        {
            case SlicesForwarded forwarded:
                OnForwarded(forwarded);
                break;
            case GuestAccepted accepted:
                accepted.Guest.Router.Tell(new SlicesAccepted(accepted.Guest.Number), Self);
                break;
            case GuestAnswered answered:
                OnGuestAnswered(answered.Guest);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnForwarded(SlicesForwarded forwarded)
    {
        if (_guests.TryGetValue((forwarded.From, forwarded.Number), out Guest? known))
        {
            known.Router = Sender;
            return;
        }

        if (_layout is null || forwarded.Runs.Any(run => run.Branch >= (uint)_layout.BranchCount || _layout.Owner(run.Branch).Node != options.Node))
        {
            // One of the two has another layout, and learns of the newest.
            Answer(forwarded, Outcome.Pending);
            return;
        }

        if (_guestFrames + forwarded.FrameCount > FramesMax)
        {
            Answer(forwarded, Outcome.Busy);
            return;
        }

        TransferBatch batch = _free.TryPop(out TransferBatch? free) ? free : new TransferBatch();
        var guest = new Guest(forwarded.From, forwarded.Number, batch, Sender);
        if (!batch.TryFill(forwarded, Self, new GuestAccepted(guest), new GuestAnswered(guest)))
        {
            Context.Log.Warning($"What {forwarded.From} sent on as {forwarded.FrameCount} frames is something else");
            return;
        }

        _guests.Add((guest.From, guest.Number), guest);
        _guestFrames += forwarded.FrameCount;
        int start = 0;
        foreach (SliceRun run in forwarded.Runs)
        {
            options.Region.Tell(new BranchSlice(batch, run.Branch) { Start = start, Count = run.Count }.Envelope, Self);
            start += run.Count;
        }
    }

    private void OnGuestAnswered(Guest guest)
    {
        _guests.Remove((guest.From, guest.Number));
        _guestFrames -= guest.Batch.Count;
        guest.Router.Tell(new SlicesAnswered(guest.Number, guest.Batch.Answers.ToArray()), Self);
        if (_free.Count < FreeBatchesMax)
        {
            guest.Batch.Reset();
            _free.Push(guest.Batch);
        }
    }

    private void Answer(SlicesForwarded forwarded, Outcome outcome)
    {
        var answers = new TransferAnswer[forwarded.FrameCount];
        Array.Fill(answers, new TransferAnswer(outcome));
        Sender.Tell(new SlicesAnswered(forwarded.Number, answers), Self);
    }

    private sealed class Guest(NodeId from, ulong number, TransferBatch batch, IActorRef router)
    {
        public NodeId From { get; } = from;

        public ulong Number { get; } = number;

        public TransferBatch Batch { get; } = batch;

        public IActorRef Router { get; set; } = router;
    }

    private sealed record GuestAccepted(Guest Guest) : IControlMessage;

    private sealed record GuestAnswered(Guest Guest) : IControlMessage;
}
