using LeitherCluster.Hosting.Commands.Databases;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Hosting.Joining;
using LeitherCluster.Hosting.Operators;
using LeitherCluster.Hosting.Operators.Logs;
using LeitherCluster.Hosting.Telemetry;
using LeitherCluster.Persistence.PostgreSql.Operations;
using LeitherCluster.Runtime;

namespace LeitherCluster.Hosting.Nodes;

/// <summary>What a node of a cluster has for its operators: an endpoint for their consoles, unless it is to have none, and answers to other nodes' questions.</summary>
internal sealed class OperatorDoor : IAsyncDisposable
{
    private readonly PostgresOperationLog _operations;
    private OperatorServer? _server;

    private OperatorDoor(PostgresOperationLog operations)
    {
        _operations = operations;
    }

    /// <summary>Where consoles reach it, <c>host:port</c>; null: nowhere.</summary>
    public string? Address => _server?.Address;

    /// <summary>Opens it; null on a node without a cluster.</summary>
    /// <exception cref="Commands.CommandFailedException">The address cannot be listened on.</exception>
    public static async Task<OperatorDoor?> OpenAsync(LedgerNode node, NodeOptions options, LogRing log, TimeProvider clock, NodeMeter meter, LogLevel logLevel, CancellationToken cancel)
    {
        if (node.Member is not { } member)
        {
            return null;
        }

        var door = new OperatorDoor(new PostgresOperationLog(DatabaseOption.Parse(options.Database!).Main));
        var services = new OperatorServices
        {
            Member = member,
            Gateway = node.Gateway,
            System = node.System,
            Options = options,
            Joining = new JoinDesk(options, member),
            Operations = door._operations,
            Log = log,
            Clock = clock,
            Meter = meter,
        };
        try
        {
            node.System.Spawn(Props.Create(() => new NodeReporter(services)), NodeReporter.ActorName);
            if (options.OperatorsEndPoint is not null)
            {
                door._server = await OperatorServer.StartAsync(services, logging => NodeLogging.Configure(logging, logLevel, log), cancel).ConfigureAwait(false);
            }

            return door;
        }
        catch
        {
            await door.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync().ConfigureAwait(false);
        }

        _operations.Dispose();
    }
}
