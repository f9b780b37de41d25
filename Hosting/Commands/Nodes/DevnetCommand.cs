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
        PostgresBinaries.Find(call.Console.Environment);
        Directory.CreateDirectory(data);
        LedgerFolder[] folders = [.. Enumerable.Range(1, count).Select(number => new LedgerFolder(Path.Combine(data, NameOf(number))))];
        EndLeftBehind(folders, call);
        using var server = PrivateServer.Start(Path.Combine(data, "pg"), call.Console.Environment);
        string database = server.AddressOf(Database);
        Prepare(data, database, folders);
        call.Note($"The journal is in {database}");
        var nodes = new List<DevnetNode>();
        TaskCompletionSource[] running = [.. folders.Select(static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];
        try
        {
            for (int number = 1; number <= count; number++)
            {
                LedgerFolder folder = folders[number - 1];
                SettingsFile.Write(folder, SettingsOf(call, data, database, number));
                nodes.Add(DevnetNode.Start(NameOf(number), CommandOf(number), folder, call.Note, Running(running, number)));
                call.Note($"{NameOf(number)} at {UrlOf(call, number)}, folder {folder.Path}");
            }

            call.Note($"Operate it: leither console --connect {OperatorsOf(call, 1)} --credentials {Path.Combine(data, Operator)}");
            call.Note("Ctrl-C stops all of them.");
            _ = AnnounceAsync(running, call);
            await Task.WhenAll(folders.Select((folder, i) => WatchAsync(nodes, i, folder, Running(running, i + 1), call, cancel))).ConfigureAwait(false);
            await StopAsync(nodes).ConfigureAwait(false);
        }
        finally
        {
            nodes.ForEach(node => node.Dispose());
        }

        return ExitCode.Ok;
    }

    private static string NameOf(int number) => $"n{number.ToString(CultureInfo.InvariantCulture)}";

    // The first one funds the demonstration accounts.
    private static string CommandOf(int number) => number == 1 ? "dev" : "node";

    private static void EndLeftBehind(LedgerFolder[] folders, CommandCall call)
    {
        foreach (LedgerFolder folder in folders.Where(DevnetNode.EndLeftBehind))
        {
            call.Note($"warning: the node of {folder.Path} still ran, as its network was killed: it was ended.");
        }
    }

    private static Action Running(TaskCompletionSource[] running, int number) => () => running[number - 1].TrySetResult();

    private static async Task AnnounceAsync(TaskCompletionSource[] running, CommandCall call)
    {
        await Task.WhenAll(running.Select(static each => each.Task)).ConfigureAwait(false);
        call.Note(running.Length == 1 ? "The node takes transfers." : $"All {running.Length} nodes take transfers.");
    }

    // All that a cluster needs once: schema, authority, the organization and its ledger, which all nodes share, and a certificate for each of them.
    private static void Prepare(string data, string database, LedgerFolder[] folders)
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
        LedgerFolder first = folders[0];
        DemoLedger.Prepare(first);
        NodeHost.MakeBookkeeper(first);
        for (int i = 0; i < folders.Length; i++)
        {
            LedgerFolder folder = folders[i];
            folder.Make();
            CaIssueCommand.Issue(authority, NameOf(i + 1), folder.CertificatesFolder, ClusterAuthority.DefaultNodeValidity);
            if (folder != first)
            {
                File.Copy(first.ParametersFile, folder.ParametersFile, overwrite: true);
                File.Copy(first.NodeKeyFile, folder.NodeKeyFile, overwrite: true);
            }
        }
    }

    // One that was overtaken comes back at once, as under any supervisor; one that was killed stays away, so that it can be seen.
    private static async Task WatchAsync(List<DevnetNode> nodes, int index, LedgerFolder folder, Action running, CommandCall call, CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                DevnetNode node = nodes[index];
                int exitCode = await node.WhenEndedAsync(cancel).ConfigureAwait(false);
                if (exitCode != (int)ExitCode.Overtaken)
                {
                    call.Note($"{node.Name} ended with exit code {exitCode}. Start it again, in another terminal: leither node --data {folder.Path}");
                    return;
                }

                call.Note($"{node.Name} was overtaken (exit code {exitCode}) and is started again.");
                nodes[index] = DevnetNode.Start(node.Name, CommandOf(index + 1), folder, call.Note, running);
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

    private string UrlOf(CommandCall call, int number) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{call.Value(_port) + number - 1}");

    // The first one lets further nodes in.
    private Dictionary<string, string> SettingsOf(CommandCall call, string data, string database, int number)
    {
        var settings = new Dictionary<string, string>
        {
            ["name"] = NameOf(number),
            ["cluster"] = Cluster,
            ["database"] = database,
            ["listen"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{call.Value(_nodePort) + number - 1}"),
            ["operators"] = OperatorsOf(call, number),
            ["url"] = UrlOf(call, number),
            ["pulseCycleMs"] = call.Value(_cycle).ToString(CultureInfo.InvariantCulture),
            ["openInquiry"] = "true",
            ["fastMembership"] = call.Value(_fast) ? "true" : "false",
        };
        if (number == 1)
        {
            settings.Add("authority", Path.Combine(data, "authority"));
        }

        return settings;
    }
}
