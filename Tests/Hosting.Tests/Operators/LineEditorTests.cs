using LeitherCluster.Hosting.Operators.Shell;

namespace LeitherCluster.Tests.Hosting.Operators;

public sealed class LineEditorTests
{
    private static readonly string[] s_before = ["cluster show", "log tail"];

    [Fact]
    public void Apply_Characters_StandWhereTheCursorIs()
    {
        LineEditor editor = Typed("custer");
        Press(editor, ConsoleKey.Home, ConsoleKey.RightArrow);
        Type(editor, "l");

        Assert.Equal(("cluster", 2), (editor.Text, editor.Cursor));
    }

    [Fact]
    public void Apply_ErasingKeys_EraseBeforeAndAfterTheCursor()
    {
        LineEditor editor = Typed("abcd");
        Press(editor, ConsoleKey.Backspace, ConsoleKey.Home, ConsoleKey.Backspace, ConsoleKey.Delete);

        Assert.Equal(("bc", 0), (editor.Text, editor.Cursor));
    }

    [Fact]
    public void Apply_UpAndDown_GoThroughTheLinesBeforeAndBack()
    {
        LineEditor editor = Typed("own");
        var seen = new List<string>();
        foreach (ConsoleKey key in new[] { ConsoleKey.UpArrow, ConsoleKey.UpArrow, ConsoleKey.UpArrow, ConsoleKey.DownArrow, ConsoleKey.DownArrow, ConsoleKey.DownArrow })
        {
            Press(editor, key);
            seen.Add(editor.Text);
        }

        Assert.Equal(["log tail", "cluster show", "cluster show", "log tail", "own", "own"], seen);
    }

    [Fact]
    public void Apply_ControlKeys_WorkAsInAShell()
    {
        LineEditor editor = Typed("log show --last 5");
        Control(editor, ConsoleKey.W);
        Assert.Equal("log show --last ", editor.Text);
        Control(editor, ConsoleKey.A);
        Control(editor, ConsoleKey.K);
        Assert.Equal("", editor.Text);
        Assert.Equal(EditResult.Left, Control(editor, ConsoleKey.D));
    }

    [Fact]
    public void Apply_KeysThatEndIt_SayHow()
    {
        LineEditor editor = Typed("x");

        Assert.Equal(EditResult.Editing, Control(editor, ConsoleKey.D));
        Assert.Equal(EditResult.Dropped, Control(editor, ConsoleKey.C));
        Assert.Equal(EditResult.Complete, editor.Apply(Key(ConsoleKey.Tab)));
        Assert.Equal(EditResult.Entered, editor.Apply(Key(ConsoleKey.Enter)));
    }

    [Fact]
    public void Apply_MoreThanALineHolds_IsNotTaken()
    {
        LineEditor editor = Typed(new string('x', LineEditor.LengthMax + 5));

        Assert.Equal(LineEditor.LengthMax, editor.Text.Length);
    }

    [Fact]
    public void Replace_WordBeforeTheCursor_LeavesWhatFollows()
    {
        LineEditor editor = Typed("cluster sh --watch");
        for (int i = 0; i < " --watch".Length; i++)
        {
            Press(editor, ConsoleKey.LeftArrow);
        }

        editor.Replace(2, "show");

        Assert.Equal(("cluster show --watch", "cluster show".Length), (editor.Text, editor.Cursor));
    }

    private static LineEditor Typed(string text)
    {
        var editor = new LineEditor(s_before);
        Type(editor, text);
        return editor;
    }

    private static void Type(LineEditor editor, string text)
    {
        foreach (char character in text)
        {
            editor.Apply(new ConsoleKeyInfo(character, ConsoleKey.None, false, false, false));
        }
    }

    private static void Press(LineEditor editor, params ConsoleKey[] keys)
    {
        foreach (ConsoleKey key in keys)
        {
            editor.Apply(Key(key));
        }
    }

    private static ConsoleKeyInfo Key(ConsoleKey key) => new('\0', key, false, false, false);

    private static EditResult Control(LineEditor editor, ConsoleKey key) => editor.Apply(new ConsoleKeyInfo('\0', key, false, false, true));
}
