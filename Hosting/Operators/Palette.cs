using LeitherCluster.Hosting.Operators.Contracts;

namespace LeitherCluster.Hosting.Operators;

/// <summary>A group of operators' commands about one thing.</summary>
internal sealed class Palette(string name, string summary, params OperatorCommand[] commands)
{
    public string Name { get; } = name;

    public string Summary { get; } = summary;

    public IReadOnlyList<OperatorCommand> Commands { get; } = commands;

    /// <summary>As a console learns it.</summary>
    public PaletteText Describe(OperatorServices? services) => new(Name, Summary, [.. Commands.Select(command => command.Describe(services))]);
}
