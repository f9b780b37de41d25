using LeitherCluster.Hosting.Operators.Contracts;

namespace LeitherCluster.Hosting.Operators.Shell;

/// <summary>What may stand where the cursor is, by what the node said of its commands.</summary>
internal static class Completer
{
    private static readonly string[] s_own = ["help", "exit"];

    /// <summary>The words that go on from what was typed, in their order; and how many characters of them are there already.</summary>
    public static (IReadOnlyList<string> Words, int Length) Complete(IReadOnlyList<PaletteText> palettes, string before)
    {
        string last = before[(before.LastIndexOf(' ') + 1)..];
        string[] words = before[..^last.Length].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] found = [.. Candidates(palettes, words).Where(word => word.StartsWith(last, StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal)];
        return (found, last.Length);
    }

    /// <summary>What all words begin with.</summary>
    public static string Common(IReadOnlyList<string> words)
    {
        string common = words[0];
        foreach (string word in words.Skip(1))
        {
            int length = 0;
            while (length < common.Length && length < word.Length && common[length] == word[length])
            {
                length++;
            }

            common = common[..length];
        }

        return common;
    }

    private static IEnumerable<string> Candidates(IReadOnlyList<PaletteText> palettes, string[] words)
    {
        if (words.Length > 0 && words[0] == "help")
        {
            words = words[1..];
            return words.Length == 0 ? palettes.Select(each => each.Name) : words.Length == 1 ? CommandsOf(palettes, words[0]) : [];
        }

        return words.Length switch
        {
            0 => palettes.Select(each => each.Name).Concat(s_own),
            1 => CommandsOf(palettes, words[0]),
            _ => palettes.FirstOrDefault(each => each.Name == words[0])?.Commands.FirstOrDefault(each => each.Name == words[1]) is { } command ? ArgumentsOf(command, words[2..]) : [],
        };
    }

    private static IEnumerable<string> CommandsOf(IReadOnlyList<PaletteText> palettes, string name) =>
        palettes.FirstOrDefault(each => each.Name == name)?.Commands.Select(each => each.Name) ?? [];

    private static IEnumerable<string> ArgumentsOf(CommandText command, string[] words)
    {
        if (words.Length > 0 && words[^1] is "-o" or "--output")
        {
            return ["json", "text"];
        }

        if (words.Length > 0 && command.Arguments.FirstOrDefault(each => $"--{each.Name}" == words[^1] && each.Kind != "flag" && !each.Required) is { } open)
        {
            return open.Choices ?? [];
        }

        IEnumerable<string> options = command.Arguments.Where(each => !each.Required).Select(each => $"--{each.Name}").Concat(command.Streams ? ["--count", "-o"] : ["--watch", "-o"]).Except(words);
        return command.Arguments.Where(each => each.Required).ElementAtOrDefault(PlacesTaken(command, words)) is { } next ? (next.Choices ?? []).Concat(options) : options;
    }

    // Words that are no option and no option's value.
    private static int PlacesTaken(CommandText command, string[] words)
    {
        int taken = 0;
        for (int i = 0; i < words.Length; i++)
        {
            if (!words[i].StartsWith('-'))
            {
                taken++;
            }
            else if (words[i] is "-o" or "--output" or "--count" || command.Arguments.Any(each => $"--{each.Name}" == words[i] && each.Kind != "flag"))
            {
                i++;
            }
        }

        return taken;
    }
}
