using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.LoadTests.Benchmarks.Http;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.FrontDoor;

/// <summary>A development network of several nodes on this machine, its journal in a PostgreSQL server of its own, for one run: <c>leither devnet</c>.</summary>
internal sealed class DevnetTarget : LoadTarget
{
    private const string DatabaseLine = "The journal is in ";
    private const int PortsFrom = 20_000;
    private const int PortsTo = 30_000;
    private const int LinesShown = 12;

    private static readonly TimeSpan s_stopPatience = TimeSpan.FromMinutes(1);

    private readonly Process _devnet;
    private readonly string _folder;
    private readonly int _nodes;
    private readonly TaskCompletionSource<string> _database = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _said = [];

    /// <param name="folder">where everything of it is made; its path must be short enough for a socket's</param>
    /// <param name="nodes">how many</param>
    /// <param name="cycle">their pulse cycle</param>
    /// <exception cref="ScenarioException">It did not start; the message has what it said.</exception>
    public DevnetTarget(string folder, int nodes, TimeSpan cycle)
    {
        _folder = Path.Combine(folder, "net");
        _nodes = nodes;
        int port = FreePorts(nodes);
        _devnet = LeitherProgram.StartApart(
            "devnet", "--nodes", Text(nodes), "--data", _folder, "--port", Text(port), "--node-port", Text(port + nodes),
            "--pulse-cycle-ms", Text((int)cycle.TotalMilliseconds));
        _devnet.ErrorDataReceived += (_, line) => Note(line.Data);
        _devnet.OutputDataReceived += (_, line) => Note(line.Data);
        _devnet.Exited += (_, _) => _database.TrySetException(new ScenarioException($"leither devnet ended. {LastSaid}"));
        _devnet.EnableRaisingEvents = true;
        _devnet.BeginErrorReadLine();
        _devnet.BeginOutputReadLine();
        Endpoints = [.. Enumerable.Range(port, nodes).Select(each => new Uri($"http://127.0.0.1:{Text(each)}"))];
        Database = _database.Task.GetAwaiter().GetResult();
        Organization = AddressTarget.KeyAt(Path.Combine(_folder, "n1", "organization.key"));
    }

    public override string Name => $"a development network of {Text(_nodes)} nodes, journal in PostgreSQL";

    public override IReadOnlyList<Uri> Endpoints { get; }

    public override PrivateKey? Organization { get; }

    public override IReadOnlyList<int> Processes => [.. Enumerable.Range(1, _nodes).Select(ProcessOf).Where(id => id != 0)];

    public override string LastSaid
    {
        get
        {
            lock (_said)
            {
                return string.Join(" / ", _said.TakeLast(LinesShown));
            }
        }
    }

    private string Database { get; }

    /// <summary>Kills its last node: the first is the one that funded the demonstration accounts, and need not be spared, but is the likeliest leader.</summary>
    public override string KillOne()
    {
        using var process = Process.GetProcessById(ProcessOf(_nodes));
        process.Kill();
        return $"n{Text(_nodes)} was killed (kill -9)";
    }

    public override string? VerifyJournal()
    {
        JsonElement found = LeitherProgram.Run("journal", "verify", "--quick", "--data", Path.Combine(_folder, "n1"), "--database", Database);
        return FormattableString.Invariant($"{found.GetProperty("pulses").GetInt64():N0} pulses, {found.GetProperty("transfers").GetInt64():N0} transfers, {found.GetProperty("bytes").GetInt64():N0} bytes");
    }

    public override void Dispose()
    {
        ServerProcess.Interrupt(_devnet, s_stopPatience);
        _devnet.Dispose();
        base.Dispose();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    // So many ports in a row, twice, that nobody listens on now.
    private static int FreePorts(int nodes)
    {
        HashSet<int> taken = [.. System.Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(each => each.Port)];
        int first = PortsFrom + (Environment.ProcessId % (PortsTo - PortsFrom));
        return Enumerable.Range(0, PortsTo - PortsFrom)
            .Select(offset => PortsFrom + ((first - PortsFrom + offset) % (PortsTo - PortsFrom)))
            .First(port => Enumerable.Range(port, 2 * nodes).All(each => !taken.Contains(each)));
    }

    private void Note(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_said)
        {
            _said.Add(line);
        }

        int at = line.IndexOf(DatabaseLine, StringComparison.Ordinal);
        if (at >= 0)
        {
            _database.TrySetResult(line[(at + DatabaseLine.Length)..]);
        }
    }

    // It keeps each node's process id in the node's folder.
    private int ProcessOf(int node)
    {
        string file = Path.Combine(_folder, $"n{Text(node)}", "node.pid");
        return File.Exists(file) && int.TryParse(File.ReadAllText(file), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int id) ? id : 0;
    }
}
