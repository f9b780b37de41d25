namespace LeitherCluster.Hosting.Operators.Contracts;

/// <summary>A command of a palette. <c>changes</c>: it is recorded with who asked for it; <c>streams</c>: it answers with lines until it is left.</summary>
public sealed record CommandText(string Name, string Summary, string Example, bool Changes, bool Streams, IReadOnlyList<ArgumentText> Arguments);
