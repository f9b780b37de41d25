namespace LeitherCluster.Hosting.Operators.Contracts;

/// <summary>A line of an answer, in JSON: exactly one of the three is there, and the last one of an answer is an end.</summary>
public sealed record OperatorEvent(OperatorDocument? Document = null, OperatorLine? Line = null, OperatorEnd? End = null);
