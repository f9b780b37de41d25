namespace LeitherCluster.LoadTests.Scenarios;

/// <summary>The plugins that a scenario may name.</summary>
internal static class PluginNames
{
    public const string Disk = "disk";
    public const string Network = "network";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Disk, Network];
}
