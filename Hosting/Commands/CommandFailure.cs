namespace LeitherCluster.Hosting.Commands;

/// <summary>How a failed command with <c>-o json</c> says so, on the error stream.</summary>
internal sealed record CommandFailure(string Error, int ExitCode);
