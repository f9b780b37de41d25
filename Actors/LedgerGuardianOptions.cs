using LeitherCluster.Actors.Nodes;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Actors;

/// <summary>What a ledger's guardian needs.</summary>
public sealed record LedgerGuardianOptions
{
    public required LedgerOptions Ledger { get; init; }

    public required LedgerBoard Board { get; init; }

    /// <summary>This life of this node.</summary>
    public required NodeId Self { get; init; }

    /// <summary>Everything lives here, at one version for ever; null in a cluster.</summary>
    public LedgerLayout? Alone { get; init; }

    /// <summary>The node's place in its cluster; null when it has none.</summary>
    public ClusterSeat? Seat { get; init; }
}
