using System.CommandLine;

namespace LeitherCluster.Hosting.Commands;

/// <summary>A command of the program: it has a description, at least one example that works, and an exit code that means something.</summary>
internal abstract class LeitherCommand : Command
{
    protected LeitherCommand(string name, string description, params string[] examples)
        : base(name, description)
    {
        Examples = examples;
    }

    /// <summary>Command lines for the help text.</summary>
    public IReadOnlyList<string> Examples { get; }

    /// <summary>Does the work. A failure that a person can do something about is a <see cref="CommandFailedException"/>.</summary>
    public abstract Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel);
}
