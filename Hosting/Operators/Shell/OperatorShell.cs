using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Operators.Contracts;

namespace LeitherCluster.Hosting.Operators.Shell;

/// <summary>Runs lines on the node that a console is connected to.</summary>
internal sealed class OperatorShell(OperatorClient client, PaletteList palettes, CommandConsole console, bool isJson)
{
    private readonly AnswerWriter _writer = new(client, console);

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

    private async Task<ExitCode> RunLineAsync(string text, CancellationToken cancel)
    {
        string[] words = [.. LineParser.Split(text) ?? []];
        if (words is ["help", .. string[] about])
        {
            HelpText.Write(console.Out, palettes, about);
            return ExitCode.Ok;
        }

        (ParsedLine? line, string problem) = LineParser.Parse(palettes.Palettes, text);
        return line is null
            ? throw new CommandFailedException(ExitCode.BadInput, $"{problem}.")
            : await _writer.RunAsync(line with { IsJson = line.IsJson ?? isJson }, cancel).ConfigureAwait(false);
    }
}
