using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using LeitherCluster.Client;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Hosting.Devnet;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.LoadTests.Benchmarks.Http;
using LeitherCluster.LoadTests.FrontDoor;
using LeitherCluster.LoadTests.Scenarios;
using LeitherCluster.Persistence.PostgreSql.Databases;
using Npgsql;

namespace LeitherCluster.LoadTests.Benchmarks.Clusters;

/// <summary>
/// A cluster whose nodes are processes of this machine, with a PostgreSQL server and an authority of its own: they are counted, killed, paused, stopped and started again. Nodes that
/// the others gave up come back by themselves, as under any supervisor.
/// </summary>
internal sealed partial class NetworkUnderTest : IDisposable
{
    private const string ClusterName = "bench";
    private const string DatabaseName = "leither";
    private const int TerminateSignal = 15;
    private const int StopSignal = 19;
    private const int ContinueSignal = 18;
    private const int OvertakenExitCode = 7;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(50);

    private readonly string _folder;
    private readonly int _cycleMs;
    private readonly bool _isFast;
    private readonly PrivateServer _server;
    private readonly int[] _ports;
    private readonly Process?[] _nodes;
    private readonly LedgerClient[] _clients;
    private volatile bool _isEnding;
    private volatile string _said = "";

    /// <summary>Starts it, and waits until every node takes transfers and has its branches.</summary>
    /// <param name="folder">for all of it; its path must be short enough for a socket's</param>
    /// <param name="nodes">how many</param>
    /// <param name="cycle">their pulse cycle</param>
    /// <param name="isFast">whether a dead node is to be noticed within a second</param>
    /// <exception cref="ScenarioException">It did not start in time.</exception>
    public NetworkUnderTest(string folder, int nodes, TimeSpan cycle, bool isFast = false)
    {
        _folder = folder;
        _cycleMs = (int)cycle.TotalMilliseconds;
        _isFast = isFast;
        _ports = FreePorts(2 * nodes);
        _nodes = new Process?[nodes];
        Uri[] endpoints = [.. _ports[..nodes].Select(port => new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")))];
        _clients = [.. endpoints.Select(each => new LedgerClient(new LedgerClientOptions { Endpoints = [each], Patience = TimeSpan.Zero }))];
        All = new LedgerClient(new LedgerClientOptions { Endpoints = endpoints, Patience = TimeSpan.FromSeconds(60), AttemptTimeout = TimeSpan.FromSeconds(15) });
        _server = PrivateServer.Start(Path.Combine(folder, "pg"), Environment.GetEnvironmentVariable);
        try
        {
            Migrator.CreateDatabase(DatabaseAddress.Parse(Database));
            Migrator.Migrate(DatabaseAddress.Parse(Database));
            LeitherProgram.Run("ca", "init", ClusterName, "--authority", Path.Combine(folder, "authority"));
            LeitherProgram.Run("org", "create", "--data", FolderOf(0), "--token", "LOAD", "--decimals", "0", "--plain", "--expiry-minutes", "60");
            for (int node = 0; node < nodes; node++)
            {
                Prepare(node);
                Start(node);
                int started = node;
                Until($"{NameOf(node)} takes transfers", () => TryCluster(started) is { } seen && seen.Members.Any(member => member.Name == NameOf(started) && member.State == "up"));
            }

            Organization = AddressTarget.KeyAt(Path.Combine(FolderOf(0), "organization.key"));
            UntilSpread();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Count => _clients.Length;

    /// <summary>Goes to any node, and past those that fail.</summary>
    public LedgerClient All { get; }

    public PrivateKey Organization { get; } = null!;

    private string Database => _server.AddressOf(DatabaseName);

    public static string NameOf(int node) => string.Create(CultureInfo.InvariantCulture, $"n{node + 1}");

    /// <summary>Goes to one node.</summary>
    public LedgerClient ClientOf(int node) => _clients[node];

    /// <summary>Waits until every node is up for all others and has branches.</summary>
    public void UntilSpread() => Until("every node has branches and is up for all", () =>
        Enumerable.Range(0, Count).All(node => TryCluster(node) is { } seen
            && seen.Members.Count(member => member is { State: "up", Reachable: true, Branches: > 0 }) == Count
            && IsEven(seen)));

    /// <summary>The node that keeps the root.</summary>
    public int Root()
    {
        int root = -1;
        Until("somebody keeps the root", () =>
        {
            string? name = Enumerable.Range(0, Count).Select(TryCluster).FirstOrDefault(seen => seen is not null)?.Members.FirstOrDefault(member => member.Root)?.Name;
            root = name is null ? -1 : Enumerable.Range(0, Count).Single(node => NameOf(node) == name);
            return root >= 0;
        });
        return root;
    }

    /// <summary>The newest life of a node, as the members' table has it.</summary>
    public string LifeOf(int node)
    {
        MemberResult member = TryCluster((node + 1) % Count)!.Members.Where(each => each.Name == NameOf(node)).MaxBy(each => each.Incarnation)!;
        return string.Create(CultureInfo.InvariantCulture, $"{member.Name}#{member.Incarnation}");
    }

    /// <summary>Kills a node, as by <c>kill -9</c>.</summary>
    public void Kill(int node)
    {
        _nodes[node]!.Kill();
        _nodes[node]!.WaitForExit();
    }

    /// <summary>Asks a node to stop in good order; returns when it has ended.</summary>
    public void Stop(int node)
    {
        _ = Signal(ProcessOf(node), TerminateSignal);
        _nodes[node]!.WaitForExit(s_patience);
    }

    /// <summary>From now on it takes no turn.</summary>
    public void Pause(int node) => _ = Signal(ProcessOf(node), StopSignal);

    public void Continue(int node) => _ = Signal(ProcessOf(node), ContinueSignal);

    /// <summary>The process of a node, also one that has ended.</summary>
    public int ProcessOf(int node) => _nodes[node]!.Id;

    /// <summary>Starts a node that has not been, or has ended.</summary>
    public void Start(int node)
    {
        Process process = LeitherProgram.Start(ArgumentsOf(node));
        _nodes[node] = process;
        process.ErrorDataReceived += (_, line) => _said = line.Data ?? _said;
        process.OutputDataReceived += static (_, _) => { };
        process.Exited += (_, _) =>
        {
            if (!_isEnding && process.ExitCode == OvertakenExitCode)
            {
                Console.Error.WriteLine($"{NameOf(node)} was given up, and is started again: {_said}");
                Start(node);
            }
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.EnableRaisingEvents = true;
    }

    /// <summary>What the nodes have sent each other so far.</summary>
    /// <exception cref="ScenarioException">A node does not say.</exception>
    public NodeTraffic Traffic() => NodeTraffic.Sum(_clients.Select((client, node) =>
    {
        try
        {
            return NodeTraffic.Parse(System.Text.Encoding.UTF8.GetString(client.GetBytesAsync("/metrics", "text/plain", null, CancellationToken.None).GetAwaiter().GetResult()));
        }
        catch (LedgerClientException failure)
        {
            throw new ScenarioException($"{NameOf(node)} does not say what it measured{(_nodes[node]!.HasExited ? $"; it ended with {_nodes[node]!.ExitCode}" : "")}. {failure.Message} It was said last: {_said}");
        }
    }));

    /// <summary>Walks the journal from end to end, and says what it holds.</summary>
    /// <exception cref="InvalidOperationException">It does not hold.</exception>
    public string VerifyJournal()
    {
        System.Text.Json.JsonElement found = LeitherProgram.Run("journal", "verify", "--quick", "--data", FolderOf(0), "--database", Database);
        return FormattableString.Invariant($"{found.GetProperty("pulses").GetInt64():N0} pulses, {found.GetProperty("transfers").GetInt64():N0} transfers, {found.GetProperty("bytes").GetInt64():N0} bytes");
    }

    /// <summary>The name under which the newest life of a node writes to the journal.</summary>
    public string WriterOf(int node) => (string)Asked("SELECT max(writer) FROM leither.writers WHERE writer LIKE $1", $"{NameOf(node)}#%");

    /// <summary>How many groups of blocks a writer has committed.</summary>
    public long GroupsOf(string writer) => (long)Asked("SELECT number FROM leither.writers WHERE writer = $1", writer);

    public void Dispose()
    {
        _isEnding = true;
        foreach (Process? process in _nodes)
        {
            if (process is not null)
            {
                ServerProcess.Interrupt(process, s_patience);
                process.Dispose();
            }
        }

        foreach (LedgerClient client in _clients)
        {
            client.Dispose();
        }

        All.Dispose();
        Organization?.Dispose();
        _server.Dispose();
    }

    /// <summary>Waits for a condition; what it asks may fail meanwhile.</summary>
    /// <exception cref="ScenarioException">It is not met in time.</exception>
    public void Until(string what, Func<bool> isMet)
    {
        long start = Stopwatch.GetTimestamp();
        while (!isMet())
        {
            if (Stopwatch.GetElapsedTime(start) > s_patience)
            {
                throw new ScenarioException($"It took longer than {s_patience.TotalSeconds} s until {what}. It was said last: {_said}");
            }

            Thread.Sleep(s_glance);
        }
    }

    private bool IsEven(ClusterResult seen)
    {
        int[] shares = [.. seen.Members.Where(member => member.State == "up").Select(member => member.Branches)];
        return shares.Max() - shares.Min() <= shares.Sum() / (2 * Count);
    }

    private object Asked(string question, string about)
    {
        using NpgsqlDataSource source = NpgsqlDataSource.Create($"Host={Path.Combine(_folder, "pg")};Username=postgres;Database={DatabaseName}");
        using NpgsqlCommand command = source.CreateCommand(question);
        command.Parameters.Add(new NpgsqlParameter { Value = about });
        return command.ExecuteScalar()!;
    }

    private ClusterResult? TryCluster(int node)
    {
        try
        {
            return _clients[node].GetAsync("/v1/cluster", ApiJson.Default.ClusterResult, null, CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (LedgerClientException)
        {
            return null;
        }
    }

    // The first one makes the organization and its ledger; the others have its parameters and its node's key, as they would after having been let in.
    private void Prepare(int node)
    {
        LeitherProgram.Run("ca", "issue", NameOf(node), "--authority", Path.Combine(_folder, "authority"), "--to", Path.Combine(FolderOf(node), "certificates"));
        foreach (string shared in node == 0 ? Array.Empty<string>() : ["ledger.json", "node.key"])
        {
            File.Copy(Path.Combine(FolderOf(0), shared), Path.Combine(FolderOf(node), shared));
        }
    }

    private string[] ArgumentsOf(int node) =>
    [
        "node",
        "--data", FolderOf(node),
        "--name", NameOf(node),
        "--cluster", ClusterName,
        "--database", Database,
        "--listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_ports[Count + node]}"),
        "--operators", "none",
        "--url", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_ports[node]}"),
        "--pulse-cycle-ms", _cycleMs.ToString(CultureInfo.InvariantCulture),
        "--fast-membership", _isFast ? "true" : "false",
        "--open-inquiry", "true",
    ];

    private string FolderOf(int node) => Path.Combine(_folder, NameOf(node));

    // Ports that nobody listens on at this moment.
    private static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in listeners)
        {
            listener.Start();
        }

        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in listeners)
        {
            listener.Dispose();
        }

        return ports;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int process, int signal);
}
