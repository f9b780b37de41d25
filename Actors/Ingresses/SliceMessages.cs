using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Actors.Ingresses;

/// <summary>So many of the frames that were sent on, one behind the other, are for one branch.</summary>
public readonly record struct SliceRun(uint Branch, int Count);

/// <summary>
/// A node's router to another's: frames for branches that live there, checked and with their ids. Sent again until answered; the same transfer gets the
/// same answer, so that it does no harm when it comes twice.
/// </summary>
/// <param name="From">whom to answer</param>
/// <param name="Number">comes back with the answers</param>
/// <param name="Runs">how the frames are dealt out</param>
/// <param name="Frames">the frames in their wire layout, one behind the other</param>
/// <param name="Ids">their ids, 32 bytes each</param>
public sealed record SlicesForwarded(NodeId From, ulong Number, IReadOnlyList<SliceRun> Runs, ReadOnlyMemory<byte> Frames, ReadOnlyMemory<byte> Ids)
    : IControlMessage, IBulkMessage
{
    public int FrameCount => Ids.Length / Ledger.Hashing.Hash256.ByteLength;
}

/// <summary>Back: every frame is in a window or refused.</summary>
public sealed record SlicesAccepted(ulong Number) : IControlMessage, IWireMessage;

/// <summary>Back: the answers, in the order of the frames.</summary>
public sealed record SlicesAnswered(ulong Number, IReadOnlyList<TransferAnswer> Answers) : IControlMessage, IBulkMessage;

/// <summary>A batch to the router: everything is answered, but some frames only because their branch stopped; send those again.</summary>
public sealed record RetryBatch(TransferBatch Batch) : IControlMessage, IReleasable
{
    /// <summary>Nobody is there to do it: those stay pending, and may be sent again.</summary>
    public void Release() => Batch.Complete();
}
