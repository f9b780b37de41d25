using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Simulation.Cluster;

/// <summary>What a seed draws for its cluster.</summary>
/// <param name="Ledger">the ledger's shape, sizes and times</param>
/// <param name="NodeCount">3 to 7</param>
internal sealed record ClusterScenario(Scenario Ledger, int NodeCount)
{
    private static readonly TreeBands[] s_bands = [Bands(2), Bands(3), Bands(1, 1), Bands(1, 2), Bands(2, 1), Bands(4), Bands(2, 2)];

    public static ClusterScenario Of(ulong seed)
    {
        var chance = new SimulatedChance(seed ^ 0xC105_7E40_0000_0000);
        Scenario plain = Scenario.Of(seed);
        TreeBands bands = s_bands[chance.Next((ulong)s_bands.Length)];
        int[] translucencies = [0, 1, bands.DepthBits, 160];
        Scenario ledger = plain with
        {
            Parameters = plain.Parameters with { Bands = bands, Translucency = translucencies[chance.Next((ulong)translucencies.Length)] },
        };
        return new ClusterScenario(ledger, (int)chance.Between(3, 7));
    }

    private static TreeBands Bands(params ReadOnlySpan<byte> bits) =>
        TreeBands.TryCreate(bits, out TreeBands bands) ? bands : throw new ArgumentException("No bands", nameof(bits));
}
