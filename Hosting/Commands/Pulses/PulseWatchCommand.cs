using System.CommandLine;
using LeitherCluster.Client;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Hosting.Commands.Operators;
using LeitherCluster.Hosting.Operators;
using LeitherCluster.Hosting.Operators.Shell;
using LeitherCluster.Hosting.Views;

namespace LeitherCluster.Hosting.Commands.Pulses;

/// <summary><c>leither pulse watch</c>.</summary>
internal sealed class PulseWatchCommand : ClientCommand
{
    private readonly Option<int?> _count = new("--count", "-n") { Description = "Stop after so many beats; run until Ctrl-C when left out.", HelpName = "N" };

    private readonly OperatorConnection _connection;

    public PulseWatchCommand()
        : base(
            "watch",
            "Show beats as they end, until Ctrl-C: those that a node tells of over HTTP, or with --connect over its endpoint for operators.",
            "leither pulse watch",
            "leither pulse watch -n 10 -o json",
            "leither pulse watch --connect 10.0.0.1:7900")
    {
        Add(_count);
        _connection = new OperatorConnection(this);
    }

    public override async Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        if (call.Value(_count) < 1)
        {
            throw new CommandFailedException(ExitCode.BadInput, "--count must be 1 or more.");
        }

        if (_connection.IsSaid(call, heedsEnvironment: !NamesNodes(call)))
        {
            using OperatorClient connected = _connection.Open(call);
            var line = new ParsedLine("pulse", Name, new Dictionary<string, string>(), null, call.Value(_count), call.Format == OutputFormat.Json);
            return await new AnswerWriter(connected, call.Console).RunAsync(line, cancel).ConfigureAwait(false);
        }

        return await WatchOverHttpAsync(call, cancel).ConfigureAwait(false);
    }

    private async Task<ExitCode> WatchOverHttpAsync(CommandCall call, CancellationToken cancel)
    {
        using LedgerClient client = Connect(call);
        int left = call.Value(_count) ?? int.MaxValue;
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
