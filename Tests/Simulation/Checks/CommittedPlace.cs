using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Simulation.Checks;

/// <summary>Where a frame took effect.</summary>
/// <param name="Sequence">n</param>
/// <param name="Branch">the branch that sealed it</param>
/// <param name="Place">place of its first leaf</param>
/// <param name="At">timestamp of the beat</param>
/// <param name="Leaves">ids of its leaves: its own, or those of its items</param>
/// <param name="Parties">the receiver of each leaf, and last the sender</param>
internal sealed record CommittedPlace(TimeSequence Sequence, uint Branch, uint Place, Timestamp At, Hash256[] Leaves, AccountId[] Parties)
{
    /// <summary>When the statement was known to be durable, in ticks of the run.</summary>
    public long KnownSinceTicks { get; init; }

    public TransferAnswer Answer => new(Sequence, Branch, Place, Outcome.Committed);
}
