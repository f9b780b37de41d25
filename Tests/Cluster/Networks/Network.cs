using System.Diagnostics;
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

    private const int DiskMiB = 32;
    private const string ClusterName = "testnet";

    private const int OvertakenExitCode = 7;

    // On a machine that others keep busy a node may be given up while it starts; its supervisor starts it again.
    private const int StartTriesMax = 5;

    private static readonly TimeSpan JoinLimit = TimeSpan.FromSeconds(90);

    private readonly TestFolder _folder = new();
    private readonly PostgresServer _server = new();
    private readonly string _database;
    private readonly int[] _ports;
    private readonly int[] _operatorPorts;
    private readonly Wires? _wires;
    private readonly SmallDisk? _disk;
    private readonly NodeProcess?[] _nodes;
    private readonly NodeClient?[] _clients;

    private Network(int count, bool isWired, bool isSpread)
    {
        _disk = isWired ? new SmallDisk(DiskMiB) : null;
        _wires = isWired ? new Wires(count) : null;
        string[] databases = isSpread ? [.. _server.NewSpreadJournal(null, null).All.Select(one => one.Database)] : [_server.NewJournal().Database];
        Database = databases[0];
        _database = string.Join(' ', databases.Select(name => _server.AddressText(name)));
        _ports = [.. Enumerable.Range(0, count).Select(_ => FreePort())];
        _operatorPorts = [.. Enumerable.Range(0, count).Select(_ => FreePort())];
        _nodes = new NodeProcess?[count];
        _clients = new NodeClient?[count];
    }

    /// <summary>The data folder with the organization's key.</summary>
    public string FirstFolder => FolderOf(0);

    public PostgresServer Server => _server;

    /// <summary>The name of the database with the journal, or of the first that it is in.</summary>
    public string Database { get; }

    /// <summary>Where the last node has its folder; only when the nodes have namespaces of their own.</summary>
    public SmallDisk Disk => _disk!;

    /// <summary>What the nodes send each other goes through; only when they have namespaces of their own.</summary>
    public Wires Wires => _wires!;

    public int Count => _nodes.Length;

    /// <summary>Starts all nodes and waits until each takes transfers and every one has its branches.</summary>
    /// <param name="isWired">whether each node gets a network namespace of its own, see <see cref="Networks.Wires"/></param>
    /// <param name="isSpread">whether the journal is in two databases, branches by turns</param>
    public static async Task<Network> StartAsync(int count, bool isWired = false, bool isSpread = false)
    {
        var network = new Network(count, isWired, isSpread);
        try
        {
            await RunAsync("ca", "init", ClusterName, "--authority", network.Authority);
            for (int node = 0; node < count; node++)
            {
                await RunAsync("ca", "issue", NameOf(node), "--authority", network.Authority, "--to", Path.Combine(network.FolderOf(node), "certificates"));
            }

            await RunAsync("ca", "issue", "--operator", "tester", "--authority", network.Authority, "--to", network.Operator);
            await network.StartNodeAsync(0);
            for (int node = 1; node < count; node++)
            {
                Directory.CreateDirectory(network.FolderOf(node));
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

        for (int tries = 1; ; tries++)
        {
            NodeProcess process = NodeProcess.Start(StartInfoOf(node));
            _nodes[node] = process;
            try
            {
                _clients[node] = new NodeClient(await process.WhenListeningAsync(), _wires?.Handler(node));
                return;
            }
            catch (InvalidOperationException) when (tries < StartTriesMax && process.ExitCode == OvertakenExitCode)
            {
                await process.DisposeAsync();
            }
        }
    }

    private ProcessStartInfo StartInfoOf(int node)
    {
        ProcessStartInfo start = LeitherProgram.StartInfo(
        [
            node == 0 ? "dev" : "node",
            "--data", FolderOf(node),
            "--name", NameOf(node),
            "--cluster", ClusterName,
            "--database", _database,
            "--listen", $"{HostOf(node)}:{_ports[node]}",
            "--operators", $"{HostOf(node)}:{_operatorPorts[node]}",
            "--url", "http://127.0.0.1:0",
            "--pulse-cycle-ms", $"{PulseCycleMs}",
            "--open-inquiry", "true",
            .. node == 0 ? new[] { "--authority", Authority } : [],
        ]);
        return _wires?.Inside(node, start) ?? start;
    }

    /// <summary>Starts a node again that was overtaken, as its supervisor would: on a machine that others keep busy a node may be given up without being dead.</summary>
    public async Task SuperviseAsync()
    {
        for (int node = 0; node < Count; node++)
        {
            if (_nodes[node]?.ExitCode == OvertakenExitCode)
            {
                await StartNodeAsync(node);
            }
        }
    }

    /// <summary>Runs an operator's command at a node.</summary>
    public Task<CommandResult> OperateAsync(int node, params string[] arguments) => LeitherProgram.RunAsync(
        [.. arguments, "--connect", OperatorsOf(node), "--credentials", Operator]);

    /// <summary>Where a node takes operators and lets others in.</summary>
    public string OperatorsOf(int node) => $"{HostOf(node)}:{_operatorPorts[node]}";

    /// <summary>Where other nodes reach it.</summary>
    public IPEndPoint NodesOf(int node) => new(IPAddress.Parse(HostOf(node)), _ports[node]);

    /// <summary>A folder that is removed with the network.</summary>
    public string In(string name) => _folder.In(name);

    /// <summary>Waits until every node that runs is up for all, and has branches.</summary>
    public async Task UntilSpreadAsync()
    {
        for (int node = 0; node < Count; node++)
        {
            await UntilAsync(node, seen => seen.Members.Count(member => member is { State: "up", Reachable: true, Branches: > 0 }) == Count);
        }
    }

    /// <summary>Waits until a node sees the cluster so; nodes that were overtaken meanwhile are started again.</summary>
    public Task<ClusterLine?> UntilAsync(int node, Func<ClusterLine, bool> isMet) => Eventually.GetAsync(
        async () =>
        {
            await SuperviseAsync();
            try
            {
                return await Client(node).ClusterAsync();
            }
            catch (HttpRequestException)
            {
                return null;
            }
        },
        seen => seen is not null && isMet(seen),
        JoinLimit);

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

        _wires?.Dispose();
        _disk?.Dispose();
        _server.Dispose();
        _folder.Dispose();
    }

    /// <summary>A port that nobody listens on at this moment.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string HostOf(int node) => _wires?.Address(node) ?? "127.0.0.1";

    private string Authority => _folder.In("authority");

    private string Operator => _folder.In("operator");

    private string FolderOf(int node) => _disk is not null && node == Count - 1 ? Path.Combine(_disk.Data, NameOf(node)) : _folder.In(NameOf(node));

    private static async Task RunAsync(params string[] arguments)
    {
        CommandResult result = await LeitherProgram.RunAsync(arguments);
        Assert.True(result.ExitCode == 0, $"leither {string.Join(' ', arguments)}: {result.Error}");
    }
}
