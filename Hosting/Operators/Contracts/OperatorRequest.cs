namespace LeitherCluster.Hosting.Operators.Contracts;

/// <summary>What a command is given: texts by the arguments' names.</summary>
public sealed record OperatorRequest(IReadOnlyDictionary<string, string> Arguments);
