using System.Diagnostics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using LeitherCluster.Tests.Cluster.Support;
using Xunit.Abstractions;

namespace LeitherCluster.Tests.Cluster.Networks;

/// <summary>Operators see and change a cluster of processes from any of its nodes, by name, and nobody else does.</summary>
public sealed class ConsoleTests(ITestOutputHelper output)
{
    private const int Nodes = 3;
    private const int Ok = 0;
    private const int BadInput = 2;
    private const int Busy = 5;
    private const int NotFound = 6;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Network_OperatedFromAnyNode_ShowsAndChangesItAll()
    {
        await using Network network = await Network.StartAsync(Nodes);

        await AssertShownEverywhereAsync(network);
        await AssertMovedAndRecordedAsync(network);
        await AssertConsoleRunsLinesAsync(network);
        await AssertDocumentedCommandsRunAsync(network);
        await AssertOthersAreRefusedAsync(network);
        await AssertMeasuredAsync(network);
        await AssertSeesADeathAsync(network);
        await AssertSurvivesTheDatabaseAsync(network);
    }

    /// <summary>Every node is shown, whichever is asked, with what other nodes alone know.</summary>
    private async Task AssertShownEverywhereAsync(Network network)
    {
        for (int node = 0; node < Nodes; node++)
        {
            JsonElement cluster = await UntilAsync(network, node, Ok, shown => Rows(shown).Count(row => Text(row, "state") == "up") == Nodes, "cluster", "show");
            Assert.Equal(256, Rows(cluster).Sum(row => row.GetProperty("branches").GetInt32()));
        }

        foreach (string[] command in new[] { ["cluster", "status"], ["actor", "stats"], ["actor", "hierarchy"], ["journal", "status"], ["pulse", "last"], new[] { "log", "show" } })
        {
            JsonElement shown = await UntilAsync(network, 2, Ok, shown => Rows(shown).Select(row => Text(row, "node")).Distinct().Count() == Nodes, command);
            Assert.False(shown.TryGetProperty("unanswered", out _));
        }

        JsonElement actors = await UntilAsync(network, 0, Ok, shown => Rows(shown).Length > 0, "actor", "hierarchy", "--node", "n3", "--depth", "9");
        Assert.All(Rows(actors), row => Assert.Equal("n3", Text(row, "node")));
        Assert.Contains(Rows(actors), row => Text(row, "type") == "Branch" && row.GetProperty("depth").GetInt32() == 3 && row.TryGetProperty("mail", out _));
        JsonElement shares = await UntilAsync(network, 1, Ok, shown => Rows(shown).Length == Nodes, "sharding", "stats");
        Assert.Equal(258, shares.GetProperty("shards").GetInt32());
        CommandResult text = await network.OperateAsync(1, "cluster", "show");
        output.WriteLine(text.Output);
        Assert.All(text.Output.Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    private static async Task AssertMovedAndRecordedAsync(Network network)
    {
        JsonElement before = await UntilAsync(network, 0, Ok, shown => Rows(shown).Any(row => Text(row, "shard") == "branch-17"), "sharding", "list");
        string from = Text(Rows(before).Single(row => Text(row, "shard") == "branch-17"), "owner").Split('#')[0];
        string to = from == "n1" ? "n2" : "n1";
        JsonElement moved = await UntilAsync(network, 0, Ok, shown => Text(shown, "owner").StartsWith(to + "#", StringComparison.Ordinal), "sharding", "move", "branch-17", to, "--wait", "40");
        Assert.Equal("branch-17", Text(moved, "shard"));
        await UntilAsync(network, 2, Ok, shown => Rows(shown).Any(row => Text(row, "shard") == "branch-17" && Text(row, "owner").StartsWith(to + "#", StringComparison.Ordinal)), "sharding", "list");
        Assert.Equal(NotFound, (await network.OperateAsync(0, "sharding", "move", "branch-999", to)).ExitCode);

        JsonElement operations = await UntilAsync(network, 1, Ok, shown => Rows(shown).Any(row => Text(row, "outcome").Contains("branch-999", StringComparison.Ordinal)), "cluster", "operations");
        JsonElement[] moves = [.. Rows(operations).Where(row => Text(row, "command") == "sharding move" && Text(row, "operator") == "tester")];
        Assert.Contains(moves, row => row.GetProperty("exit").GetInt32() == Ok && Text(row, "arguments").Contains("branch-17", StringComparison.Ordinal));
        Assert.Contains(moves, row => row.GetProperty("exit").GetInt32() == NotFound);
    }

    /// <summary>The console takes lines from its command line and from its input, ends as they end, and learns what there is from the node.</summary>
    private static async Task AssertConsoleRunsLinesAsync(Network network)
    {
        CommandResult lines = await network.OperateAsync(1, "console", "-c", "help", "-c", "help sharding move", "-c", "ledger show -o json");
        Assert.True(lines.ExitCode == Ok, lines.Error);
        Assert.Contains("sharding", lines.Output, StringComparison.Ordinal);
        Assert.Contains("recorded with your name", lines.Output, StringComparison.Ordinal);
        Assert.Equal("DEMO", Text(JsonDocument.Parse(lines.Output[lines.Output.LastIndexOf("{\"", StringComparison.Ordinal)..]).RootElement, "token"));

        CommandResult wrong = await network.OperateAsync(1, "console", "-c", "cluster nonsense", "-c", "ledger show");
        Assert.Equal(BadInput, wrong.ExitCode);
        Assert.Contains("cluster has show", wrong.Error, StringComparison.Ordinal);
        Assert.Empty(wrong.Output);

        ProcessStartInfo typed = LeitherProgram.StartInfo("console", "--connect", network.OperatorsOf(0), "--credentials", network.In("operator"));
        using Process console = Process.Start(typed)!;
        await console.StandardInput.WriteAsync("branch show 17\nledger show\n");
        console.StandardInput.Close();
        string said = await console.StandardOutput.ReadToEndAsync();
        await console.WaitForExitAsync();
        Assert.Equal(Ok, console.ExitCode);
        Assert.Contains("DEMO", said, StringComparison.Ordinal);
    }

    /// <summary>What docs/CONSOLE.md shows does what it says, as a person would type it.</summary>
    private static async Task AssertDocumentedCommandsRunAsync(Network network)
    {
        IReadOnlyList<string[]> commands = ConsoleDocument.Commands();
        Assert.True(commands.Count > 15);
        foreach (string[] command in commands)
        {
            CommandResult result = await Eventually.GetAsync(
                async () =>
                {
                    await network.SuperviseAsync();
                    ProcessStartInfo start = LeitherProgram.StartInfo(command);
                    start.WorkingDirectory = network.In("");
                    start.Environment["LEITHER_CONNECT"] = network.OperatorsOf(1);
                    start.Environment["LEITHER_CREDENTIALS"] = "alice";
                    return await LeitherProgram.RunAsync(start, s_patience);
                },
                ended => ended.ExitCode is Ok || ended.ExitCode is BadInput or NotFound,
                s_patience);
            Assert.True(result.ExitCode == Ok, $"{string.Join(' ', command)}: {result.Error}");
            Assert.NotEmpty(result.Output);
        }
    }

    /// <summary>Without an operator's certificate of this cluster nothing is shown; each is told why.</summary>
    private static async Task AssertOthersAreRefusedAsync(Network network)
    {
        string foreign = network.In("foreign-authority");
        Assert.Equal(Ok, (await LeitherProgram.RunAsync("ca", "init", "testnet", "--authority", foreign)).ExitCode);
        Assert.Equal(Ok, (await LeitherProgram.RunAsync("ca", "issue", "--operator", "mallory", "--authority", foreign, "--to", network.In("mallory"))).ExitCode);

        Assert.Contains("Show an operator's certificate", await RefusalAsync(network, null), StringComparison.Ordinal);
        Assert.Contains("a node's, for one, opens nothing here", await RefusalAsync(network, CertificateIn(network.In("n2/certificates"), "node")), StringComparison.Ordinal);
        Assert.Contains("another authority", await RefusalAsync(network, CertificateIn(network.In("mallory"), "operator")), StringComparison.Ordinal);

        CommandResult mallory = await LeitherProgram.RunAsync("cluster", "show", "--connect", network.OperatorsOf(0), "--credentials", network.In("mallory"));
        Assert.Equal(1, mallory.ExitCode);
        Assert.Contains("no node of cluster testnet", mallory.Error, StringComparison.Ordinal);
        CommandResult nobody = await LeitherProgram.RunAsync("cluster", "show", "--connect", network.OperatorsOf(0), "--credentials", network.In("n2/certificates"));
        Assert.Equal(BadInput, nobody.ExitCode);
        Assert.Contains("ca issue --operator", nobody.Error, StringComparison.Ordinal);
    }

    private async Task AssertMeasuredAsync(Network network)
    {
        foreach (string path in new[] { "/livez", "/readyz" })
        {
            await Eventually.GetAsync(() => StatusOfAsync(network, 1, path), status => status == HttpStatusCode.OK, s_patience);
        }

        // Pulses are measured when they change something.
        using (var load = new NetworkLoad(network))
        {
            load.Start();
            await load.UntilMoreAsync(2);
            output.WriteLine(await load.FinishAsync());
        }

        string metrics = await Eventually.GetAsync(() => network.Client(1).Http.GetStringAsync("/metrics"), text => text.Contains("leither_members_reachable 3", StringComparison.Ordinal), s_patience);
        foreach (string name in new[] { "leither_members{state=\"up\"} 3", "leither_branches ", "leither_actors ", "leither_actors_restarts_total ", "leither_mailbox_depth ", "leither_dead_letters_total ", "leither_signatures_verified_total ", "leither_transfers_held_off_total ", "leither_peers_sent_bytes_total{lane=\"control\"} ", "leither_pulse_phase_seconds_count{phase=\"durable\"} ", "leither_journal_latency_seconds_count " })
        {
            Assert.Contains(name, metrics, StringComparison.Ordinal);
        }
    }

    private async Task AssertSeesADeathAsync(Network network)
    {
        await network.Node(2).KillAsync();

        // It is down until others have its branches; then it is no member any more, and nothing is amiss.
        JsonElement seen = await UntilAsync(network, 0, (exit, shown) => Rows(shown).Any(row => IsOfThird(row) && Text(row, "state") == (exit == Busy ? "down" : "removed")), "cluster", "show");
        Assert.Equal("no", Text(Rows(seen).First(IsOfThird), "reachable"));
        JsonElement shares = await UntilAsync(network, 1, Ok, shown => Rows(shown).All(row => Text(row, "state") == "up"), "sharding", "stats");
        Assert.Equal(256, Rows(shares).Sum(row => row.GetProperty("branches").GetInt32()));
        CommandResult shown = await network.OperateAsync(0, "cluster", "show");
        output.WriteLine(shown.Output);
        Assert.Equal(NotFound, (await network.OperateAsync(0, "actor", "hierarchy", "--node", "n3")).ExitCode);

        static bool IsOfThird(JsonElement row) => Text(row, "name").StartsWith("n3#", StringComparison.Ordinal);
    }

    /// <summary>With the database away a node lives, is not ready, and goes on measuring itself; an operator is told, and changes nothing.</summary>
    private static async Task AssertSurvivesTheDatabaseAsync(Network network)
    {
        network.Server.StopAtOnce();
        try
        {
            await Eventually.GetAsync(() => StatusOfAsync(network, 0, "/readyz"), status => status == HttpStatusCode.ServiceUnavailable, s_patience);
            Assert.Equal(HttpStatusCode.OK, await StatusOfAsync(network, 0, "/livez"));
            Assert.Contains("leither_members{state=\"up\"}", await network.Client(0).Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
            CommandResult refused = await network.OperateAsync(0, "sharding", "move", "branch-3", "n1");
            Assert.True(refused.Error.Contains("Nothing was changed", StringComparison.Ordinal), refused.Error);
        }
        finally
        {
            network.Server.Start();
        }

        await UntilAsync(network, 0, Ok, shown => Rows(shown).Length > 0, "cluster", "operations");
    }

    /// <summary>Asks until the command ends so and shows that; nodes that a busy machine had given up are started again meanwhile.</summary>
    private static Task<JsonElement> UntilAsync(Network network, int node, int exitCode, Func<JsonElement, bool> isMet, params string[] command) =>
        UntilAsync(network, node, (exit, shown) => exit == exitCode && isMet(shown), command);

    private static async Task<JsonElement> UntilAsync(Network network, int node, Func<int, JsonElement, bool> isMet, params string[] command)
    {
        CommandResult result = await Eventually.GetAsync(
            async () =>
            {
                await network.SuperviseAsync();
                return await network.OperateAsync(node, [.. command, "-o", "json"]);
            },
            seen => seen.Output.Length > 0 && isMet(seen.ExitCode, JsonDocument.Parse(seen.Output).RootElement),
            s_patience);
        return JsonDocument.Parse(result.Output).RootElement;
    }

    private static JsonElement[] Rows(JsonElement document) => [.. document.GetProperty("rows").EnumerateArray()];

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString() ?? "";

    private static async Task<HttpStatusCode> StatusOfAsync(Network network, int node, string path)
    {
        using HttpResponseMessage answer = await network.Client(node).Http.GetAsync(path);
        return answer.StatusCode;
    }

    private static X509Certificate2 CertificateIn(string folder, string name) =>
        X509Certificate2.CreateFromPemFile(Path.Combine(folder, $"{name}.crt"), Path.Combine(folder, $"{name}.key"));

    private static async Task<string> RefusalAsync(Network network, X509Certificate2? certificate)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null;
        handler.SslOptions.ClientCertificates = certificate is null ? [] : [certificate];
        handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate!;
        using var http = new HttpClient(handler);
        using HttpResponseMessage answer = await http.GetAsync($"https://{network.OperatorsOf(0)}/operator/v1/palettes");
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        string text = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("end").GetProperty("text").GetString()!;
        certificate?.Dispose();
        return text;
    }
}
