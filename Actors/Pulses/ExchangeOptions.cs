using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Actors.Pulses;

/// <summary>Where an exchange stands.</summary>
public sealed record ExchangeOptions
{
    /// <summary>This node's name.</summary>
    public required string Node { get; init; }

    /// <summary>Branches of the ledger.</summary>
    public required int BranchCount { get; init; }

    /// <summary>The branches that live on this node.</summary>
    public required BranchSet Local { get; init; }

    /// <summary>The region through which branches are reached.</summary>
    public required IActorRef Branches { get; init; }

    /// <summary>The leaf trunk of a branch.</summary>
    public required Func<uint, IActorRef> TrunkOf { get; init; }

    /// <summary>The exchanges of the other nodes; none on a single node.</summary>
    public required IReadOnlyList<IActorRef> Peers { get; init; }

    /// <summary>This node's ingresses: told when a beat has ended, since committed time has moved.</summary>
    public required IReadOnlyList<IActorRef> Ingresses { get; init; }
}

/// <summary>A branch to its exchange: something is in its window, so it wants to seal at the next beat.</summary>
public sealed record BranchAwake(uint Branch) : IControlMessage;

/// <summary>A branch to its exchange: at the first beat after <paramref name="Due"/> it has something to do; null: nothing falls due.</summary>
public sealed record NextDeadline(uint Branch, Timestamp? Due) : IControlMessage;

/// <summary>Asks the exchange to answer <see cref="DeadlinesKnown"/>: it then knows the deadlines that the asker told it before.</summary>
public sealed record ReportDeadlinesKnown(object Asked) : IControlMessage;

/// <summary>The exchange knows them.</summary>
public sealed record DeadlinesKnown(object Asked) : IControlMessage;

/// <summary>Published while a pulse waits for the journal. Nothing is lost; it goes on when there is room.</summary>
public sealed record PulseHeld(BeatNumber Beat, JournalOutcome Outcome, string Reason);
