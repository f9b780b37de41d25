using System.Text.RegularExpressions;
using LeitherCluster.Tests.Cluster.Load;
using LeitherCluster.Tests.Cluster.Support;
using Xunit.Abstractions;

namespace LeitherCluster.Tests.Cluster.Disks;

/// <summary>A stopped node's journal is damaged: what a crash explains is passed over, anything else is refused.</summary>
public sealed partial class DamagedJournalTests(ITestOutputHelper output)
{
    private const int Batches = 20;
    private const int FlipCount = 8;

    [Fact]
    public async Task Node_BitFlippedInACommittedBlock_RefusesToStartAndNamesFileAndOffset()
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var chance = new Random(seed);
        using DemoNode demo = await DemoNode.StoppedAfterAsync(Batches);
        var segment = new SegmentFile(demo.Folder);
        foreach (long offset in segment.SomeWritten(FlipCount, chance))
        {
            int bit = chance.Next(8);
            segment.Flip(offset, bit);
            byte[] flipped = segment.Read();

            await using NodeProcess node = NodeProcess.StartDev(demo.Folder);
            int exitCode = await node.WhenExitedAsync();
            CommandResult verified = await LeitherProgram.RunAsync("journal", "verify", "--data", demo.Folder);

            output.WriteLine($"bit {bit} of byte {offset}: {node.ErrorLines[^1]}");
            Assert.Equal((ExitCodes.Corrupt, ExitCodes.Corrupt), (exitCode, verified.ExitCode));
            AssertNames(node.ErrorLines[^1], offset);
            AssertNames(verified.ErrorLines[^1], offset);
            Assert.Empty(node.LogLines);
            Assert.True(flipped.AsSpan().SequenceEqual(segment.Read()), "A refused journal was changed.");
            segment.Flip(offset, bit);
        }

        await AssertGoesOnAsync(demo);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(700)]
    [InlineData(2_000)]
    public async Task Node_TailCut_StartsAndStillKnowsWhatItAnswered(int cutBytes)
    {
        using DemoNode demo = await DemoNode.StoppedAfterAsync(Batches);
        var segment = new SegmentFile(demo.Folder);

        segment.CutAt(segment.WrittenEnd() - cutBytes);

        await AssertGoesOnAsync(demo);
    }

    private static async Task AssertGoesOnAsync(DemoNode demo)
    {
        ulong last = demo.Book.From(0).Max(entry => entry.Answer.Sequence.Value);
        await using NodeProcess node = NodeProcess.StartDev(demo.Folder);
        using var client = new NodeClient(await node.WhenListeningAsync());
        NodeStatus status = await client.StatusAsync();
        Assert.Equal((last, DemoNode.Supply), (status.LastPulse!.Sequence, status.LastPulse.Supply));
        await demo.Book.AssertFoundAsync(client, 0);
        await CommittedBook.AssertRepeatedAsync(client, demo.Book.From(demo.Book.Count - 40));
        int before = demo.Book.Count;
        await demo.Lane.StepAsync(client);
        await demo.Lane.FinishAsync(client);
        Assert.Equal(last + 1, demo.Book.From(before).Min(entry => entry.Answer.Sequence.Value));
        await demo.Book.AssertBalancesAsync(client);
        Assert.Equal(0, await node.StopAsync(PosixSignalNumber.Terminate));
        Assert.Empty(node.LogLines);
        CommandResult verified = await LeitherProgram.RunAsync("journal", "verify", "--data", demo.Folder);
        Assert.True(verified.ExitCode == 0, verified.Error);
    }

    // What is named is where the damaged thing begins: before the flipped byte, in the same group.
    private static void AssertNames(string line, long flipped)
    {
        Match match = NamedOffset().Match(line);
        Assert.True(match.Success, line);
        Assert.InRange(long.Parse(match.Groups["offset"].Value), flipped - (1 << 20), flipped);
    }

    [GeneratedRegex($@"^leither: .*{SegmentFile.Name} at (?<offset>\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex NamedOffset();
}
