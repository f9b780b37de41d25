using System.Text;

namespace LeitherCluster.Hosting.Operators.Shell;

/// <summary>
/// A line while it is typed: text, cursor, and the lines before it. Pure: keys come in, and what is to be done comes out. Left, Right, Home, End, Backspace and
/// Delete move and erase; Up and Down go through the lines before; Ctrl-A, E, U, K, W as in a shell.
/// </summary>
internal sealed class LineEditor(IReadOnlyList<string> history)
{
    /// <summary>Characters of a line; further ones are not taken.</summary>
    public const int LengthMax = 4_096;

    private readonly StringBuilder _text = new();
    private int _at = history.Count;
    private string _own = "";

    public string Text => _text.ToString();

    /// <summary>Where the next character goes, from 0.</summary>
    public int Cursor { get; private set; }

    /// <summary>Takes a key.</summary>
    public EditResult Apply(ConsoleKeyInfo key)
    {
        if (key.Modifiers.HasFlag(ConsoleModifiers.Control))
        {
            return ApplyControl(key.Key);
        }

        switch (key.Key)
        {
            case ConsoleKey.Enter:
                return EditResult.Entered;
            case ConsoleKey.Tab:
                return EditResult.Complete;
            case ConsoleKey.Backspace when Cursor > 0:
                _text.Remove(--Cursor, 1);
                break;
            case ConsoleKey.Delete when Cursor < _text.Length:
                _text.Remove(Cursor, 1);
                break;
            case ConsoleKey.LeftArrow:
                Cursor = Math.Max(0, Cursor - 1);
                break;
            case ConsoleKey.RightArrow:
                Cursor = Math.Min(_text.Length, Cursor + 1);
                break;
            case ConsoleKey.Home:
                Cursor = 0;
                break;
            case ConsoleKey.End:
                Cursor = _text.Length;
                break;
            case ConsoleKey.UpArrow:
                Recall(_at - 1);
                break;
            case ConsoleKey.DownArrow:
                Recall(_at + 1);
                break;
            default:
                Insert(key.KeyChar);
                break;
        }

        return EditResult.Editing;
    }

    /// <summary>Puts a word in place of the characters before the cursor.</summary>
    /// <param name="length">how many of them</param>
    /// <param name="word">what stands there instead</param>
    public void Replace(int length, string word)
    {
        if (_text.Length - length + word.Length <= LengthMax)
        {
            _text.Remove(Cursor - length, length).Insert(Cursor - length, word);
            Cursor += word.Length - length;
        }
    }

    private EditResult ApplyControl(ConsoleKey key)
    {
        switch (key)
        {
            case ConsoleKey.C:
                return EditResult.Dropped;
            case ConsoleKey.D when _text.Length == 0:
                return EditResult.Left;
            case ConsoleKey.A:
                Cursor = 0;
                break;
            case ConsoleKey.E:
                Cursor = _text.Length;
                break;
            case ConsoleKey.U:
                _text.Remove(0, Cursor);
                Cursor = 0;
                break;
            case ConsoleKey.K:
                _text.Length = Cursor;
                break;
            case ConsoleKey.W:
                int start = Text[..Cursor].TrimEnd().LastIndexOf(' ') + 1;
                _text.Remove(start, Cursor - start);
                Cursor = start;
                break;
            default:
                break;
        }

        return EditResult.Editing;
    }

    private void Insert(char character)
    {
        if (!char.IsControl(character) && _text.Length < LengthMax)
        {
            _text.Insert(Cursor++, character);
        }
    }

    private void Recall(int at)
    {
        if (at < 0 || at > history.Count)
        {
            return;
        }

        _own = _at == history.Count ? Text : _own;
        _at = at;
        _text.Clear().Append(at == history.Count ? _own : history[at]);
        Cursor = _text.Length;
    }
}
