namespace LeitherCluster.Hosting.Operators.Contracts;

/// <summary>How a command ended: an exit code of the program's, and for people why.</summary>
public sealed record OperatorEnd(int ExitCode, string? Text = null);
