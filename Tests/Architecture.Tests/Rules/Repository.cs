namespace LeitherCluster.Tests.Architecture.Rules;

/// <summary>The files that this was built from.</summary>
internal static class Repository
{
    /// <summary>Folders, and in a work tree beside another one a file, that nobody wrote.</summary>
    private static readonly string[] s_made = [".git", ".vs", "bin", "obj", "artifacts", "TestResults", "data"];

    public static string Root { get; } = FindRoot();

    /// <summary>Paths, from the root, of the files with one of these extensions, or of all.</summary>
    public static IReadOnlyList<string> Files(params string[] extensions) =>
    [
        .. FilesUnder(Root)
            .Where(file => extensions.Length == 0 || extensions.Contains(Path.GetExtension(file), StringComparer.Ordinal))
            .Select(file => Path.GetRelativePath(Root, file))
            .Order(StringComparer.Ordinal),
    ];

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static IEnumerable<string> FilesUnder(string folder) =>
        Directory.EnumerateFiles(folder).Where(file => !s_made.Contains(Path.GetFileName(file), StringComparer.Ordinal)).Concat(Directory.EnumerateDirectories(folder)
            .Where(inner => !s_made.Contains(Path.GetFileName(inner), StringComparer.Ordinal))
            .SelectMany(FilesUnder));

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder != null && !File.Exists(Path.Combine(folder, "LeitherCluster.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new DirectoryNotFoundException($"No LeitherCluster.sln above {AppContext.BaseDirectory}.");
    }
}
