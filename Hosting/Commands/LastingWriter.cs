using System.Text;

namespace LeitherCluster.Hosting.Commands;

/// <summary>Writes to a terminal as long as there is one: nobody is left to be told when it has been closed, and what runs still has to stop in good order.</summary>
internal sealed class LastingWriter(TextWriter terminal) : TextWriter
{
    private bool _isClosed;

    public override Encoding Encoding => terminal.Encoding;

    public override void Write(char value) => Try(() => terminal.Write(value));

    public override void Write(string? value) => Try(() => terminal.Write(value));

    // A line goes out whole, whichever thread writes the next one.
    public override void WriteLine(string? value) => Try(() => terminal.WriteLine(value));

    public override void Flush() => Try(terminal.Flush);

    private void Try(Action write)
    {
        if (_isClosed)
        {
            return;
        }

        try
        {
            write();
        }
        catch (IOException)
        {
            _isClosed = true;
        }
    }
}
