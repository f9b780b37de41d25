using System.CommandLine;
using LeitherCluster.Hosting.Commands.Keys;

namespace LeitherCluster.Hosting.Commands;

/// <summary>The commands of the program, in the order of its help.</summary>
internal static class CommandCatalog
{
    public static IEnumerable<Command> All() =>
    [
        new CommandGroup("key", "Keys and key files.", new KeyNewCommand(), new KeyShowCommand(), new KeyEncryptCommand()),
    ];
}
