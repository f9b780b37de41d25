namespace LeitherCluster.Hosting.Commands;

/// <summary>Ends a command with an exit code and one line that says what is wrong and what to do about it.</summary>
public sealed class CommandFailedException(ExitCode exitCode, string message) : Exception(message)
{
    public ExitCode ExitCode { get; } = exitCode;
}
