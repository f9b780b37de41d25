using System.CommandLine;
using System.Globalization;
using LeitherCluster.Hosting.Commands.Clusters;
using LeitherCluster.Hosting.Commands.Databases;
using LeitherCluster.Hosting.Demo;
using LeitherCluster.Hosting.Devnet;
using LeitherCluster.Hosting.Nodes;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Remoting.Certificates;
using LeitherCluster.Runtime.Local;

namespace LeitherCluster.Hosting.Commands.Nodes;

/// <summary><c>leither devnet</c>.</summary>
internal sealed class DevnetCommand : LeitherCommand
{
    private const string Cluster = "devnet";
    private const string Database = "leither";
    private const string Operator = "operator";
    private const int OperatorsPortOffset = 100;
    private const int NodesMax = 9;

    private static readonly TimeSpan s_stopPatience = TimeSpan.FromSeconds(30);

    private readonly Option<int> _nodes = new("--nodes") { Description = $"How many nodes, 1 to {NodesMax}.", HelpName = "N", DefaultValueFactory = _ => 3 };
    private readonly Option<string> _data = new("--data") { Description = "The folder of everything: server, authority, nodes.", HelpName = "DIR", DefaultValueFactory = _ => "devnet" };
    private readonly Option<int> _port = new("--port") { Description = "The HTTP port of the first node; the others follow.", HelpName = "PORT", DefaultValueFactory = _ => 7700 };
    private readonly Option<int> _nodePort = new("--node-port") { Description = "The port at which other nodes reach the first one; the others follow.", HelpName = "PORT", DefaultValueFactory = _ => 7800 };
    private readonly Option<int> _cycle = new("--pulse-cycle-ms") { Description = "Time between beats.", HelpName = "MS", DefaultValueFactory = _ => 1_000 };
    private readonly Option<bool> _fast = new("--fast-membership") { Description = "Notice a dead node within a second." };

    public DevnetCommand()
        : base(
            "devnet",
            "Run a cluster on this machine, with a PostgreSQL server of its own (from the installed binaries) and the demonstration organization, until Ctrl-C.",
            "leither devnet",
            "leither devnet --nodes 5 --data /tmp/net")
    {
        Add(_nodes);
        Add(_data);
        Add(_port);
        Add(_nodePort);
        Add(_cycle);
        Add(_fast);
    }

    public override async Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        int count = call.Value(_nodes);
        if (count is < 1 or > NodesMax)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"--nodes must be from 1 to {NodesMax}.");
        }

        string data = Path.GetFullPath(call.Value(_data)!);
        Directory.CreateDirectory(data);
        using var server = PrivateServer.Start(Path.Combine(data, "pg"), call.Console.Environment);
        string database = server.AddressOf(Database);
        Prepare(data, database, count);
        call.Note($"The journal is in {database}");
        var nodes = new List<DevnetNode>();
        var lines = new List<string[]>();
        try
        {
            for (int number = 1; number <= count; number++)
            {
                string[] arguments = ArgumentsOf(call, data, database, number);
                call.Note($"n{number}: leither {string.Join(' ', arguments)}");
                nodes.Add(DevnetNode.Start($"n{number}", arguments, call.Note));
                lines.Add(arguments);
            }

            call.Note($"Operate it: leither console --connect {OperatorsOf(call, 1)} --credentials {Path.Combine(data, Operator)}");
            call.Note("Ctrl-C stops all of them; one that ended is started again by its line above.");
            await Task.WhenAll(lines.Select((arguments, i) => WatchAsync(nodes, i, arguments, call, cancel))).ConfigureAwait(false);
            await StopAsync(nodes).ConfigureAwait(false);
        }
        finally
        {
            nodes.ForEach(node => node.Dispose());
        }

        return ExitCode.Ok;
    }

    private static string FolderOf(string data, int number) => Path.Combine(data, $"n{number.ToString(CultureInfo.InvariantCulture)}");

    // All that a cluster needs once: schema, authority, the organization and its ledger, which all nodes share, and a certificate for each of them.
    private static void Prepare(string data, string database, int count)
    {
        DatabaseAddress address = DatabaseOption.Parse(database).Main;
        DatabaseOption.Reaching(() => Migrator.CreateDatabase(address));
        DatabaseOption.Reaching(() => Migrator.Migrate(address));
        string authority = Path.Combine(data, "authority");
        if (ClusterAuthority.TryCreate(authority, Cluster, ClusterAuthority.DefaultValidity, LocalClock.Instance, LocalChance.Instance, out ClusterAuthority? made) == AuthorityOutcome.Success)
        {
            made!.Dispose();
        }

        CaIssueCommand.Issue(authority, Operator, Path.Combine(data, Operator), ClusterAuthority.DefaultNodeValidity, CertificateKind.Operator);
        var first = new LedgerFolder(FolderOf(data, 1));
        DemoLedger.Prepare(first);
        NodeHost.MakeBookkeeper(first);
        for (int number = 1; number <= count; number++)
        {
            var folder = new LedgerFolder(FolderOf(data, number));
            folder.Make();
            CaIssueCommand.Issue(authority, $"n{number}", folder.CertificatesFolder, ClusterAuthority.DefaultNodeValidity);
            if (number != 1)
            {
                File.Copy(first.ParametersFile, folder.ParametersFile, overwrite: true);
                File.Copy(first.NodeKeyFile, folder.NodeKeyFile, overwrite: true);
            }
        }
    }

    // One that was overtaken comes back at once, as under any supervisor; one that was killed stays away, so that it can be seen.
    private static async Task WatchAsync(List<DevnetNode> nodes, int index, string[] arguments, CommandCall call, CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                DevnetNode node = nodes[index];
                int exitCode = await node.WhenEndedAsync(cancel).ConfigureAwait(false);
                call.Note($"{node.Name} ended with exit code {exitCode}.");
                if (exitCode != (int)ExitCode.Overtaken)
                {
                    return;
                }

                nodes[index] = DevnetNode.Start(node.Name, arguments, call.Note);
                node.Dispose();
            }
        }
        catch (OperationCanceledException)
        {
            // All are stopped together.
        }
    }

    private static async Task StopAsync(List<DevnetNode> nodes)
    {
        nodes.ForEach(node => node.AskToStop());
        using var patience = new CancellationTokenSource(s_stopPatience);
        try
        {
            await Task.WhenAll(nodes.Select(node => node.WhenEndedAsync(patience.Token))).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // What does not stop is killed; the journal takes no harm.
        }
    }

    private string OperatorsOf(CommandCall call, int number) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{call.Value(_nodePort) + OperatorsPortOffset + number - 1}");

    // The first one funds the demonstration accounts, and lets further nodes in.
    private string[] ArgumentsOf(CommandCall call, string data, string database, int number) =>
    [
        number == 1 ? "dev" : "node",
        "--data", FolderOf(data, number),
        "--name", $"n{number}",
        "--cluster", Cluster,
        "--database", database,
        "--listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{call.Value(_nodePort) + number - 1}"),
        "--operators", OperatorsOf(call, number),
        "--url", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{call.Value(_port) + number - 1}"),
        "--pulse-cycle-ms", call.Value(_cycle).ToString(CultureInfo.InvariantCulture),
        "--open-inquiry", "true",
        "--fast-membership", call.Value(_fast) ? "true" : "false",
        .. number == 1 ? new[] { "--authority", Path.Combine(data, "authority") } : [],
    ];
}
