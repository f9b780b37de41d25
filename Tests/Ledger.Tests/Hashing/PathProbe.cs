using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Tests.Ledger.Hashing;

/// <summary>
/// The entry point of this assembly as a program: <c>blake3</c> runs all checks of BLAKE3 and prints the path that
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

        int compared = Blake3Checks.RunAll();
        Console.WriteLine(Report(Blake3.Path, compared));
        return 0;
    }

    public static string Report(Blake3Path path, int compared) => $"{path}: {compared} outputs compared";
}
