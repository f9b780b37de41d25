using LeitherCluster.Ledger.Branches;
using LeitherCluster.Tests.Cluster.Load;
using LeitherCluster.Tests.Cluster.Support;
using Xunit.Abstractions;

namespace LeitherCluster.Tests.Cluster.Kills;

/// <summary><c>kill -9</c> in the middle of load, at moments that chance chooses: nothing that was answered "committed" is missing.</summary>
public sealed class KillUnderLoadTests(ITestOutputHelper output)
{
    private const int KillCount = 50;
    private const int Parties = 1_000;
    private const int Lanes = 4;
    private const int BatchPayments = 64;
    private const int BundleItems = 20;
    private const int RepeatsPerStart = 100;
    private const int LoadMsMax = 900;
    private const int StartMsMax = 800;
    private const ulong OpeningUnits = 1_000_000;
    private const string Supply = "10000000.00";

    [Fact]
    public async Task Node_KilledFiftyTimesUnderLoad_LosesNothingThatItAnsweredCommitted()
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var chance = new Random(seed);
        using var folder = new TestFolder();
        await StartForTheFirstTimeAsync(folder.Path);
        using DemoParties parties = DemoParties.Of(folder.Path, Parties);
        var book = new CommittedBook(parties, OpeningUnits);
        LoadLane[] lanes = [.. Enumerable.Range(0, Lanes).Select(lane => LaneOf(parties, lane, chance.Next(), book))];

        int killedUnderLoad = 0;
        ulong sequence = 0;
        int known = 0;
        for (int kill = 0; kill < KillCount; kill++)
        {
            await using NodeProcess node = NodeProcess.StartDev(folder.Path);
            if (kill % 10 == 9)
            {
                // While it recovers.
                await Task.Delay(chance.Next(StartMsMax));
                await node.KillAsync();
                continue;
            }

            using var client = new NodeClient(await node.WhenListeningAsync());
            sequence = await AssertGoesOnAsync(client, sequence);
            await book.AssertFoundAsync(client, known);
            known = book.Count;
            await CommittedBook.AssertRepeatedAsync(client, Some(book.From(0), chance));
            Task[] running = [.. lanes.Select(lane => lane.RunAsync(client, CancellationToken.None))];
            await Task.Delay(chance.Next(LoadMsMax));
            await node.KillAsync();
            await Task.WhenAll(running);
            Assert.Empty(node.LogLines);
            killedUnderLoad += book.Count > known ? 1 : 0;
        }

        output.WriteLine($"{book.Count} payments and bundles were answered committed; {killedUnderLoad} kills came after some were");
        Assert.True(killedUnderLoad >= KillCount / 2, $"Only {killedUnderLoad} kills hit a node at work.");
        await AssertWholeAsync(folder.Path, lanes, book, sequence);
        await AssertVerifiedAsync(folder.Path);
    }

    private async Task AssertVerifiedAsync(string folder)
    {
        CommandResult verified = await LeitherProgram.RunAsync("journal", "verify", "--data", folder);
        output.WriteLine(verified.Output);
        if (verified.ExitCode != 0)
        {
            // The same again tells what was written wrong from what was read or judged wrong.
            CommandResult again = await LeitherProgram.RunAsync("journal", "verify", "--data", folder);
            Assert.Fail($"{verified.Error}The second time: exit code {again.ExitCode}. {again.Error}");
        }
    }

    private static async Task StartForTheFirstTimeAsync(string folder)
    {
        await using NodeProcess node = NodeProcess.StartDev(folder);
        await node.WhenListeningAsync();
        await node.KillAsync();
    }

    // One lane in four sends bundles.
    private static LoadLane LaneOf(DemoParties parties, int lane, int seed, CommittedBook book)
    {
        var writer = new PaymentWriter(parties, lane * Parties / Lanes, Parties / Lanes, new Random(seed));
        return lane == 0
            ? new LoadLane(() => [.. Enumerable.Range(0, BatchPayments / BundleItems).Select(_ => writer.PayMany(BundleItems))], book)
            : new LoadLane(() => [.. Enumerable.Range(0, BatchPayments).Select(_ => writer.Pay())], book);
    }

    private static IReadOnlyList<(Payment Payment, TransferAnswer Answer)> Some(IReadOnlyList<(Payment Payment, TransferAnswer Answer)> all, Random chance) =>
        all.Count == 0 ? all : [.. Enumerable.Range(0, RepeatsPerStart).Select(_ => all[chance.Next(all.Count)]).DistinctBy(entry => entry.Payment.AskId)];

    private static async Task<ulong> AssertGoesOnAsync(NodeClient client, ulong sequenceBefore)
    {
        NodeStatus status = await client.StatusAsync();
        Assert.Equal(("running", Supply), (status.State, status.LastPulse?.Supply));
        Assert.InRange(status.LastPulse!.Sequence, sequenceBefore, ulong.MaxValue);
        return status.LastPulse.Sequence;
    }

    private static async Task AssertWholeAsync(string folder, LoadLane[] lanes, CommittedBook book, ulong sequence)
    {
        await using NodeProcess node = NodeProcess.StartDev(folder);
        using var client = new NodeClient(await node.WhenListeningAsync());
        await Task.WhenAll(lanes.Select(lane => lane.FinishAsync(client)));
        await book.AssertFoundAsync(client, 0);
        await book.AssertBalancesAsync(client);
        await AssertGoesOnAsync(client, sequence);
        Assert.Equal(0, await node.StopAsync(PosixSignalNumber.Terminate));
        Assert.Empty(node.LogLines);
    }
}
