using System.CommandLine;
using LeitherCluster.Client;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Hosting.Views;

namespace LeitherCluster.Hosting.Commands.Pulses;

/// <summary><c>leither pulse watch</c>.</summary>
internal sealed class PulseWatchCommand : ClientCommand
{
    private readonly Option<int?> _count = new("--count", "-n") { Description = "Stop after so many beats; run until Ctrl-C when left out.", HelpName = "N" };

    public PulseWatchCommand()
        : base("watch", "Show beats as they end, until Ctrl-C.", "leither pulse watch", "leither pulse watch -n 10 -o json") => Add(_count);

    public override async Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        using LedgerClient client = Connect(call);
        int left = call.Value(_count) ?? int.MaxValue;
        if (left < 1)
        {
            throw new CommandFailedException(ExitCode.BadInput, "--count must be 1 or more.");
        }

        try
        {
            IAsyncEnumerator<PulseResult> pulses = client.WatchPulsesAsync(cancel).GetAsyncEnumerator(cancel);
            await using (pulses.ConfigureAwait(false))
            {
                while (left > 0 && await pulses.MoveNextAsync().ConfigureAwait(false))
                {
                    left--;
                    call.Write(pulses.Current, ApiJson.Default.PulseResult, static (output, pulse) => output.WriteLine(PulseLine.Format(pulse)));
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return call.Value(_count) is null ? ExitCode.Ok : ExitCode.Interrupted;
        }

        return call.Value(_count) is not null && left > 0
            ? throw new CommandFailedException(ExitCode.Unreachable, $"The node at {client.Endpoints[0]} stopped.")
            : ExitCode.Ok;
    }
}
