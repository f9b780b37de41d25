using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Tests.Ledger.Tree;

namespace LeitherCluster.Tests.Ledger.Hashing;

/// <summary>
/// The entry point of this assembly as a program: <c>blake3</c> runs all checks of BLAKE3 and of the tree over it and prints the path that
/// was in use and how many outputs were compared. A check that fails ends the process with its exception.
/// </summary>
internal static class PathProbe
{
    public const string Command = "blake3";
    private const int UnknownCommand = 2;

    public static int Main(string[] args)
    {
        if (args is not [Command])
        {
            return UnknownCommand;
        }

        int compared = RunAll();
        Console.WriteLine(Report(Blake3.Path, compared));
        return 0;
    }

    /// <summary>All checks that must pass on every path. Returns how many outputs were compared.</summary>
    public static int RunAll() => Blake3Checks.RunAll() + TreeChecks.RunAll();

    public static string Report(Blake3Path path, int compared) => $"{path}: {compared} outputs compared";
}
