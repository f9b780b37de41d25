namespace LeitherCluster.Hosting.Operators.Contracts;

/// <summary>A group of commands about one thing.</summary>
public sealed record PaletteText(string Name, string Summary, IReadOnlyList<CommandText> Commands);
