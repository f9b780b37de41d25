using System.Net;
using System.Net.Sockets;
using LeitherCluster.Tests.Cluster.Load;
using LeitherCluster.Tests.Cluster.Support;
using Xunit.Abstractions;

namespace LeitherCluster.Tests.Cluster.Starts;

/// <summary>What keeps a node from starting: one line that says it, an exit code, no stack trace; and that a first start may be cut short anywhere.</summary>
public sealed class StartTests(MadeLedger made, ITestOutputHelper output) : IClassFixture<MadeLedger>, IDisposable
{
    private const int FirstStarts = 12;
    private const int FirstStartMsMax = 800;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Refused => [.. RefusedStart.All.Select(start => start.Name)];

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Node_CannotStart_SaysWhyInOneLine(string what)
    {
        made.CopyTo(_folder.Path);
        RefusedStart start = RefusedStart.All.Single(each => each.Name == what);

        CommandResult result = await LeitherProgram.RunAsync(start.Prepare(_folder.Path));

        output.WriteLine(result.Error);
        AssertRefused(ExitCodes.BadInput, start.Says, result);
    }

    [Fact]
    public async Task Node_WrongEnvironment_SaysWhyInOneLine()
    {
        System.Diagnostics.ProcessStartInfo start = LeitherProgram.StartInfo("dev", "--data", _folder.Path);
        start.Environment["LEITHER_PULSE_CYCLE_MS"] = "soon";

        AssertRefused(ExitCodes.BadInput, "LEITHER_PULSE_CYCLE_MS", await LeitherProgram.RunAsync(start, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Node_PortInUse_SaysWhyInOneLine()
    {
        made.CopyTo(_folder.Path);
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        CommandResult result = await LeitherProgram.RunAsync("dev", "--data", _folder.Path, "--url", $"http://{other.LocalEndpoint}");

        AssertRefused(ExitCodes.BadInput, $"{other.LocalEndpoint} cannot be listened on", result);
    }

    [Fact]
    public async Task Node_SecondOnTheSameFolder_IsRefusedAndTheFirstUnharmed()
    {
        made.CopyTo(_folder.Path);
        await using NodeProcess first = NodeProcess.StartDev(_folder.Path);
        using var client = new NodeClient(await first.WhenListeningAsync());

        foreach (string[] second in (string[][])[["dev", "--url", "http://127.0.0.1:0"], ["node", "--url", "http://127.0.0.1:0"], ["journal", "verify"], ["journal", "dump"]])
        {
            CommandResult result = await LeitherProgram.RunAsync([.. second, "--data", _folder.Path]);
            AssertRefused(ExitCodes.Busy, _folder.Path, result);
        }

        Assert.Equal("running", (await client.StatusAsync()).State);
        Assert.Equal(0, await first.StopAsync(PosixSignalNumber.Terminate));
        Assert.Empty(first.LogLines);
    }

    [Fact]
    public async Task Node_KilledDuringItsFirstStart_IsMadeAtTheNext()
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var chance = new Random(seed);
        for (int i = 0; i < FirstStarts; i++)
        {
            string folder = _folder.In($"{i}");
            await using (NodeProcess killed = NodeProcess.StartDev(folder))
            {
                await Task.Delay(chance.Next(FirstStartMsMax));
                await killed.KillAsync();
            }

            await using NodeProcess node = NodeProcess.StartDev(folder);
            using var client = new NodeClient(await node.WhenListeningAsync());
            NodeStatus status = await client.StatusAsync();
            Assert.Equal((DemoNode.Supply, DemoNode.Parties), (status.LastPulse!.Supply, (int)status.Accounts - 1));
            Assert.Empty(node.LogLines);
        }
    }

    private static void AssertRefused(int exitCode, string says, CommandResult result)
    {
        Assert.Equal(exitCode, result.ExitCode);
        string line = Assert.Single(result.ErrorLines, each => !each.StartsWith("Made ", StringComparison.Ordinal) && !each.StartsWith("warning: ", StringComparison.Ordinal));
        Assert.StartsWith("leither: ", line, StringComparison.Ordinal);
        Assert.Contains(says, line, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", line, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }
}
