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

/// <summary>What an ingress needs.</summary>
public sealed record IngressOptions
{
    public required LedgerParameters Parameters { get; init; }

    /// <summary>The region through which branches are reached.</summary>
    public required IActorRef Region { get; init; }

    public required LedgerCounters Counters { get; init; }

    /// <summary>Timestamp of the last beat; expiries are measured from it.</summary>
    public required Timestamp CommittedAt { get; init; }

    /// <summary>Frames that are checked before others get the thread: 64 signatures take some 4 ms.</summary>
    public int FramesPerTurn { get; init; } = 64;

    /// <summary>As <see cref="FramesPerTurn"/>, when signatures were checked before.</summary>
    public int CheckedFramesPerTurn { get; init; } = 8_192;
}
