using System.CommandLine;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Hosting.Nodes;

namespace LeitherCluster.Hosting.Commands.Nodes;

/// <summary><c>leither node</c>.</summary>
internal sealed class NodeCommand : LeitherCommand
{
    private const string DefaultConfigFile = "leither.json";

    private static readonly NodeOptions Defaults = new() { DataFolder = DataOption.DefaultFolder };

    private readonly NodeFlags _flags = new();
    private readonly Option<string?> _config = new("--config") { Description = $"Configuration file; {DefaultConfigFile} when left out and there is one.", HelpName = "FILE" };

    public NodeCommand()
        : base(
            "node",
            "Run a node on a ledger's folder, until Ctrl-C. Settings come from flags, environment (LEITHER_...) and configuration file, in this order.",
            "leither node --data ./data",
            "leither node --config /etc/leither/leither.json",
            "LEITHER_PULSE_CYCLE_MS=200 leither node")
    {
        _flags.AddTo(this, Defaults);
        Add(_config);
    }

    public override async Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        string? config = call.Value(_config) ?? (File.Exists(DefaultConfigFile) ? DefaultConfigFile : null);
        NodeOptions options = NodeOptionsReader.Read(_flags.Given(call), call.Console.Environment, config, Defaults);
        NodeHost host = await NodeHost.StartAsync(options, call.Console, LogLevel.Information, cancel).ConfigureAwait(false);
        await using (host.ConfigureAwait(false))
        {
            call.Note($"Ledger {host.Node.Gateway.Parameters.Ledger} at {host.Url} (Ctrl-C stops)");
            await UntilStoppedAsync(host.Node.Gateway, cancel).ConfigureAwait(false);
        }

        return host.Node.Gateway.Status is { State: LedgerState.Failed } failed
            ? throw new CommandFailedException(ExitCode.Corrupt, $"The ledger stopped, with evidence: {failed.Reason}")
            : ExitCode.Ok;
    }

    // A ledger that has failed ends the process: whoever supervises it is to know.
    private static async Task UntilStoppedAsync(ILedgerGateway gateway, CancellationToken cancel)
    {
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        try
        {
            while (gateway.Status.State != LedgerState.Failed)
            {
                await looks.WaitForNextTickAsync(cancel).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Ctrl-C is how a node is meant to end.
        }
    }
}
