namespace LeitherCluster.Hosting.Operators.Shell;

/// <summary>The lines that were typed, oldest first, kept in a file beside the operator's certificate. What cannot be read or written is left.</summary>
internal sealed class ConsoleHistory
{
    /// <summary>Lines that are kept.</summary>
    public const int LineCountMax = 500;

    private const string FileName = "history";

    private readonly string _path;
    private readonly List<string> _lines = [];

    /// <summary>Reads the file in a folder.</summary>
    public ConsoleHistory(string folder)
    {
        _path = Path.Combine(folder, FileName);
        try
        {
            _lines.AddRange(File.Exists(_path) ? File.ReadLines(_path).TakeLast(LineCountMax) : []);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // One begins without the lines from before.
        }
    }

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Adds a line, unless it is the same as the last one.</summary>
    public void Add(string line)
    {
        if (_lines.Count > 0 && _lines[^1] == line)
        {
            return;
        }

        _lines.Add(line);
        if (_lines.Count > LineCountMax)
        {
            _lines.RemoveAt(0);
        }

        try
        {
            File.WriteAllLines(_path, _lines);
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            // It holds for this session.
        }
    }
}
