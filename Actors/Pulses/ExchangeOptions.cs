using LeitherCluster.Actors.Branches;
using LeitherCluster.Actors.Nodes;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Actors.Pulses;

/// <summary>Where an exchange stands.</summary>
public sealed record ExchangeOptions
{
    /// <summary>This node.</summary>
    public required NodeId Node { get; init; }

    /// <summary>Branches of the ledger.</summary>
    public required int BranchCount { get; init; }

    /// <summary>The region through which branches are reached.</summary>
    public required IActorRef Branches { get; init; }

    /// <summary>The leaf trunk of a branch, when the trunks live on this node and there is no other.</summary>
    public required Func<uint, IActorRef> TrunkOf { get; init; }

    /// <summary>The exchange of another node.</summary>
    public required Func<NodeId, IActorRef> Peer { get; init; }

    /// <summary>Told when a report of this node was confirmed by the end of its beat.</summary>
    public required Freshness Freshness { get; init; }

    /// <summary>This node's ingresses: told when a beat has ended, since committed time has moved.</summary>
    public required IReadOnlyList<IActorRef> Ingresses { get; init; }
}

/// <summary>The guardian to the exchange: these branches live here from now on; those that do not are to stop.</summary>
public sealed record FollowLayout(LedgerLayout Layout) : IControlMessage;

/// <summary>The guardian to the exchange: a term begins. It answers <see cref="ExchangeJoined"/> when all its branches stand and all they wrote is durable.</summary>
/// <param name="Last">the last statement; null before the first</param>
public sealed record EnterTerm(Term Term, LedgerLayout Layout, SignedStatement? Last) : IControlMessage;

/// <summary>The exchange to the guardian: whatever the branches of this node ever wrote is durable, and this is where they stand.</summary>
public sealed record ExchangeJoined(Term Term, IReadOnlyList<BranchStanding> Branches) : IControlMessage;

/// <summary>A branch to its exchange: something is in its window, so it wants to seal at the next beat.</summary>
public sealed record BranchAwake(uint Branch) : IControlMessage;

/// <summary>A branch to its exchange: at the first beat after <paramref name="Due"/> it has something to do; null: nothing falls due.</summary>
public sealed record NextDeadline(uint Branch, Timestamp? Due) : IControlMessage;

/// <summary>Published while a pulse waits for the journal. Nothing is lost; it goes on when there is room.</summary>
public sealed record PulseHeld(BeatNumber Beat, JournalOutcome Outcome, string Reason);

/// <summary>Two copies of a branch's sections for one beat come from different blocks: one of them is forged or corrupt, and the ledger stops.</summary>
public sealed class SectionsConflictException(BeatNumber beat, uint source)
    : Exception($"Branch {source} offered sections of two different blocks for beat {beat}.");
