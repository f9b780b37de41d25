using LeitherCluster.Tests.Cluster.Support;

namespace LeitherCluster.Tests.Cluster.Disks;

/// <summary>A journal is damaged under a running node: it ends, with evidence, as soon as it reads what was damaged.</summary>
public sealed class DamageWhileRunningTests
{
    // So many pulses that the first are in no memory, and are read from the files when asked for.
    private const ulong PulseCount = 80;
    private const ulong AsOf = 2;
    private const int StrideBytes = 1_000;

    private static readonly TimeSpan PulsesLimit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Node_JournalDamagedWhileItRuns_EndsWithEvidenceWhenItReadsIt()
    {
        using var folder = new TestFolder();
        await CommitPulsesAsync(folder.Path);
        using DemoParties parties = DemoParties.Of(folder.Path, 1);
        var segment = new SegmentFile(folder.Path);

        foreach (string command in (string[])["node", "dev"])
        {
            await using NodeProcess node = NodeProcess.Start(command, "--data", folder.Path, "--url", "http://127.0.0.1:0", "--open-inquiry", "true");
            using var client = new NodeClient(await node.WhenListeningAsync());
            segment.FlipEvery(StrideBytes);
            using HttpResponseMessage answer = await client.Http.GetAsync($"/v1/accounts/{parties.Ids[0]}?asOf={AsOf}");

            Assert.False(answer.IsSuccessStatusCode);
            Assert.Equal(ExitCodes.Corrupt, await node.WhenExitedAsync());
            Assert.StartsWith($"leither: The ledger stopped, with evidence: {SegmentFile.Name} at ", node.ErrorLines[^1], StringComparison.Ordinal);
            Assert.Equal(ExitCodes.Corrupt, (await LeitherProgram.RunAsync("journal", "verify", "--data", folder.Path)).ExitCode);
            segment.FlipEvery(StrideBytes);
        }

        CommandResult verified = await LeitherProgram.RunAsync("journal", "verify", "--data", folder.Path);
        Assert.True(verified.ExitCode == 0, verified.Error);
    }

    private static async Task CommitPulsesAsync(string folder)
    {
        await using NodeProcess node = NodeProcess.StartDev(folder, "--traffic", "100");
        using var client = new NodeClient(await node.WhenListeningAsync());
        await Eventually.GetAsync(client.StatusAsync, status => status.LastPulse?.Sequence > PulseCount, PulsesLimit);
        Assert.Equal(0, await node.StopAsync(PosixSignalNumber.Terminate));
    }
}
