using LeitherCluster.Hosting.Operators.Contracts;

namespace LeitherCluster.Tests.Hosting.Operators;

/// <summary>What some node says of its commands.</summary>
internal static class Samples
{
    public static IReadOnlyList<PaletteText> Palettes { get; } =
    [
        new PaletteText("sharding", "What is where.", [
            new CommandText("move", "Move it.", "sharding move branch-1 n2", true, false, [
                new ArgumentText("shard", "which", "text", true),
                new ArgumentText("node", "where to", "text", true, null, ["n1", "n2"]),
                new ArgumentText("wait", "how long", "number", false, "20"),
            ]),
            new CommandText("list", "Show it.", "sharding list", false, false, [
                new ArgumentText("node", "only that", "text", false, null, ["n1", "n2"]),
                new ArgumentText("all", "everything", "flag", false),
            ]),
            new CommandText("tail", "Follow it.", "sharding tail", false, true, []),
        ]),
        new PaletteText("shop", "Of an application.", [new CommandText("show", "Show it.", "shop show", false, false, [])]),
    ];
}
