using System.Diagnostics;
using LeitherCluster.Tests.Cluster.Load;
using LeitherCluster.Tests.Cluster.Support;
using Xunit.Abstractions;

namespace LeitherCluster.Tests.Cluster.Networks;

/// <summary>Three nodes as processes, with one ledger in one database or two: any of them may die, stop or leave, and nothing that was answered "committed" is missing.</summary>
public sealed class NetworkTests(ITestOutputHelper output)
{
    private const int Nodes = 3;
    private const int Parties = 200;
    private const int Lanes = 2;
    private const int BatchPayments = 20;
    private const int BatchesBetween = 4;
    private const ulong OpeningUnits = 1_000_000;
    private const string Supply = "10000000.00";

    // The default is 5 s on a machine of one's own; here nodes, server and tests share two cores.
    private static readonly TimeSpan TakeOverLimit = TimeSpan.FromSeconds(20);

    // On a machine that others keep busy the others may give a node up while it hands over.
    private static readonly int[] s_inOrder = [0, 7];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Network_EveryNodeKilledInTurnUnderLoad_LosesNothing(bool isSpread)
    {
        await using Network network = await Network.StartAsync(Nodes, isSpread: isSpread);
        using DemoParties parties = DemoParties.Of(network.FirstFolder, Parties);
        var book = new CommittedBook(parties, OpeningUnits);
        LoadLane[] lanes = LanesOf(parties, book);
        for (int victim = 0; victim < Nodes; victim++)
        {
            int witness = network.Other(victim);
            bool wasRoot = await network.RootAsync(witness) == victim;
            using var stop = new CancellationTokenSource();
            Task[] load = [.. lanes.Select((lane, i) => lane.RunAsync(network.Client((witness + i) % Nodes == victim ? witness : (witness + i) % Nodes), stop.Token))];
            await UntilCommittedAsync(book, book.Count + 1);
            await network.Node(victim).KillAsync();
            int before = book.Count;
            var watch = Stopwatch.StartNew();
            await UntilCommittedAsync(book, before + (4 * BatchPayments));
            output.WriteLine($"{Network.NameOf(victim)} killed{(wasRoot ? ", which kept the root" : "")}: the next payments were committed after {watch.ElapsedMilliseconds} ms");
            await network.StartNodeAsync(victim);
            await stop.CancelAsync();
            await Task.WhenAll(load);
            await network.UntilSpreadAsync();
        }

        await AssertWholeAsync(network, lanes, book);
    }

    [Fact]
    public async Task Network_EveryNodeStoppedAndStartedInTurn_HandsOverAndNoTransferFails()
    {
        await using Network network = await Network.StartAsync(Nodes);
        using var load = new NetworkLoad(network);
        load.Start();
        for (int node = 0; node < Nodes; node++)
        {
            await load.UntilMoreAsync(BatchesBetween);
            load.Book.TakeLongestPause();
            bool wasRoot = await network.RootAsync(network.Other(node)) == node;
            var watch = Stopwatch.StartNew();
            Assert.Contains(await network.Node(node).StopAsync(PosixSignalNumber.Terminate), s_inOrder);
            long endedMs = watch.ElapsedMilliseconds;
            await load.UntilMoreAsync(BatchesBetween);
            await network.StartNodeAsync(node);
            await network.UntilSpreadAsync();
            await load.UntilMoreAsync(BatchesBetween);
            output.WriteLine(
                $"{Network.NameOf(node)} stopped{(wasRoot ? ", which kept the root" : "")}: it had handed over and ended after {endedMs} ms; "
                + $"until all was spread again, the longest time without an answer was {load.Book.TakeLongestPause().TotalMilliseconds:0} ms");
        }

        output.WriteLine(await load.FinishAsync());
    }

    private static LoadLane[] LanesOf(DemoParties parties, CommittedBook book) =>
    [
        .. Enumerable.Range(0, Lanes).Select(lane =>
        {
            var writer = new PaymentWriter(parties, lane * Parties / Lanes, Parties / Lanes, new Random(lane));
            return new LoadLane(() => [.. Enumerable.Range(0, BatchPayments).Select(_ => writer.Pay())], book);
        }),
    ];

    private static Task<int> UntilCommittedAsync(CommittedBook book, int count) =>
        Eventually.GetAsync(() => Task.FromResult(book.Count), seen => seen >= count, TakeOverLimit);

    private async Task AssertWholeAsync(Network network, LoadLane[] lanes, CommittedBook book)
    {
        await Task.WhenAll(lanes.Select(lane => lane.FinishAsync(network.Client(0))));
        for (int node = 0; node < Nodes; node++)
        {
            NodeStatus status = await Eventually.GetAsync(() => network.Client(node).StatusAsync(), seen => seen is { State: "running", LastPulse: not null }, TakeOverLimit);
            Assert.Equal(Supply, status.LastPulse!.Supply);
            await book.AssertFoundAsync(network.Client(node), 0);
        }

        await book.AssertBalancesAsync(network.Client(1));
        CommandResult verified = await network.VerifyAsync();
        Assert.True(verified.ExitCode == 0, verified.Error);
        output.WriteLine($"{book.Count} payments were answered committed. {verified.Output}");
    }
}
