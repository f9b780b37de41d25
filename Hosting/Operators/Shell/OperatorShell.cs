using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Operators.Contracts;

namespace LeitherCluster.Hosting.Operators.Shell;

/// <summary>Runs lines on the node that a console is connected to: given ones, those of its input, or those that somebody types.</summary>
internal sealed class OperatorShell(OperatorClient client, PaletteList palettes, CommandConsole console, bool isJson)
{
    private const string Red = "\u001b[31m";
    private const string Plain = "\u001b[0m";

    private readonly AnswerWriter _writer = new(client, console);
    private PaletteList _palettes = palettes;

    /// <summary>Runs lines one after the other, up to the first one that fails.</summary>
    /// <returns>How the last one ended that ran.</returns>
    public async Task<ExitCode> RunAsync(IReadOnlyList<string> lines, CancellationToken cancel)
    {
        ExitCode exitCode = ExitCode.Ok;
        foreach (string line in lines.Where(line => !string.IsNullOrWhiteSpace(line)))
        {
            exitCode = await RunLineAsync(line, cancel).ConfigureAwait(false);
            if (exitCode != ExitCode.Ok)
            {
                break;
            }
        }

        return exitCode;
    }

    /// <summary>Runs the lines of the input, up to the first one that fails.</summary>
    public async Task<ExitCode> RunInputAsync(CancellationToken cancel)
    {
        ExitCode exitCode = ExitCode.Ok;
        while (exitCode == ExitCode.Ok && await console.In.ReadLineAsync(cancel).ConfigureAwait(false) is { } line)
        {
            exitCode = string.IsNullOrWhiteSpace(line) ? exitCode : await RunLineAsync(line, cancel).ConfigureAwait(false);
        }

        return exitCode;
    }

    /// <summary>Runs what is typed, until Ctrl-D or <c>exit</c>.</summary>
    /// <param name="keyboard">where it is typed</param>
    /// <param name="history">the lines from before; gets those of now</param>
    /// <param name="cancel">ends it</param>
    public async Task<ExitCode> RunTypedAsync(Keyboard keyboard, ConsoleHistory history, CancellationToken cancel)
    {
        console.Out.WriteLine($"Cluster {_palettes.Cluster}, node {_palettes.Node}, version {_palettes.Version}; you are {_palettes.Operator}.");
        console.Out.WriteLine("Tab completes, 'help' says what there is, Ctrl-C stops what runs, Ctrl-D leaves.");
        while (await new Prompt(console, keyboard, $"{_palettes.Cluster} {NameOf(_palettes.Node)}> ").ReadAsync(_palettes.Palettes, history.Lines, cancel).ConfigureAwait(false) is { } line)
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            history.Add(line);
            if (line.Trim() is "exit" or "quit")
            {
                break;
            }

            await RunTypedLineAsync(line, keyboard, cancel).ConfigureAwait(false);
        }

        return ExitCode.Ok;
    }

    private static string NameOf(string node) => node.Split('#')[0];

    private async Task RunTypedLineAsync(string line, Keyboard keyboard, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var done = new CancellationTokenSource();
        Task watching = StopOnKeyAsync(keyboard, stop, done.Token);
        try
        {
            await RunLineAsync(line, stop.Token).ConfigureAwait(false);
        }
        catch (CommandFailedException failure)
        {
            Say(DocumentText.Clean(failure.Message));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            console.Out.WriteLine("^C");
        }

        await done.CancelAsync().ConfigureAwait(false);
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await LearnAsync(cancel).ConfigureAwait(false);
    }

    // Who there is to be named changes: completion is to know. A node that is away keeps what it said before.
    private async Task LearnAsync(CancellationToken cancel)
    {
        try
        {
            _palettes = await client.DescribeAsync(cancel).ConfigureAwait(false);
        }
        catch (CommandFailedException)
        {
            // The next line says so.
        }
    }

    private static async Task StopOnKeyAsync(Keyboard keyboard, CancellationTokenSource stop, CancellationToken done)
    {
        await keyboard.WhenStopAsync(done).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
    }

    private void Say(string problem)
    {
        console.Out.WriteLine(console.IsColoured ? $"{Red}{problem}{Plain}" : problem);
        console.Out.Flush();
    }

    private async Task<ExitCode> RunLineAsync(string text, CancellationToken cancel)
    {
        string[] words = [.. LineParser.Split(text) ?? []];
        if (words is ["help", .. string[] about])
        {
            HelpText.Write(console.Out, _palettes, about);
            return ExitCode.Ok;
        }

        (ParsedLine? line, string problem) = LineParser.Parse(_palettes.Palettes, text);
        return line is null
            ? throw new CommandFailedException(ExitCode.BadInput, problem.EndsWith('.') ? problem : $"{problem}.")
            : await _writer.RunAsync(line with { IsJson = line.IsJson ?? isJson }, cancel).ConfigureAwait(false);
    }
}
