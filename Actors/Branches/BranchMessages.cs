using LeitherCluster.Actors.Gateway;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Proofs;
using LeitherCluster.Ledger.Receipts;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Actors.Branches;

/// <summary>To a branch that is about to get another owner: store your state, if there is much behind the last snapshot, and say <see cref="ReadyToMove"/>.</summary>
/// <param name="Layout">the version under which it moves</param>
/// <param name="Ended">a beat that has ended: the credits of those before it are durable everywhere</param>
public sealed record PrepareToMove(ulong Layout, BeatNumber Ended) : IControlMessage;

/// <summary>Whoever recovers the branch now reads few blocks, or nothing can be done about it.</summary>
public sealed record ReadyToMove(ulong Layout, uint Branch) : IControlMessage;

/// <summary>
/// The frames of a batch that are for one branch: a run of the batch's order. It belongs to its batch and is used again with it.
/// </summary>
public sealed class BranchSlice : IReleasable
{
    internal BranchSlice(TransferBatch batch, uint branch)
    {
        Batch = batch;
        Branch = branch;
        Envelope = new ShardEnvelope<uint>(branch, this);
    }

    public TransferBatch Batch { get; }

    public uint Branch { get; }

    /// <summary>The slice on its way to its branch.</summary>
    public ShardEnvelope<uint> Envelope { get; }

    /// <summary>Where its run begins in the batch's order.</summary>
    public int Start { get; internal set; }

    public int Count { get; internal set; }

    /// <summary>It reaches no branch: its frames are answered <see cref="Outcome.Busy"/>, and may be sent again.</summary>
    public void Release()
    {
        for (int i = 0; i < Count; i++)
        {
            Batch.AnswerSlots[Batch.Order[Start + i]] = new TransferAnswer(Outcome.Busy);
        }

        Batch.NoteAccepted(Count);
        Batch.NoteAnswered(Count);
    }
}

/// <summary>Asks a branch to recover if it has not, and to say where it stands: <see cref="BranchStanding"/>.</summary>
/// <param name="Term">comes back with the answer</param>
public sealed record ReportStanding(Term Term) : IControlMessage;

/// <summary>Where a branch stands.</summary>
/// <param name="Epoch">under which it writes</param>
public sealed record BranchStanding(
    Term Term,
    uint Branch,
    uint Epoch,
    BeatNumber SealedBeat,
    Timestamp SealedAt,
    BeatNumber CreditedBeat,
    Hash256 BlockHash,
    Synopsis Synopsis,
    long Accounts,
    Timestamp? Deadline) : IControlMessage;

/// <summary>
/// Asks a branch for the leaf that an id's bits lead to, as of a pulse: <see cref="BranchAccount"/>. The branch is that of the id, or the one
/// whose leaf shows that there is no such account.
/// </summary>
/// <param name="Id">the account asked for</param>
/// <param name="AsOf">beat of the pulse</param>
/// <param name="Sequence">its time sequence</param>
/// <param name="Above">the path through the trunks</param>
public sealed record ReadBranchAccount(AccountId Id, BeatNumber AsOf, TimeSequence Sequence, TreePath Above) : IControlMessage, IWireMessage;

/// <summary>The account's proof, of its record or of its absence, and its holds. Null: that state is no longer to be had.</summary>
public sealed record BranchAccount(AccountProof? Proof, IReadOnlyList<Hold> Holds) : IControlMessage, IWireMessage;

/// <summary>Asks a branch for a sealed transfer: <see cref="BranchTransfer"/>.</summary>
public sealed record ReadBranchTransfer(BeatNumber Beat, uint Place) : IControlMessage, IWireMessage;

/// <summary>A sealed transfer and its path within the branch's window. Null: not to be had.</summary>
public sealed record BranchTransfer(TransferEvidence? Evidence, WindowPath? Path) : IControlMessage, IWireMessage;
