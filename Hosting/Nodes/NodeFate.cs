using LeitherCluster.Hosting.Commands;

namespace LeitherCluster.Hosting.Nodes;

/// <summary>What becomes of a process when its node's life in a cluster is over, or is to end. Both are called from any thread.</summary>
/// <param name="End">ends the process at once, writing nothing more: an exit code, and a line that says why and what to do</param>
/// <param name="Dismiss">an operator wants the node to leave: the process is to stop in good order</param>
public sealed record NodeFate(Action<ExitCode, string> End, Action Dismiss)
{
    /// <summary>For a node that is no member of a cluster.</summary>
    public static NodeFate None { get; } = new(static (_, _) => { }, static () => { });
}
