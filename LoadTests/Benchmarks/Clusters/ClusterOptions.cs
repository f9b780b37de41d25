using System.CommandLine;

namespace LeitherCluster.LoadTests.Benchmarks.Clusters;

/// <summary>What the benchmarks of networks have in common.</summary>
internal static class ClusterOptions
{
    public static readonly Option<int> Parties = new("--accounts") { Description = "How many accounts pay each other.", DefaultValueFactory = _ => 10_000 };

    public static readonly Option<int> Cycle = new("--cycle") { Description = "The pulse cycle of the networks, in ms.", DefaultValueFactory = _ => 1_000 };

    public static readonly Option<int> Bundles = new("--request-bundles") { Description = "Bundles in one request to a network.", DefaultValueFactory = _ => 20 };

    public static readonly Option<int> UnderWay = new("--under-way") { Description = "Requests to a network under way at a time.", DefaultValueFactory = _ => 192 };
}
