using System.CommandLine;
using LeitherCluster.Hosting.Operators;
using LeitherCluster.Hosting.Operators.Contracts;
using LeitherCluster.Hosting.Operators.Shell;

namespace LeitherCluster.Hosting.Commands.Operators;

/// <summary><c>leither console</c>.</summary>
internal sealed class ConsoleCommand : LeitherCommand
{
    private readonly OperatorConnection _connection;
    private readonly Option<string[]> _lines = new("--command", "-c") { Description = "A line to run, instead of asking for them; may be given several times.", HelpName = "LINE" };

    public ConsoleCommand()
        : base(
            "console",
            "Operate a cluster: an interactive shell whose commands, arguments and help come from the node that it is connected to. Runs the lines of its input when that is no terminal.",
            "leither console --connect 127.0.0.1:7900 --credentials ./operator",
            "leither console -c \"cluster show\" -c \"cluster operations --last 5\"")
    {
        _connection = new OperatorConnection(this);
        Add(_lines);
    }

    public override async Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        using OperatorClient client = _connection.Open(call);
        PaletteList palettes = await client.DescribeAsync(cancel).ConfigureAwait(false);
        var shell = new OperatorShell(client, palettes, call.Console, call.Format == OutputFormat.Json);
        string[] lines = call.Value(_lines) ?? [];
        return lines.Length > 0 ? await shell.RunAsync(lines, cancel).ConfigureAwait(false)
            : call.Console.Keys is { } keys ? await shell.RunTypedAsync(new Keyboard(keys()), new ConsoleHistory(_connection.FolderOf(call)), cancel).ConfigureAwait(false)
            : await shell.RunInputAsync(cancel).ConfigureAwait(false);
    }
}
