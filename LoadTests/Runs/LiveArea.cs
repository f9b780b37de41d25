namespace LeitherCluster.LoadTests.Runs;

/// <summary>
/// Lines at the foot of a terminal that are drawn over and over in the same place. When the terminal becomes narrower, it breaks long lines in two; they are counted as
/// it breaks them, so that no old ones stay behind.
/// </summary>
internal sealed class LiveArea(TextWriter output, Func<int> width)
{
    private const string ToLineStart = "\r";
    private const string ClearToEnd = "\e[J";
    private const string HideCursor = "\e[?25l";
    private const string ShowCursor = "\e[?25h";

    private IReadOnlyList<string> _drawn = [];

    /// <summary>The longest line that fits; the last column stays free, as terminals differ in what they do there.</summary>
    public int Width => Math.Max(1, width() - 1);

    /// <summary>Draws these lines in the place of those before.</summary>
    public void Draw(IReadOnlyList<string> lines)
    {
        output.Write(HideCursor + BackToTop() + string.Join('\n', lines) + "\n" + ShowCursor);
        output.Flush();
        _drawn = lines;
    }

    /// <summary>Leaves what was drawn last where it is; what is drawn next comes below.</summary>
    public void Leave() => _drawn = [];

    private string BackToTop()
    {
        int columns = Math.Max(1, width());
        int rows = _drawn.Sum(line => Math.Max(1, (line.Length + columns - 1) / columns));
        return rows == 0 ? "" : $"{ToLineStart}\e[{rows}A{ClearToEnd}";
    }
}
