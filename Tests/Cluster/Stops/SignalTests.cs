using LeitherCluster.Tests.Cluster.Load;
using LeitherCluster.Tests.Cluster.Support;

namespace LeitherCluster.Tests.Cluster.Stops;

/// <summary>SIGTERM and Ctrl-C: the node ends in order, and the next one goes on where it was.</summary>
public sealed class SignalTests
{
    [Theory]
    [InlineData(PosixSignalNumber.Interrupt)]
    [InlineData(PosixSignalNumber.Terminate)]
    internal async Task Node_SignalledWhenIdle_GoesOnAtTheSameTimeSequenceInANewEpoch(PosixSignalNumber signal)
    {
        using DemoNode demo = await DemoNode.StoppedAfterAsync(batches: 3);
        NodeStatus before;
        await using (NodeProcess first = NodeProcess.StartDev(demo.Folder))
        {
            using var client = new NodeClient(await first.WhenListeningAsync());
            before = await client.StatusAsync();
            Assert.Equal(0, await first.StopAsync(signal));
            Assert.Empty(first.LogLines);
        }

        await using NodeProcess second = NodeProcess.StartDev(demo.Folder);
        using var clientAgain = new NodeClient(await second.WhenListeningAsync());
        NodeStatus after = await clientAgain.StatusAsync();
        int known = demo.Book.Count;
        await demo.Lane.StepAsync(clientAgain);

        Assert.Equal((before.LastPulse!.Sequence, before.LastPulse.Root), (after.LastPulse!.Sequence, after.LastPulse.Root));
        Assert.Equal(EpochOf(before) + 1, EpochOf(after));

        // The first pulse that has anything is the next one. A seal may fall between two slices of the batch, of which the second is one pulse later then.
        ulong next = after.LastPulse.Sequence + 1;
        Assert.Equal(next, demo.Book.From(known).Min(static entry => entry.Answer.Sequence.Value));
        Assert.All(demo.Book.From(known), entry => Assert.InRange(entry.Answer.Sequence.Value, next, next + 1));
    }

    [Theory]
    [InlineData(PosixSignalNumber.Interrupt)]
    [InlineData(PosixSignalNumber.Terminate)]
    internal async Task Node_SignalledUnderLoad_EndsInOrderAndLosesNothing(PosixSignalNumber signal)
    {
        using DemoNode demo = await DemoNode.StoppedAfterAsync(batches: 1);
        await using (NodeProcess first = NodeProcess.StartDev(demo.Folder))
        {
            using var client = new NodeClient(await first.WhenListeningAsync());
            Task paying = demo.Lane.RunAsync(client, CancellationToken.None);
            await Eventually.GetAsync(() => Task.FromResult(demo.Book.Count), count => count > 400, TimeSpan.FromSeconds(30));
            Assert.Equal(0, await first.StopAsync(signal));
            await paying;
            Assert.Empty(first.LogLines);
        }

        await using NodeProcess second = NodeProcess.StartDev(demo.Folder);
        using var clientAgain = new NodeClient(await second.WhenListeningAsync());
        await demo.Lane.FinishAsync(clientAgain);
        await demo.Book.AssertFoundAsync(clientAgain, 0);
        Assert.Equal(DemoNode.Supply, (await clientAgain.StatusAsync()).LastPulse!.Supply);
    }

    [Fact]
    public async Task Node_SignalledWhilePulsesAreWatched_EndsTheStreamAndLogsNothing()
    {
        using var folder = new TestFolder();
        await using NodeProcess node = NodeProcess.StartDev(folder.Path, "--traffic", "50");
        using var client = new NodeClient(await node.WhenListeningAsync());
        using HttpResponseMessage watching = await client.Http.GetAsync("/v1/pulses/stream", HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await watching.Content.ReadAsStreamAsync());
        Assert.StartsWith("event: pulse", await lines.ReadLineAsync(), StringComparison.Ordinal);

        Assert.Equal(0, await node.StopAsync(PosixSignalNumber.Interrupt));

        // Read to its end: the stream was closed in order, not cut.
        await lines.ReadToEndAsync();
        Assert.Empty(node.LogLines);
    }

    private static uint EpochOf(NodeStatus status) => uint.Parse(status.LastPulse!.Beat.Split('.')[0]);
}
