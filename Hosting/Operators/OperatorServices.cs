using LeitherCluster.Actors.Gateway;
using LeitherCluster.Hosting.Clusters;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Hosting.Joining;
using LeitherCluster.Persistence.PostgreSql.Operations;
using LeitherCluster.Runtime;

namespace LeitherCluster.Hosting.Operators;

/// <summary>What operators' commands stand on: one node of a cluster.</summary>
internal sealed record OperatorServices
{
    public required ClusterMember Member { get; init; }

    public required ILedgerGateway Gateway { get; init; }

    public required IActorSystem System { get; init; }

    public required NodeOptions Options { get; init; }

    /// <summary>Lets nodes in.</summary>
    public required JoinDesk Joining { get; init; }

    /// <summary>Where what operators change is recorded.</summary>
    public required PostgresOperationLog Operations { get; init; }

    /// <summary>The newest lines of this node's log.</summary>
    public required Logs.LogRing Log { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Measures the node.</summary>
    public required Telemetry.NodeMeter Meter { get; init; }
}
