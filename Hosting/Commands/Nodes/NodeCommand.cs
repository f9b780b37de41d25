using System.CommandLine;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Hosting.Nodes;

namespace LeitherCluster.Hosting.Commands.Nodes;

/// <summary><c>leither node</c>.</summary>
internal sealed class NodeCommand : LeitherCommand
{
    private const string DefaultConfigFile = "leither.json";

    private static readonly NodeOptions Defaults = new() { DataFolder = DataOption.DefaultFolder };

    private readonly NodeFlags _flags = new();
    private readonly Option<string?> _config = new("--config") { Description = $"Configuration file; {DefaultConfigFile} here, or else in the ledger's folder, when left out and there is one.", HelpName = "FILE" };

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
        Add(new NodeJoinCommand());
    }

    public override Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        IReadOnlyDictionary<string, string> given = _flags.Given(call);
        string? config = call.Value(_config) ?? (File.Exists(DefaultConfigFile) ? DefaultConfigFile : NodeFlags.FileInFolder(given, call, Defaults));
        return RunAsync(NodeOptionsReader.Read(given, call.Console.Environment, config, Defaults), call, cancel);
    }

    /// <summary>Runs a node until it is told to stop, or its life in its cluster is over.</summary>
    public static async Task<ExitCode> RunAsync(NodeOptions options, CommandCall call, CancellationToken cancel)
    {
        NodeHost host = await NodeHost.StartAsync(options, call.Console, LogLevel.Information, cancel).ConfigureAwait(false);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancel, host.Dismissed);
        await using (host.ConfigureAwait(false))
        {
            call.Note($"Ledger {host.Node.Gateway.Parameters.Ledger} at {host.Url} (Ctrl-C stops)");
            if (host.Operators is { } operators)
            {
                call.Note($"Operators' console: leither console --connect {operators}");
            }

            await LedgerFailure.WatchAsync(host.Node.Gateway, stopping.Token).ConfigureAwait(false);
        }

        // A ledger that has failed ends the process: whoever supervises it is to know.
        LedgerFailure.ThrowIfFailed(host.Node.Gateway.Status);
        return ExitCode.Ok;
    }
}
