namespace LeitherCluster.Hosting.Operators.Contracts;

/// <summary>What a node tells a console about itself, and about everything that may be asked of it.</summary>
public sealed record PaletteList(string Cluster, string Node, string Version, string Operator, IReadOnlyList<PaletteText> Palettes);
