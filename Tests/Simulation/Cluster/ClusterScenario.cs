using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Simulation.Cluster;

/// <summary>What a seed draws for its cluster.</summary>
/// <param name="Ledger">the ledger's shape, sizes and times</param>
/// <param name="NodeCount">3 to 7; where the journal is spread 1 to 4</param>
/// <param name="Parts">so many databases hold the journal</param>
/// <param name="PartMissed">how many of the groups that go to several of them miss one</param>
internal sealed record ClusterScenario(Scenario Ledger, int NodeCount, int Parts = 1, double PartMissed = 0)
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

    /// <summary>The same over fewer nodes, a single one too, whose journal is in several databases.</summary>
    public static ClusterScenario Spread(ulong seed)
    {
        var chance = new SimulatedChance(seed ^ 0x59EA_D000_0000_0000);
        ClusterScenario plain = Of(seed);
        return plain with { NodeCount = (int)chance.Between(1, 4), Parts = (int)chance.Between(2, 3), PartMissed = chance.Hits(0.5) ? 0.04 : 0.3 };
    }

    private static TreeBands Bands(params ReadOnlySpan<byte> bits) =>
        TreeBands.TryCreate(bits, out TreeBands bands) ? bands : throw new ArgumentException("No bands", nameof(bits));
}
