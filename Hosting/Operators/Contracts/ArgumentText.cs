namespace LeitherCluster.Hosting.Operators.Contracts;

/// <summary>
/// An argument of an operator's command. A required one stands on the line in its place, any other one as <c>--name value</c>, a flag as <c>--name</c>.
/// <c>kind</c> is text, number or flag; <c>choices</c> are values that make sense now, for completion, and null when nobody knows.
/// </summary>
public sealed record ArgumentText(string Name, string Summary, string Kind, bool Required, string? Default = null, IReadOnlyList<string>? Choices = null);
