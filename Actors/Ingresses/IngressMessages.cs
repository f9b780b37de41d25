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
/// <param name="LengthBytes">the batch's bytes; the batch itself may be in other hands by now</param>
public sealed record BatchAccepted(int LengthBytes) : IControlMessage;

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

    /// <summary>Which a batch leaves when the ingress opens it.</summary>
    public required WaitingRoom Room { get; init; }

    public required LedgerCounters Counters { get; init; }

    /// <summary>Memory for verifying signatures.</summary>
    public SignatureRoom Signatures { get; init; } = SignatureRoom.Default;

    /// <summary>Timestamp of the last beat; expiries are measured from it.</summary>
    public required Timestamp CommittedAt { get; init; }

    /// <summary>
    /// Frames that are checked before other messages get their turn, and whose signatures are verified together: those of all batches that wait, up to so
    /// many. So few are verified at a time when little comes in, and more when much does. 512 take some 2 ms.
    /// </summary>
    public int FramesPerTurn { get; init; } = 512;

    /// <summary>As <see cref="FramesPerTurn"/>, when signatures were checked before.</summary>
    public int CheckedFramesPerTurn { get; init; } = 8_192;

    /// <summary>
    /// Bytes of batches that are with the branches and not yet accepted; from there on the next batch waits here. So the branches' mailboxes stay short,
    /// and a beat never waits behind much more than these. 10 MiB by default.
    /// </summary>
    public long BytesWithBranchesMax { get; init; } = 10 << 20;

    /// <summary>Batches that are with the branches at the most. 1,024 by default.</summary>
    public int BatchesWithBranchesMax { get; init; } = 1_024;

    /// <summary>
    /// What one source's bad signatures may cost at a time, in parts that a signature has in a batch's equation, 2.5 µs on a core. 20,000 by default: 50 ms.
    /// </summary>
    public long SourceWorkMax { get; init; } = 20_000;

    /// <summary>What they may cost a second in the long run. 20,000 by default: a twentieth of a core.</summary>
    public long SourceWorkPerSecond { get; init; } = 20_000;

    /// <summary>Sources with bad signatures that are remembered at the most. 1,024 by default.</summary>
    public int SourcesMax { get; init; } = 1_024;
}
