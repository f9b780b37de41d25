using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Operators.Contracts;

namespace LeitherCluster.Hosting.Operators.Shell;

/// <summary>Asks for a line at a terminal: shows it as it is typed, completes it, and goes through the ones before.</summary>
internal sealed class Prompt(CommandConsole console, Keyboard keyboard, string text)
{
    private const string EraseToEnd = "\u001b[K";
    private const string Bold = "\u001b[1m";
    private const string Plain = "\u001b[0m";

    /// <summary>A line; empty when it was given up; null when the console is to be left.</summary>
    public async Task<string?> ReadAsync(IReadOnlyList<PaletteText> palettes, IReadOnlyList<string> history, CancellationToken cancel)
    {
        var editor = new LineEditor(history);
        Draw(editor);
        while (await keyboard.ReadAsync(cancel).ConfigureAwait(false) is { } key)
        {
            EditResult result = editor.Apply(key);
            switch (result)
            {
                case EditResult.Complete:
                    Complete(editor, palettes);
                    break;
                case EditResult.Editing:
                    break;
                default:
                    console.Out.WriteLine(result == EditResult.Dropped ? "^C" : "");
                    return result switch
                    {
                        EditResult.Entered => editor.Text,
                        EditResult.Dropped => "",
                        _ => null,
                    };
            }

            Draw(editor);
        }

        return null;
    }

    private void Complete(LineEditor editor, IReadOnlyList<PaletteText> palettes)
    {
        (IReadOnlyList<string> words, int length) = Completer.Complete(palettes, editor.Text[..editor.Cursor]);
        if (words.Count == 0)
        {
            return;
        }

        string common = Completer.Common(words);
        if (words.Count == 1)
        {
            editor.Replace(length, common + " ");
        }
        else if (common.Length > length)
        {
            editor.Replace(length, common);
        }
        else
        {
            console.Out.WriteLine();
            WriteColumns(words);
        }
    }

    private void WriteColumns(IReadOnlyList<string> words)
    {
        int width = words.Max(word => word.Length) + 2;
        int columns = Math.Max(1, console.Width() / width);
        foreach (string[] row in words.Chunk(columns))
        {
            console.Out.WriteLine(string.Concat(row.Select(word => word.PadRight(width))).TrimEnd());
        }
    }

    // A line longer than the terminal is shown around its cursor.
    private void Draw(LineEditor editor)
    {
        int room = Math.Max(10, console.Width() - text.Length - 1);
        int start = Math.Max(0, editor.Cursor - room + 1);
        string shown = editor.Text[start..Math.Min(editor.Text.Length, start + room)];
        string prompt = console.IsColoured ? $"{Bold}{text}{Plain}" : text;
        console.Out.Write($"\r{prompt}{shown}{EraseToEnd}\r\u001b[{text.Length + editor.Cursor - start}C");
        console.Out.Flush();
    }
}
