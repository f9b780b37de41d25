using System.Globalization;

namespace LeitherCluster.Hosting.Operators;

/// <summary>One run of an operator's command: what it was given, who asked, and the node that it runs on.</summary>
internal sealed class OperatorCall(string palette, OperatorCommand command, IReadOnlyDictionary<string, string> given, string @operator, OperatorServices services)
{
    /// <summary>The palette that the command is of.</summary>
    public string Palette { get; } = palette;

    /// <summary>The command's name.</summary>
    public string Command { get; } = command.Name;

    /// <summary>What was given, by the arguments' names.</summary>
    public IReadOnlyDictionary<string, string> Given { get; } = given;

    /// <summary>The name in the certificate of whoever asked; for a question from another node, whom that one asks for.</summary>
    public string Operator { get; } = @operator;

    public OperatorServices Services { get; } = services;

    /// <summary>An argument's text, or its default; null when it has neither.</summary>
    public string? Text(string name) => Given.GetValueOrDefault(name) ?? Argument(name).Default;

    /// <summary>The text of an argument that must be given or has a default.</summary>
    public string Required(string name) => Text(name) ?? throw new InvalidOperationException($"{name} is neither given nor has a default");

    public long Number(string name) => long.Parse(Required(name), NumberStyles.None, CultureInfo.InvariantCulture);

    public bool Flag(string name) => Text(name) is "true";

    private OperatorArgument Argument(string name) => command.Arguments.Single(argument => argument.Name == name);
}
