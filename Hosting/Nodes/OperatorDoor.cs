using LeitherCluster.Hosting.Commands.Databases;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Hosting.Joining;
using LeitherCluster.Hosting.Operators;
using LeitherCluster.Persistence.PostgreSql.Operations;

namespace LeitherCluster.Hosting.Nodes;

/// <summary>A node's endpoint for operators, with what it stands on.</summary>
internal sealed class OperatorDoor : IAsyncDisposable
{
    private readonly OperatorServer _server;
    private readonly PostgresOperationLog _operations;

    private OperatorDoor(OperatorServer server, PostgresOperationLog operations)
    {
        _server = server;
        _operations = operations;
    }

    /// <summary>Where it listens, <c>host:port</c>.</summary>
    public string Address => _server.Address;

    /// <summary>Opens it; null when the node is to have none.</summary>
    /// <exception cref="Commands.CommandFailedException">The address cannot be listened on.</exception>
    public static async Task<OperatorDoor?> OpenAsync(LedgerNode node, NodeOptions options, TimeProvider clock, LogLevel logLevel, CancellationToken cancel)
    {
        if (node.Member is not { } member || options.OperatorsEndPoint is null)
        {
            return null;
        }

        var operations = new PostgresOperationLog(DatabaseOption.Parse(options.Database!));
        try
        {
            var services = new OperatorServices
            {
                Member = member,
                Gateway = node.Gateway,
                System = node.System,
                Options = options,
                Joining = new JoinDesk(options, member),
                Operations = operations,
                Clock = clock,
            };
            return new OperatorDoor(await OperatorServer.StartAsync(services, logging => NodeLogging.Configure(logging, logLevel), cancel).ConfigureAwait(false), operations);
        }
        catch
        {
            operations.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync().ConfigureAwait(false);
        _operations.Dispose();
    }
}
