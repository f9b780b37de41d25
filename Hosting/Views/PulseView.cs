using LeitherCluster.Client.Contracts;
using LeitherCluster.Hosting.Commands;
using Spectre.Console;

namespace LeitherCluster.Hosting.Views;

/// <summary>Shows beats as they come, until cancelled: a live table at a terminal, a line each where output goes elsewhere.</summary>
internal static class PulseView
{
    /// <summary>Runs until <paramref name="cancel"/>, or until the pulses end.</summary>
    /// <param name="call">where to show them</param>
    /// <param name="title">what stands above the table</param>
    /// <param name="caption">the lines that stand below, always as many, asked for at each beat</param>
    /// <param name="pulses">the beats</param>
    /// <param name="cancel">ends the view</param>
    public static async Task RunAsync(CommandCall call, string title, Func<IReadOnlyList<string>> caption, IAsyncEnumerable<PulseResult> pulses, CancellationToken cancel)
    {
        try
        {
            if (call.IsLive)
            {
                var table = new PulseTable(title);
                IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(call.Console.Out) });
                await console.Live(table.Draw(caption(), console.Profile.Width, console.Profile.Height)).StartAsync(async live =>
                {
                    await foreach (PulseResult pulse in pulses.WithCancellation(cancel).ConfigureAwait(false))
                    {
                        table.Add(pulse);
                        live.UpdateTarget(table.Draw(caption(), console.Profile.Width, console.Profile.Height));
                    }
                }).ConfigureAwait(false);
            }
            else
            {
                await foreach (PulseResult pulse in pulses.WithCancellation(cancel).ConfigureAwait(false))
                {
                    call.Write(pulse, ApiJson.Default.PulseResult, static (output, shown) => output.WriteLine(PulseLine.Format(shown)));
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Ctrl-C is how a view is meant to end.
        }
    }
}
