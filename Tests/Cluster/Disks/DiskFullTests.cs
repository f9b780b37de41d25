using System.Net;
using System.Net.Http.Json;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Cluster.Load;
using LeitherCluster.Tests.Cluster.Support;
using Xunit.Abstractions;

namespace LeitherCluster.Tests.Cluster.Disks;

/// <summary>A disk that is really full: the node stops accepting, says so, stays, and goes on when there is room.</summary>
public sealed class DiskFullTests(ITestOutputHelper output)
{
    private const int SmallMiB = 48;
    private const int LargeMiB = 256;
    private const int Parties = 1_000;
    private const int BundlesPerBatch = 8;
    private const int BundleItems = 200;
    private const ulong OpeningUnits = 1_000_000;

    private static readonly TimeSpan FillLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ResumeLimit = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Node_DiskFull_HoldsSaysSoAndGoesOnWhenThereIsRoom()
    {
        using var disk = new SmallDisk(SmallMiB);
        await using NodeProcess node = NodeProcess.StartDev(disk.Data);
        using var client = new NodeClient(await node.WhenListeningAsync());
        using DemoParties parties = DemoParties.Of(disk.Data, Parties);
        var book = new CommittedBook(parties, OpeningUnits);
        LoadLane lane = LaneOf(parties, book);

        using var full = new CancellationTokenSource();
        Task filling = lane.RunAsync(client, full.Token);
        NodeStatus held = await Eventually.GetAsync(client.StatusAsync, status => status.State == "holding", FillLimit);
        output.WriteLine($"held after {book.Count} bundles: {held.Reason} {disk.FreeBytes} bytes are free");
        Assert.Contains("no room", held.Reason, StringComparison.OrdinalIgnoreCase);
        await AssertRefusesAsync(client, parties);
        await full.CancelAsync();

        disk.Resize(LargeMiB);
        await Eventually.GetAsync(client.StatusAsync, status => status.State == "running", ResumeLimit);
        await filling;
        await lane.FinishAsync(client);
        await lane.StepAsync(client);
        await lane.FinishAsync(client);
        await AssertNothingLostAsync(client, book);

        Assert.Equal(0, await node.StopAsync(PosixSignalNumber.Terminate));
        CommandResult verified = await LeitherProgram.RunAsync("journal", "verify", "--data", disk.Data);
        Assert.True(verified.ExitCode == 0, verified.Error);
    }

    [Fact]
    public async Task Node_KilledOnAFullDisk_StartsAgainWhenThereIsRoom()
    {
        using var disk = new SmallDisk(SmallMiB);
        using DemoParties parties = await FirstStartAsync(disk.Data);
        var book = new CommittedBook(parties, OpeningUnits);
        LoadLane lane = LaneOf(parties, book);
        await using (NodeProcess node = NodeProcess.StartDev(disk.Data))
        {
            using var client = new NodeClient(await node.WhenListeningAsync());
            Task filling = lane.RunAsync(client, CancellationToken.None);
            await Eventually.GetAsync(client.StatusAsync, status => status.State == "holding", FillLimit);
            await node.KillAsync();
            await filling;
        }

        disk.Resize(LargeMiB);
        await using NodeProcess again = NodeProcess.StartDev(disk.Data);
        using var clientAgain = new NodeClient(await again.WhenListeningAsync());
        await lane.FinishAsync(clientAgain);
        await AssertNothingLostAsync(clientAgain, book);
    }

    [Fact]
    public async Task Node_StartedWithoutRoom_SaysSoAndStartsWhenThereIs()
    {
        using var disk = new SmallDisk(1);
        await using NodeProcess node = NodeProcess.StartDev(disk.Data);

        int exitCode = await node.WhenExitedAsync();

        Assert.Equal(ExitCodes.Busy, exitCode);
        Assert.Empty(node.LogLines);
        Assert.StartsWith("leither: There is no room", node.ErrorLines[^1], StringComparison.Ordinal);

        disk.Resize(LargeMiB);
        await using NodeProcess again = NodeProcess.StartDev(disk.Data);
        await again.WhenListeningAsync();
    }

    private static async Task<DemoParties> FirstStartAsync(string folder)
    {
        await using NodeProcess node = NodeProcess.StartDev(folder);
        await node.WhenListeningAsync();
        return DemoParties.Of(folder, Parties);
    }

    private static LoadLane LaneOf(DemoParties parties, CommittedBook book)
    {
        var writer = new PaymentWriter(parties, 0, Parties, new Random(1));
        return new LoadLane(() => [.. Enumerable.Range(0, BundlesPerBatch).Select(_ => writer.PayMany(BundleItems))], book);
    }

    private static async Task AssertRefusesAsync(NodeClient client, DemoParties parties)
    {
        using HttpResponseMessage refused = await client.PostAsync(new PaymentWriter(parties, 0, 1, new Random(1)).Pay().Frame);
        ProblemLine problem = (await refused.Content.ReadFromJsonAsync<ProblemLine>())!;
        Assert.Equal((HttpStatusCode.TooManyRequests, (int)Outcome.Busy), (refused.StatusCode, problem.OutcomeNumber));
        Assert.Contains("no room", problem.Detail, StringComparison.OrdinalIgnoreCase);

        using HttpResponseMessage ready = await client.Http.GetAsync("/readyz");
        using HttpResponseMessage live = await client.Http.GetAsync("/livez");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (ready.StatusCode, live.StatusCode));
    }

    private static async Task AssertNothingLostAsync(NodeClient client, CommittedBook book)
    {
        await book.AssertFoundAsync(client, 0);
        await book.AssertBalancesAsync(client);
        Assert.Equal("10000000.00", (await client.StatusAsync()).LastPulse!.Supply);
    }
}
