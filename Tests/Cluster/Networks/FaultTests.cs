using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using LeitherCluster.Tests.Cluster.Support;
using Xunit.Abstractions;

namespace LeitherCluster.Tests.Cluster.Networks;

/// <summary>One network of processes, each in a network namespace of its own, and one fault after another under load.</summary>
public sealed class FaultTests(ITestOutputHelper output)
{
    private const int Nodes = 3;
    private const int Batches = 4;
    private const int OvertakenExitCode = 7;
    private const int FloodConnections = 64;
    private const int HeartbeatsDuringFlood = 4;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Network_OneFaultAfterAnother_GoesOnAndLosesNothing()
    {
        await using Network network = await Network.StartAsync(Nodes, isWired: true);
        using var load = new NetworkLoad(network);
        load.Start();
        await load.UntilMoreAsync(Batches);

        await SendGarbageAsync(network, await network.RootAsync(0));
        await ReportAsync(load, "garbage, half-open and oversized connections, and a flood");
        await FillTheDiskAsync(network, load);
        await PauseAsync(network, load, await network.RootAsync(0));
        await ReportAsync(load, "the root's node was paused for 20 s");
        await SeparateAsync(network, load, await network.RootAsync(0), network.Wires.Cut);
        await ReportAsync(load, "the root's node was cut off");
        await SeparateAsync(network, load, network.Other(await network.RootAsync(0)), network.Wires.Mute);
        await ReportAsync(load, "what a node sent was lost");
        for (int time = 0; time < 2; time++)
        {
            network.Server.StopAtOnce();
            network.Server.Start();
            await ReportAsync(load, "PostgreSQL was killed and started again");
        }

        output.WriteLine(await load.FinishAsync());
    }

    private async Task ReportAsync(NetworkLoad load, string what) => output.WriteLine($"{what}: after it {Batches} more batches took {(await load.UntilMoreAsync(Batches)).TotalMilliseconds:0} ms");

    /// <summary>For 20 s it takes no turn, and the others go on without it; continued, it writes nothing more and ends.</summary>
    private static async Task PauseAsync(Network network, NetworkLoad load, int node)
    {
        load.Avoid(node);
        network.Node(node).Send(PosixSignalNumber.Stop);
        var watch = Stopwatch.StartNew();
        do
        {
            await load.UntilMoreAsync(Batches);
        }
        while (watch.Elapsed < s_pause);
        long blocks = BlocksOf(network, node);
        network.Node(node).Send(PosixSignalNumber.Continue);
        Assert.Equal(OvertakenExitCode, await network.Node(node).WhenExitedAsync());
        Assert.Equal(blocks, BlocksOf(network, node));
        await BackAsync(network, load, node);
    }

    /// <summary>The others give it up, and it ends when it reads so in the table.</summary>
    private static async Task SeparateAsync(Network network, NetworkLoad load, int node, Action<int> separate)
    {
        load.Avoid(node);
        separate(node);
        Assert.Equal(OvertakenExitCode, await network.Node(node).WhenExitedAsync());
        network.Wires.Heal(node);
        await BackAsync(network, load, node);
    }

    private static async Task BackAsync(Network network, NetworkLoad load, int node)
    {
        await network.SuperviseAsync();
        load.Use(node);
        await network.UntilSpreadAsync();
    }

    /// <summary>The journal is elsewhere: a node with no room left goes on.</summary>
    private async Task FillTheDiskAsync(Network network, NetworkLoad load)
    {
        string filler = Path.Combine(Path.GetDirectoryName(network.Disk.Data)!, "filler");
        byte[] megabyte = new byte[1 << 20];
        using (FileStream file = File.Create(filler))
        {
            try
            {
                while (true)
                {
                    file.Write(megabyte);
                    file.Flush();
                }
            }
            catch (IOException)
            {
                // Full.
            }
        }

        Assert.True(network.Disk.FreeBytes < megabyte.Length);
        await ReportAsync(load, "the disk of a node was full");
        File.Delete(filler);
    }

    /// <summary>Bytes that are nothing, connections that say nothing, requests that are too large; and so many requests that a node has its hands full.</summary>
    private static async Task SendGarbageAsync(Network network, int node)
    {
        byte[] garbage = new byte[64 << 10];
        new Random(7).NextBytes(garbage);
        IPEndPoint operators = IPEndPoint.Parse(network.OperatorsOf(node));
        IPEndPoint nodes = network.NodesOf(node);
        List<Socket> sockets = [];
        try
        {
            foreach (IPEndPoint port in new[] { operators, nodes, operators, nodes })
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                sockets.Add(socket);
                await socket.ConnectAsync(port);
            }

            int http = network.Client(node).Http.BaseAddress!.Port;
            sockets.Add(network.Wires.Connect(node, http));
            sockets.Add(network.Wires.Connect(node, http));

            // The first of each port is told nonsense, the second nothing.
            foreach (Socket told in new[] { sockets[0], sockets[1], sockets[4] })
            {
                await SendAsync(told, garbage);
            }

            foreach (Socket closed in new[] { sockets[0], sockets[1], sockets[3], sockets[4] })
            {
                await ReadToEndAsync(closed).WaitAsync(s_patience);
            }

            await FloodAsync(network, node);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    /// <summary>While clients ask as much as they can, the node goes on saying that it is alive.</summary>
    private static async Task FloodAsync(Network network, int node)
    {
        using var stop = new CancellationTokenSource();
        Task[] flood = [.. Enumerable.Range(0, FloodConnections).Select(_ => AskAsync(network.Client(node).Http, stop.Token))];
        long before = HeartbeatsOf(network, node);
        await Eventually.GetAsync(() => Task.FromResult(HeartbeatsOf(network, node)), seen => seen >= before + HeartbeatsDuringFlood, s_patience);
        await stop.CancelAsync();
        await Task.WhenAll(flood);
    }

    private static async Task AskAsync(HttpClient http, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using HttpResponseMessage answer = await http.GetAsync("/v1/status", stop);
                await answer.Content.CopyToAsync(Stream.Null, stop);
            }
            catch (Exception over) when (over is OperationCanceledException or HttpRequestException)
            {
                // It may turn some away; that is its right.
            }
        }
    }

    private static async Task SendAsync(Socket socket, byte[] bytes)
    {
        try
        {
            await socket.SendAsync(bytes);
        }
        catch (SocketException)
        {
            // Closed already: so it should be.
        }
    }

    private static async Task ReadToEndAsync(Socket socket)
    {
        byte[] bytes = new byte[4 << 10];
        try
        {
            while (await socket.ReceiveAsync(bytes) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Reset: closed as well.
        }
    }

    private static long HeartbeatsOf(Network network, int node) =>
        network.Server.Ask<long>($"SELECT sum(heartbeat)::bigint FROM leither.members WHERE name = '{Network.NameOf(node)}'", network.Database);

    private static long BlocksOf(Network network, int node) =>
        network.Server.Ask<long>($"SELECT count(*) FROM leither.blocks WHERE writer LIKE '{Network.NameOf(node)}#%'", network.Database);
}
