using System.Text.RegularExpressions;

namespace LeitherCluster.Tests.Cluster.Networks;

/// <summary>The commands that docs/CONSOLE.md tells operators to type.</summary>
internal static partial class ConsoleDocument
{
    private const string Program = "leither ";

    /// <summary>Each command's arguments, in the document's order.</summary>
    public static IReadOnlyList<string[]> Commands()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "LeitherCluster.sln")))
        {
            root = root.Parent;
        }

        string text = File.ReadAllText(Path.Combine(root!.FullName, "docs", "CONSOLE.md"));
        return
        [
            .. ShellBlock().Matches(text)
                .SelectMany(block => block.Groups["lines"].Value.Split('\n'))
                .Where(line => line.StartsWith(Program, StringComparison.Ordinal))
                .Select(line => Word().Matches(line[Program.Length..]).Select(word => word.Value.Trim('"')).ToArray()),
        ];
    }

    [GeneratedRegex("```sh\n(?<lines>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex ShellBlock();

    [GeneratedRegex("\"[^\"]*\"|\\S+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Word();
}
