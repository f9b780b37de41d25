using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;

namespace LeitherCluster.Actors.Ingresses;

/// <summary>A front door hands a batch over. Refused by a full mailbox: nothing was taken.</summary>
public sealed record SubmitBatch(TransferBatch Batch) : IReleasable
{
    /// <summary>The ingress is gone: every frame is answered <see cref="Outcome.Busy"/>, and may be sent again.</summary>
    public void Release() => Batch.RefuseUnread(Outcome.Busy);
}

/// <summary>The last of the branches to its ingress: every frame of a batch that it sent on is in a window or refused.</summary>
public sealed record BatchAccepted : IControlMessage
{
    public static readonly BatchAccepted Instance = new();
}

/// <summary>Tells an ingress the time of the first beat, and asks it to answer <see cref="TimeKnown"/>.</summary>
/// <param name="Asked">comes back with the answer</param>
public sealed record LearnTime(Timestamp At, object Asked) : IControlMessage;

/// <summary>The ingress knows the time: whatever is submitted from now on is measured by it.</summary>
public sealed record TimeKnown(object Asked) : IControlMessage;

/// <summary>What an ingress needs.</summary>
public sealed record IngressOptions
{
    public required LedgerParameters Parameters { get; init; }

    /// <summary>The region through which branches are reached.</summary>
    public required IActorRef Region { get; init; }

    /// <summary>Tries frames again whose branch stopped; nobody on a single node, where they are answered as pending.</summary>
    public IActorRef Retrier { get; init; } = ActorRefs.Nobody;

    public required LedgerCounters Counters { get; init; }

    /// <summary>Timestamp of the last beat; expiries are measured from it.</summary>
    public required Timestamp CommittedAt { get; init; }

    /// <summary>Frames that are checked before others get the thread. Their signatures are verified together: 512 take some 5 ms.</summary>
    public int FramesPerTurn { get; init; } = 512;

    /// <summary>As <see cref="FramesPerTurn"/>, when signatures were checked before.</summary>
    public int CheckedFramesPerTurn { get; init; } = 8_192;

    /// <summary>
    /// Batches that are with the branches and not yet accepted, at the most; the next one waits here. So the branches' mailboxes stay short,
    /// and a beat never waits behind more than these. 4 by default.
    /// </summary>
    public int BatchesWithBranchesMax { get; init; } = 4;
}
