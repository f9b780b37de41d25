using LeitherCluster.Actors.Gateway;
using LeitherCluster.Hosting.Api;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Hosting.Keys;
using LeitherCluster.Hosting.Operators.Logs;
using LeitherCluster.Hosting.Telemetry;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Runtime;

namespace LeitherCluster.Hosting.Nodes;

/// <summary>A node as a process runs it: the ledger, its HTTP API, its metrics. Stops in the opposite order.</summary>
internal sealed class NodeHost : IAsyncDisposable
{
    private static readonly TimeSpan s_memberLook = TimeSpan.FromSeconds(1);

    private readonly LedgerApi _api;
    private readonly OperatorDoor? _operators;
    private readonly IDisposable? _export;
    private readonly CancellationTokenSource _dismissed;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _measuring;

    private NodeHost(LedgerNode node, LedgerApi api, OperatorDoor? operators, NodeMeter meter, IDisposable? export, CancellationTokenSource dismissed)
    {
        _dismissed = dismissed;
        Node = node;
        _api = api;
        _operators = operators;
        _export = export;
        _measuring = Task.WhenAll(MeasureAsync(_stopping.Token), LookAtMembersAsync(meter, _stopping.Token));
    }

    public LedgerNode Node { get; }

    public ApiServices Services => _api.Services;

    /// <summary>Where the API listens.</summary>
    public Uri Url => _api.Url;

    /// <summary>Cancelled when an operator has the node leave its cluster: the process is to stop in good order.</summary>
    public CancellationToken Dismissed => _dismissed.Token;

    /// <summary>Where consoles reach this node, <c>host:port</c>; null: nowhere.</summary>
    public string? Operators => _operators?.Address;

    /// <summary>Starts the node of a ledger's folder, and waits until it takes transfers.</summary>
    /// <exception cref="CommandFailedException">It cannot start; the message says why.</exception>
    public static async Task<NodeHost> StartAsync(NodeOptions options, CommandConsole console, LogLevel logLevel, CancellationToken cancel)
    {
        var folder = new LedgerFolder(options.DataFolder);
        LedgerParameters parameters = LedgerParametersFile.Read(folder.ParametersFile);
        PrivateKey bookkeeper = BookkeeperOf(folder, console);
        var ring = new LogRing(console.Clock);
        using ILoggerFactory logs = LoggerFactory.Create(logging => NodeLogging.Configure(logging, logLevel, ring));
        var dismissed = new CancellationTokenSource();
        var fate = new NodeFate((exitCode, reason) => End(console, exitCode, reason), dismissed.Cancel);
        LedgerNode node = await LedgerNode.StartAsync(options, parameters, bookkeeper, logs, fate, cancel).ConfigureAwait(false);
        var meter = new NodeMeter(node.System);
        if (node.Member is { } member)
        {
            meter.Add(member);
        }

        LedgerApi? api = null;
        OperatorDoor? operators = null;
        try
        {
            // Before the ledger runs: an operator is to see why it does not.
            operators = await OperatorDoor.OpenAsync(node, options, ring, console.Clock, meter, logLevel, cancel).ConfigureAwait(false);
            api = await LedgerApi.StartAsync(
                new ApiServices(node.Gateway, options, console.Clock, meter) { Member = node.Member },
                logging => NodeLogging.Configure(logging, LogLevel.Warning, ring),
                cancel).ConfigureAwait(false);

            // Whoever supervises it is to find it alive while it recovers, and not ready.
            await node.WhenRunningAsync(cancel).ConfigureAwait(false);
            return new NodeHost(node, api, operators, meter, MetricsExport.Start(console.Environment), dismissed);
        }
        catch
        {
            meter.Dispose();
            if (api is not null)
            {
                await api.DisposeAsync().ConfigureAwait(false);
            }

            if (operators is not null)
            {
                await operators.DisposeAsync().ConfigureAwait(false);
            }

            await node.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Hands over first, while everything is still served; then nothing new is taken, what is under way ends, and the node stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await Node.LeaveAsync().ConfigureAwait(false);
        await _api.DisposeAsync().ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _measuring.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _export?.Dispose();
        if (_operators is not null)
        {
            await _operators.DisposeAsync().ConfigureAwait(false);
        }

        await Node.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
        _dismissed.Dispose();
    }

    /// <summary>The key of this node, which signs root statements; made on the first start.</summary>
    public static PrivateKey BookkeeperOf(LedgerFolder folder, CommandConsole console)
    {
        MakeBookkeeper(folder);
        return KeyFiles.Open(folder.NodeKeyFile, console);
    }

    /// <summary>Makes the key of a node where there is none.</summary>
    public static void MakeBookkeeper(LedgerFolder folder)
    {
        if (!File.Exists(folder.NodeKeyFile))
        {
            using PrivateKey made = PrivateKey.Generate();
            KeyFiles.WriteNew(folder.NodeKeyFile, KeyFile.Plain(made));
        }
    }

    // At once, and without writing anything more: others have taken over what this process would write.
    private static void End(CommandConsole console, ExitCode exitCode, string reason)
    {
        console.Error.WriteLine($"leither: {reason}");
        console.Error.Flush();
        Environment.Exit((int)exitCode);
    }

    // Asked of this node's own actor, which answers also when database and others are away.
    private async Task LookAtMembersAsync(NodeMeter meter, CancellationToken cancel)
    {
        using var looks = new PeriodicTimer(s_memberLook);
        while (Node.Member is { } member && await looks.WaitForNextTickAsync(cancel).ConfigureAwait(false))
        {
            try
            {
                meter.Note(await member.StatusAsync().ConfigureAwait(false));
            }
            catch (Exception busy) when (busy is TimeoutException or AskFailedException)
            {
                // The last one that was seen stands.
            }
        }
    }

    private async Task MeasureAsync(CancellationToken cancel)
    {
        IAsyncEnumerator<PulseSummary> pulses = Node.Gateway.WatchPulsesAsync(cancel).GetAsyncEnumerator(cancel);
        await using (pulses.ConfigureAwait(false))
        {
            while (await pulses.MoveNextAsync().ConfigureAwait(false))
            {
                Services.Meter.NotePulse(pulses.Current);
            }
        }
    }
}
