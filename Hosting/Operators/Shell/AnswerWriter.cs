using System.Text.Json;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Operators.Contracts;

namespace LeitherCluster.Hosting.Operators.Shell;

/// <summary>Asks a node, and writes what it answers: documents and lines, for people or for programs; once, or again and again.</summary>
internal sealed class AnswerWriter(OperatorClient client, CommandConsole console)
{
    private const string ClearScreen = "\u001b[H\u001b[2J";

    /// <summary>Runs a command and writes its answer.</summary>
    /// <returns>How it ended. What it says besides goes to the error stream.</returns>
    /// <exception cref="CommandFailedException">The node does not answer, or refuses.</exception>
    /// <exception cref="OperationCanceledException">It was left before it was done.</exception>
    public async Task<ExitCode> RunAsync(ParsedLine line, CancellationToken cancel) => line.WatchS is { } seconds
        ? await WatchAsync(line, TimeSpan.FromSeconds(seconds), cancel).ConfigureAwait(false)
        : await AskAsync(line, cancel).ConfigureAwait(false);

    private async Task<ExitCode> AskAsync(ParsedLine line, CancellationToken cancel)
    {
        bool isJson = line.IsJson == true;
        int left = line.CountMax ?? int.MaxValue;
        OperatorEnd end = new((int)ExitCode.Bug, "The answer has no end.");
        await foreach (OperatorEvent answer in client.RunAsync(line.Palette, line.Command, line.Arguments, cancel).ConfigureAwait(false))
        {
            if (answer.Document is { } document)
            {
                Write(document, isJson);
            }

            if (answer.Line is { } said)
            {
                console.Out.WriteLine(isJson ? JsonSerializer.Serialize(said.Data, OperatorJson.Default.JsonObject) : DocumentText.Clean(said.Text));
                await console.Out.FlushAsync(cancel).ConfigureAwait(false);
                if (--left == 0)
                {
                    return ExitCode.Ok;
                }
            }

            end = answer.End ?? end;
        }

        return end.Text is { } text && end.ExitCode != (int)ExitCode.Ok ? throw new CommandFailedException((ExitCode)end.ExitCode, text) : (ExitCode)end.ExitCode;
    }

    // A node that is away is what one watches for: it is said, and asked again.
    private async Task<ExitCode> WatchAsync(ParsedLine line, TimeSpan between, CancellationToken cancel)
    {
        using var turns = new PeriodicTimer(between, console.Clock);
        try
        {
            do
            {
                if (console.IsTerminal && line.IsJson != true)
                {
                    console.Out.Write(ClearScreen);
                    console.Out.WriteLine($"{line.Palette} {line.Command}, {console.Clock.GetUtcNow():HH:mm:ss} UTC");
                    console.Out.WriteLine();
                }

                try
                {
                    await AskAsync(line, cancel).ConfigureAwait(false);
                }
                catch (CommandFailedException failure) when (failure.ExitCode is ExitCode.Unreachable or ExitCode.Busy)
                {
                    console.Error.WriteLine(failure.Message);
                }
            }
            while (await turns.WaitForNextTickAsync(cancel).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // This is how one stops watching.
        }

        return ExitCode.Ok;
    }

    private void Write(OperatorDocument document, bool isJson)
    {
        if (isJson)
        {
            console.Out.WriteLine(JsonSerializer.Serialize(document.ToPlainJson(), OperatorJson.Default.JsonObject));
        }
        else
        {
            DocumentText.Write(console.Out, document, console.IsColoured, console.IsTerminal ? console.Width() : int.MaxValue);
        }

        console.Out.Flush();
    }
}
