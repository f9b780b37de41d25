using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using LeitherCluster.Tests.Cluster.Support;
using Xunit.Abstractions;

namespace LeitherCluster.Tests.Cluster.Networks;

/// <summary>A node comes with an invitation, and goes when an operator wants it to; who does not belong is refused, with what to do.</summary>
public sealed partial class JoiningTests(ITestOutputHelper output)
{
    private const int Ok = 0;
    private const int Refused = 1;
    private const int BadInput = 2;
    private const int NotFound = 6;

    [Fact]
    public async Task Node_Invited_JoinsWorksAndLeaves_AndNobodyElseGetsIn()
    {
        await using Network network = await Network.StartAsync(2);

        CommandResult elsewhere = await network.OperateAsync(1, "cluster", "invite");
        Assert.Equal(Refused, elsewhere.ExitCode);
        Assert.Contains($"n1 at {network.OperatorsOf(0)}", elsewhere.Error, StringComparison.Ordinal);
        string token = await InviteAsync(network, "--node", "n3");

        // Before it is used: who asks elsewhere, under another name, with half of it, or means another authority.
        await AssertRefusedAsync(Refused, "NoAuthority", "node", "join", network.OperatorsOf(1), "--token", token, "--data", network.In("x1"), "--no-start");
        await AssertRefusedAsync(Refused, "InvitationForAnother", "node", "join", "--token", token, "--name", "n4", "--data", network.In("x2"), "--no-start");
        await AssertRefusedAsync(BadInput, "no whole token", "node", "join", "--token", token[..^9], "--data", network.In("x3"), "--no-start");
        await AssertRefusedAsync(Refused, "nothing was sent to it", "node", "join", "--token", WithAnotherAuthority(token), "--data", network.In("x4"), "--no-start");

        string folder = network.In("n3");
        await using (NodeProcess joined = NodeProcess.Start("node", "join", "--token", token, "--data", folder, "--listen", $"127.0.0.1:{Network.FreePort()}", "--operators", "none", "--url", "http://127.0.0.1:0"))
        {
            await AssertLeavesWhenToldAsync(network, joined);
        }

        await AssertRefusedAsync(Refused, "InvitationUsedUp", "node", "join", "--token", token, "--data", network.In("x5"), "--no-start");
        await AssertRefusedAsync(BadInput, "is there already", "node", "join", "--token", token, "--data", folder, "--no-start");
        string over = await InviteAsync(network);
        network.Server.Execute("UPDATE leither.invitations SET expires_at = clock_timestamp() - interval '1 minute' WHERE used_by IS NULL", network.Database);
        await AssertRefusedAsync(Refused, "InvitationExpired", "node", "join", "--token", over, "--name", "n5", "--data", network.In("x6"), "--no-start");

        CopyFolder(folder, network.In("foreign"));

        // From now on the folder alone is enough.
        await using NodeProcess again = NodeProcess.Start("node", "--data", folder);
        await again.WhenListeningAsync();
        await network.UntilAsync(0, seen => seen.Members.Any(member => member is { Name: "n3", State: "up", Branches: > 0 }));
        await AssertStrangersAreRefusedAsync(network, network.In("foreign"));
        int ended = await again.StopAsync(PosixSignalNumber.Terminate);
        Assert.True(ended == Ok, $"{ended}: {string.Join('\n', again.LogLines)}");
        CommandResult operations = await network.OperateAsync(0, "cluster", "operations");
        Assert.Contains("tester", operations.Output, StringComparison.Ordinal);
        Assert.Contains("cluster leave", operations.Output, StringComparison.Ordinal);
        output.WriteLine(operations.Output);
    }

    private async Task AssertLeavesWhenToldAsync(Network network, NodeProcess joined)
    {
        await joined.WhenListeningAsync();
        await network.UntilAsync(0, seen => seen.Members.Any(member => member is { Name: "n3", State: "up", Branches: > 0 }));
        CommandResult drained = await network.OperateAsync(0, "cluster", "drain", "n3");
        Assert.True(drained.ExitCode == Ok, drained.Error);
        await network.UntilAsync(1, seen => seen.Members.Any(member => member is { Name: "n3", State: "up", Branches: 0 }));
        Assert.Equal(Ok, (await network.OperateAsync(0, "cluster", "rebalance")).ExitCode);
        await network.UntilAsync(1, seen => seen.Members.Any(member => member is { Name: "n3", State: "up", Branches: > 0 }));
        var watch = Stopwatch.StartNew();
        CommandResult left = await network.OperateAsync(0, "cluster", "leave", "n3");
        Assert.True(left.ExitCode == Ok, left.Error + left.Output);
        Assert.Equal(Ok, await joined.WhenExitedAsync());
        output.WriteLine($"told to leave, it had handed over and ended after {watch.ElapsedMilliseconds} ms");
        Assert.DoesNotContain(joined.LogLines, line => line.Contains("Not all was handed over", StringComparison.Ordinal));
        output.WriteLine(string.Join('\n', joined.LogLines));
        await network.UntilAsync(0, seen => seen.Members.All(member => member.Name != "n3" || member is { State: "removed", Branches: 0 }));
        Assert.Equal(NotFound, (await network.OperateAsync(0, "cluster", "leave", "n3")).ExitCode);
    }

    /// <summary>Whoever has the database's address alone is not let in: another authority, another cluster, or a name that is at work.</summary>
    private static async Task AssertStrangersAreRefusedAsync(Network network, string folder)
    {
        foreach ((string cluster, string authority, string said) in new[] { ("testnet", "authority-2", "another authority"), ("othernet", "authority-3", "is of cluster testnet") })
        {
            await MustAsync("ca", "init", cluster, "--authority", network.In(authority));
            await MustAsync("ca", "issue", "n9", "--authority", network.In(authority), "--to", network.In($"{authority}-n9"));
            await AssertRefusedAsync(
                Refused, said, "node", "--data", folder, "--cluster", cluster, "--name", "n9", "--certificates", network.In($"{authority}-n9"));
        }

        await AssertRefusedAsync(Refused, "is alive and has this name", "node", "--data", folder, "--listen", $"127.0.0.1:{Network.FreePort()}");
    }

    private static async Task<string> InviteAsync(Network network, params string[] more)
    {
        CommandResult invited = await network.OperateAsync(0, ["cluster", "invite", .. more]);
        Assert.True(invited.ExitCode == Ok, invited.Error);
        return TokenText().Match(invited.Output).Value;
    }

    private static async Task AssertRefusedAsync(int exitCode, string said, params string[] arguments)
    {
        CommandResult result = await LeitherProgram.RunAsync(arguments);
        Assert.True(result.ExitCode == exitCode && result.Error.Contains(said, StringComparison.Ordinal), $"{string.Join(' ', arguments)}: {result.ExitCode}, {result.Error}");
    }

    private static async Task MustAsync(params string[] arguments)
    {
        CommandResult result = await LeitherProgram.RunAsync(arguments);
        Assert.True(result.ExitCode == Ok, result.Error);
    }

    /// <summary>The same token for an authority with another fingerprint, its checksum put right: docs/PROTOCOL.md, "Letting a node in".</summary>
    private static string WithAnotherAuthority(string token)
    {
        const string Prefix = "leither1.";
        const int FingerprintAt = 48;
        byte[] bytes = System.Buffers.Text.Base64Url.DecodeFromChars(token.AsSpan(Prefix.Length));
        bytes[FingerprintAt] ^= 1;
        SHA256.HashData(bytes.AsSpan(0, bytes.Length - 4)).AsSpan(0, 4).CopyTo(bytes.AsSpan(bytes.Length - 4));
        return Prefix + System.Buffers.Text.Base64Url.EncodeToString(bytes);
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    [GeneratedRegex(@"leither1\.[A-Za-z0-9_-]+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex TokenText();
}
