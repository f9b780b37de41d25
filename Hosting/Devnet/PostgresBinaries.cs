using System.Globalization;
using LeitherCluster.Hosting.Commands;

namespace LeitherCluster.Hosting.Devnet;

/// <summary>The programs of an installed PostgreSQL server.</summary>
public static class PostgresBinaries
{
    /// <summary>Names their folder where they are found neither on the path nor where Debian puts them.</summary>
    public const string FolderVariable = "LEITHER_POSTGRES_BIN";

    // Debian's folder has one a version; the newest is taken.
    private const string DebianFolder = "/usr/lib/postgresql";

    private static readonly string[] s_needed = ["initdb", "pg_ctl", "postgres"];

    /// <summary>The folder that has them.</summary>
    /// <param name="environment">looks up an environment variable</param>
    /// <exception cref="CommandFailedException">They are not installed.</exception>
    public static string Find(Func<string, string?> environment) => Find(environment, DebianFolder);

    internal static string Find(Func<string, string?> environment, string debianFolder)
    {
        if (environment(FolderVariable) is { } named)
        {
            return HasAll(named) ? named : throw new CommandFailedException(ExitCode.BadInput, $"{FolderVariable} names {named}, which lacks one of {string.Join(", ", s_needed)}.");
        }

        return OnPath(environment).Concat(OfDebian(debianFolder)).FirstOrDefault(HasAll)
            ?? throw new CommandFailedException(
                ExitCode.BadInput,
                $"PostgreSQL's server is not installed. Install it (on Debian and Ubuntu: apt-get install postgresql), or name the folder of {string.Join(", ", s_needed)} in {FolderVariable}.");
    }

    private static string[] OnPath(Func<string, string?> environment) =>
        (environment("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<string> OfDebian(string folder) => Directory.Exists(folder)
        ? Directory.GetDirectories(folder).OrderByDescending(VersionOf).Select(folder => Path.Combine(folder, "bin"))
        : [];

    private static int VersionOf(string folder) =>
        int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int version) ? version : 0;

    private static bool HasAll(string folder) => s_needed.All(program => File.Exists(Path.Combine(folder, program)));
}
