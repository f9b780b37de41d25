using System.CommandLine;

namespace LeitherCluster.Hosting.Commands;

/// <summary>A word that only gathers commands, such as <c>key</c>.</summary>
internal sealed class CommandGroup : Command
{
    public CommandGroup(string name, string description, params Command[] commands)
        : base(name, description)
    {
        foreach (Command command in commands)
        {
            Add(command);
        }
    }
}
