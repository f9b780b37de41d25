using System.CommandLine;

namespace LeitherCluster.Hosting.Commands;

/// <summary>The commands of the program, in the order of its help.</summary>
internal static class CommandCatalog
{
    public static IEnumerable<Command> All() =>
    [
    ];
}
