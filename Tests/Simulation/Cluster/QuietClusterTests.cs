using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Simulation.Clients;

namespace LeitherCluster.Tests.Simulation.Cluster;

/// <summary>Clusters to which nothing happens but what a test wants.</summary>
public sealed class QuietClusterTests
{
    [Fact]
    public void Cluster_OfThree_TransfersThroughAnyNodeAreCommitted()
    {
        using var cluster = new QuietCluster(3);
        foreach (SimulatedNode node in cluster.Nodes)
        {
            SentTransfer[] sent = cluster.Send(node, [.. Enumerable.Range(0, 8).Select(party => cluster.Maker.Issue(party, 100, cluster.Later))]);
            cluster.UntilAnswered(sent);
            Assert.All(sent, static transfer => Assert.Equal(Outcome.Committed, transfer.Answer!.Value.Outcome));
        }

        Assert.True(cluster.Witness.Pulses >= 3);
    }
}
