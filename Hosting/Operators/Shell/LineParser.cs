using System.Globalization;
using System.Text;
using LeitherCluster.Hosting.Operators.Contracts;

namespace LeitherCluster.Hosting.Operators.Shell;

/// <summary>
/// Reads a line of a console by what the node said of its commands: palette, command, required arguments in their order, <c>--name value</c> and
/// <c>--flag</c>; besides <c>--watch [seconds]</c> (or, of a command that streams, <c>--count lines</c>) and <c>-o json|text</c> everywhere. Double quotes keep spaces in a word.
/// </summary>
internal static class LineParser
{
    /// <summary>The most seconds between two looks of <c>--watch</c>.</summary>
    public const int WatchSMax = 3_600;

    /// <summary>Between two looks when no number is said.</summary>
    public const int WatchSDefault = 2;

    /// <summary>Reads a line.</summary>
    /// <returns>What it means; or null and what is wrong with it.</returns>
    public static (ParsedLine? Line, string Problem) Parse(IReadOnlyList<PaletteText> palettes, string text)
    {
        if (Split(text) is not { } words)
        {
            return (null, "a quote is not closed");
        }

        if (words.Count == 0)
        {
            return (null, "say a palette and a command");
        }

        if (palettes.FirstOrDefault(each => each.Name == words[0]) is not { } palette)
        {
            return (null, $"there is no palette '{words[0]}' (there are {string.Join(", ", palettes.Select(each => each.Name))})");
        }

        return words.Count > 1 && palette.Commands.FirstOrDefault(each => each.Name == words[1]) is { } command
            ? new Reading(palette.Name, command, words).Result()
            : (null, $"{palette.Name} has {string.Join(", ", palette.Commands.Select(each => each.Name))}{(words.Count > 1 ? $", not '{words[1]}'" : "")}");
    }

    /// <summary>The words of a line; null when a quote is not closed.</summary>
    public static IReadOnlyList<string>? Split(string text)
    {
        List<string> words = [];
        var word = new StringBuilder();
        bool isOpen = false;
        bool isWord = false;
        foreach (char character in text)
        {
            if (character == '"')
            {
                isOpen = !isOpen;
                isWord = true;
            }
            else if (isOpen || !char.IsWhiteSpace(character))
            {
                word.Append(character);
                isWord = true;
            }
            else if (isWord)
            {
                words.Add(word.ToString());
                word.Clear();
                isWord = false;
            }
        }

        if (isWord)
        {
            words.Add(word.ToString());
        }

        return isOpen ? null : words;
    }

    /// <summary>A line while it is read, word by word.</summary>
    private sealed class Reading(string palette, CommandText command, IReadOnlyList<string> words)
    {
        private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);
        private readonly Queue<ArgumentText> _required = new(command.Arguments.Where(argument => argument.Required));
        private int _at = 2;
        private int? _watchS;
        private int? _countMax;
        private bool? _isJson;
        private string? _problem;

        public (ParsedLine? Line, string Problem) Result()
        {
            while (_at < words.Count && _problem is null)
            {
                Take(words[_at++]);
            }

            if (_problem is null && _required.TryPeek(out ArgumentText? missing))
            {
                _problem = $"{missing.Name} is missing ({missing.Summary})";
            }

            return _problem is null
                ? (new ParsedLine(palette, command.Name, _given, _watchS, _countMax, _isJson), "")
                : (null, $"{_problem}. For example: {command.Example}");
        }

        private void Take(string word)
        {
            if (word is "-o" or "--output")
            {
                TakeFormat();
            }
            else if (word is "--watch" && !command.Streams)
            {
                TakeWatch();
            }
            else if (word is "--count" && command.Streams)
            {
                TakeCount();
            }
            else if (word.StartsWith("--", StringComparison.Ordinal))
            {
                TakeNamed(word[2..]);
            }
            else if (_required.TryDequeue(out ArgumentText? argument))
            {
                _given[argument.Name] = word;
            }
            else
            {
                _problem = $"'{word}' is one word too many";
            }
        }

        private void TakeFormat()
        {
            string? format = _at < words.Count ? words[_at++] : null;
            _isJson = format == "json";
            _problem = format is "json" or "text" ? null : "-o is followed by json or text";
        }

        private void TakeWatch()
        {
            _watchS = WatchSDefault;
            if (_at < words.Count && int.TryParse(words[_at], NumberStyles.None, CultureInfo.InvariantCulture, out int seconds))
            {
                _at++;
                _watchS = seconds;
                _problem = seconds is >= 1 and <= WatchSMax ? null : $"--watch takes 1 to {WatchSMax} seconds";
            }
        }

        private void TakeCount()
        {
            bool isNumber = int.TryParse(_at < words.Count ? words[_at++] : "", NumberStyles.None, CultureInfo.InvariantCulture, out int lines) && lines > 0;
            _countMax = lines;
            _problem = isNumber ? null : "--count is followed by a number of lines";
        }

        private void TakeNamed(string text)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? text : text[..equals];
            if (command.Arguments.FirstOrDefault(each => each.Name == name && !each.Required) is not { } argument)
            {
                _problem = $"there is no '--{name}'";
            }
            else if (argument.Kind == "flag")
            {
                _given[name] = equals < 0 ? "true" : text[(equals + 1)..];
            }
            else if (equals >= 0)
            {
                _given[name] = text[(equals + 1)..];
            }
            else if (_at < words.Count)
            {
                _given[name] = words[_at++];
            }
            else
            {
                _problem = $"--{name} is followed by a value";
            }
        }
    }
}
