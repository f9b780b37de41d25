using LeitherCluster.Hosting.Operators.Palettes;

namespace LeitherCluster.Hosting.Operators;

/// <summary>
/// All commands for operators. A node tells consoles of them, and the program's own command line is made of the same.
/// </summary>
internal static class PaletteCatalog
{
    public static IReadOnlyList<Palette> All { get; } =
    [
        ClusterPalette.Palette,
        ShardingPalette.Palette,
        ActorPalette.Palette,
        LogPalette.Palette,
        PulsePalette.Palette,
        BranchPalette.Palette,
        LedgerPalette.Palette,
        JournalPalette.Palette,
    ];

    /// <summary>A command by its names; null: there is none.</summary>
    public static OperatorCommand? Find(string palette, string command) =>
        All.FirstOrDefault(each => each.Name == palette)?.Commands.FirstOrDefault(each => each.Name == command);
}
