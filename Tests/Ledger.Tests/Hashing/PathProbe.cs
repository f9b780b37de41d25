using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Signatures;
using LeitherCluster.Tests.Ledger.Signatures;
using LeitherCluster.Tests.Ledger.Tree;

namespace LeitherCluster.Tests.Ledger.Hashing;

/// <summary>
/// The entry point of this assembly as a program: <c>blake3</c> runs all checks of BLAKE3 and of the tree over it, <c>signatures</c> those of Ed25519; it
/// prints the path that was in use and how many outputs were compared. A check that fails ends the process with its exception.
/// </summary>
internal static class PathProbe
{
    public const string Command = "blake3";
    public const string SignatureCommand = "signatures";
    private const int UnknownCommand = 2;

    public static int Main(string[] args)
    {
        string? report = args switch
        {
            [Command] => Report(Blake3.Path, RunAll()),
            [SignatureCommand] => Report(BatchVerifier.Path, SignatureChecks.RunAll()),
            _ => null,
        };
        Console.WriteLine(report);
        return report == null ? UnknownCommand : 0;
    }

    /// <summary>All checks of hashing that must pass on every path. Returns how many outputs were compared.</summary>
    public static int RunAll() => Blake3Checks.RunAll() + TreeChecks.RunAll();

    public static string Report(Enum path, int compared) => $"{path}: {compared} outputs compared";
}
