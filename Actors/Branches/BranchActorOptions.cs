using LeitherCluster.Actors.Nodes;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Runtime;

namespace LeitherCluster.Actors.Branches;

/// <summary>What the actor of a branch needs.</summary>
public sealed record BranchActorOptions
{
    /// <summary>The branch and its bounds.</summary>
    public required BranchOptions Ledger { get; init; }

    /// <summary>Signs the branch's blocks: the certificate of a committee of one.</summary>
    public required PrivateKey Bookkeeper { get; init; }

    /// <summary>The epoch under which this node writes.</summary>
    public required uint Epoch { get; init; }

    /// <summary>This node's exchange.</summary>
    public required IActorRef Exchange { get; init; }

    /// <summary>Keeps the places of sealed transfers.</summary>
    public required IActorRef Places { get; init; }

    public required LedgerCounters Counters { get; init; }

    /// <summary>Whether this node may refuse by what it knows.</summary>
    public required Freshness Freshness { get; init; }

    /// <summary>A snapshot is taken after so many pulses that touched the branch. 64 by default.</summary>
    public int PulsesPerSnapshot { get; init; } = 64;
}
