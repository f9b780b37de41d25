using System.CommandLine;
using LeitherCluster.Hosting.Operators;
using LeitherCluster.Hosting.Operators.Contracts;

namespace LeitherCluster.Hosting.Commands.Operators;

/// <summary>The palettes as groups of the command line.</summary>
internal static class OperatorGroups
{
    /// <summary>
    /// Adds every palette's commands to the group of its name, or as a group of their own. A command that the group has already, for whoever needs no
    /// certificate, stays; the console has the other.
    /// </summary>
    public static IEnumerable<Command> With(IReadOnlyList<Command> commands)
    {
        List<Command> all = [.. commands];
        foreach (Palette palette in PaletteCatalog.All)
        {
            Command? group = all.Find(command => command.Name == palette.Name);
            if (group is null)
            {
                group = new CommandGroup(palette.Name, palette.Summary);
                all.Add(group);
            }

            foreach (CommandText command in palette.Describe(null).Commands.Where(command => group.Subcommands.All(there => there.Name != command.Name)))
            {
                group.Add(new OperatorCommandLine(palette.Name, command));
            }
        }

        return all;
    }
}
