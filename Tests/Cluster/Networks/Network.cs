using System.Net;
using System.Net.Sockets;
using LeitherCluster.Tests.Cluster.Support;
using LeitherCluster.Tests.Persistence.PostgreSql.Support;

namespace LeitherCluster.Tests.Cluster.Networks;

/// <summary>
/// Several nodes as processes of one cluster, with a PostgreSQL server, an authority and certificates of their own. The first one makes the demonstration
/// organization and funds its accounts; the others have its parameters and its node's key, as they would after having been let in.
/// </summary>
internal sealed class Network : IAsyncDisposable
{
    public const int PulseCycleMs = 200;

    private const string ClusterName = "testnet";

    private static readonly TimeSpan JoinLimit = TimeSpan.FromSeconds(60);

    private readonly TestFolder _folder = new();
    private readonly PostgresServer _server = new();
    private readonly string _database;
    private readonly int[] _ports;
    private readonly NodeProcess?[] _nodes;
    private readonly NodeClient?[] _clients;

    private Network(int count)
    {
        _database = _server.AddressText(_server.NewJournal().Database);
        _ports = [.. Enumerable.Range(0, count).Select(_ => FreePort())];
        _nodes = new NodeProcess?[count];
        _clients = new NodeClient?[count];
    }

    /// <summary>The data folder with the organization's key.</summary>
    public string FirstFolder => FolderOf(0);

    public PostgresServer Server => _server;

    public int Count => _nodes.Length;

    /// <summary>Starts all nodes and waits until each takes transfers and every one has its branches.</summary>
    public static async Task<Network> StartAsync(int count)
    {
        var network = new Network(count);
        try
        {
            await RunAsync("ca", "init", ClusterName, "--authority", network.Authority);
            for (int node = 0; node < count; node++)
            {
                await RunAsync("ca", "issue", NameOf(node), "--authority", network.Authority, "--to", Path.Combine(network.FolderOf(node), "certificates"));
            }

            await network.StartNodeAsync(0);
            for (int node = 1; node < count; node++)
            {
                foreach (string shared in new[] { "ledger.json", "node.key" })
                {
                    File.Copy(Path.Combine(network.FirstFolder, shared), Path.Combine(network.FolderOf(node), shared));
                }

                await network.StartNodeAsync(node);
            }

            await network.UntilSpreadAsync();
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    public static string NameOf(int node) => $"n{node + 1}";

    public NodeProcess Node(int node) => _nodes[node]!;

    public NodeClient Client(int node) => _clients[node]!;

    /// <summary>A node that is not this one.</summary>
    public int Other(int node) => (node + 1) % Count;

    /// <summary>Which node keeps the root, as another one sees it.</summary>
    public async Task<int> RootAsync(int asked)
    {
        ClusterLine cluster = await Eventually.GetAsync(() => Client(asked).ClusterAsync(), seen => seen.Root is not null, JoinLimit);
        return Enumerable.Range(0, Count).Single(node => NameOf(node) == cluster.Root);
    }

    /// <summary>Starts a node, anew or again, and waits until it takes transfers.</summary>
    public async Task StartNodeAsync(int node)
    {
        _clients[node]?.Dispose();
        if (_nodes[node] is { } before)
        {
            await before.DisposeAsync();
        }

        NodeProcess process = NodeProcess.Start(
            node == 0 ? "dev" : "node",
            "--data", FolderOf(node),
            "--name", NameOf(node),
            "--cluster", ClusterName,
            "--database", _database,
            "--listen", $"127.0.0.1:{_ports[node]}",
            "--url", "http://127.0.0.1:0",
            "--pulse-cycle-ms", $"{PulseCycleMs}",
            "--open-inquiry", "true");
        _nodes[node] = process;
        _clients[node] = new NodeClient(await process.WhenListeningAsync());
    }

    /// <summary>Waits until every node that runs is up for all, and has branches.</summary>
    public async Task UntilSpreadAsync()
    {
        for (int node = 0; node < Count; node++)
        {
            await Eventually.GetAsync(
                () => Client(node).ClusterAsync(),
                seen => seen.Members.Count(member => member is { State: "up", Reachable: true, Branches: > 0 }) == Count,
                JoinLimit);
        }
    }

    /// <summary>Walks the journal in the database from end to end.</summary>
    public Task<CommandResult> VerifyAsync() => LeitherProgram.RunAsync("journal", "verify", "--data", FirstFolder, "--database", _database);

    public async ValueTask DisposeAsync()
    {
        foreach (NodeClient? client in _clients)
        {
            client?.Dispose();
        }

        foreach (NodeProcess? node in _nodes)
        {
            if (node is not null)
            {
                await node.DisposeAsync();
            }
        }

        _server.Dispose();
        _folder.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string Authority => _folder.In("authority");

    private string FolderOf(int node) => _folder.In(NameOf(node));

    private static async Task RunAsync(params string[] arguments)
    {
        CommandResult result = await LeitherProgram.RunAsync(arguments);
        Assert.True(result.ExitCode == 0, $"leither {string.Join(' ', arguments)}: {result.Error}");
    }
}
