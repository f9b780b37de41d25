using System.Net.Sockets;
using LeitherCluster.Remoting.Peers;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Tests.Remoting.Kit;

namespace LeitherCluster.Tests.Remoting;

/// <summary>What comes over a connection that no node would send: that connection is closed and counted, and nothing else is disturbed.</summary>
public sealed class BadBytesTests : IAsyncLifetime
{
    private static readonly TimeSpan s_handshake = TimeSpan.FromMilliseconds(500);
    private readonly NodeId _stranger = new("stranger", 1);
    private TestNode _a = null!;
    private TestNode _b = null!;
    private System.Collections.Concurrent.ConcurrentQueue<object> _got = null!;

    public async Task InitializeAsync()
    {
        _a = await TestNode.StartAsync("a");
        _b = await TestNode.StartAsync("b", change: options => options with { HandshakeTimeout = s_handshake, PendingHandshakesMax = 8 });
        TestNode.Introduce(_a, _b);
        _got = _b.SpawnSink("sink");
        _a.RefTo(_b, "sink").Tell(new Numbered(0));
        await Eventually.True(() => _got.Count == 1);
    }

    public async Task DisposeAsync()
    {
        // Through all of it the other node's connection was the same one.
        _a.RefTo(_b, "sink").Tell(new Numbered(1));
        await Eventually.True(() => _got.Count == 2);
        Assert.Equal(1, _b.Peer(_a)!.ControlIn.Connects);
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Fact]
    public async Task Bytes_ThatAreNoGreeting_EndTheConnection()
    {
        byte[][] greetings =
        [
            "GET / HTTP/1.1\r\nHost: b\r\n\r\n"u8.ToArray(),
            [.. Enumerable.Repeat((byte)0, 4096)],
            [.. Enumerable.Repeat((byte)0xFF, 100_000)],
            [.. "LC1hello"u8, 0xFF, 0xFF],
            [.. "LC1hello"u8, 1, 0, 0],
        ];
        foreach (byte[] bytes in greetings)
        {
            await using RawClient client = await RawClient.ConnectAsync(_b);
            await SendAsync(client, bytes);
            Assert.Empty(await client.ReadToEndAsync());
        }

        await Eventually.True(() => _b.RefusedHere(HandshakeRefusal.Malformed) == greetings.Length);
    }

    [Fact]
    public async Task Greeting_ChangedInAnyByte_IsAnsweredOrHungUpOn()
    {
        Random random = new(20_251_121);
        byte[] hello = RawClient.HelloFor(_b, _stranger, checksums: true).ToBytes();
        for (int round = 0; round < 60; round++)
        {
            byte[] changed = [.. hello];
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
            await using RawClient client = await RawClient.ConnectAsync(_b);
            await SendAsync(client, changed);
            ((client.Stream as NetworkStream)!).Socket.Shutdown(SocketShutdown.Send);
            byte[] answer = await client.ReadToEndAsync();
            Assert.True(answer.Length == 0 || answer.AsSpan().StartsWith("LC1reply"u8), $"round {round}");
        }

        await Eventually.True(() => _b.Remoting.Metrics.PendingHandshakes == 0);
    }

    [Fact]
    public async Task Connection_ThatSaysNothing_IsClosedInTime()
    {
        await using RawClient silent = await RawClient.ConnectAsync(_b);
        await using RawClient half = await RawClient.ConnectAsync(_b);
        await SendAsync(half, RawClient.HelloFor(_b, _stranger, checksums: true).ToBytes()[..20]);

        Assert.Empty(await silent.ReadToEndAsync());
        Assert.Empty(await half.ReadToEndAsync());
        await Eventually.True(() => _b.RefusedHere(HandshakeRefusal.TooSlow) == 2);
    }

    [Fact]
    public async Task Connections_MoreThanMayBeGreeting_AreClosedAtOnce()
    {
        await using TestNode patient = await TestNode.StartAsync("patient", change: options => options with { HandshakeTimeout = TimeSpan.FromSeconds(4), PendingHandshakesMax = 8 });
        List<RawClient> clients = [];
        for (int i = 0; i < 24; i++)
        {
            try
            {
                clients.Add(await RawClient.ConnectAsync(patient));
            }
            catch (SocketException)
            {
                // Closed before the connecting was over.
            }
        }

        await Eventually.True(() => patient.RefusedHere(HandshakeRefusal.TooMany) == 16);
        foreach (RawClient client in clients)
        {
            Assert.Empty(await client.ReadToEndAsync());
            await client.DisposeAsync();
        }

        await Eventually.True(() => patient.Remoting.Metrics.PendingHandshakes == 0);
        Assert.Equal((16, 8), (patient.RefusedHere(HandshakeRefusal.TooMany), patient.RefusedHere(HandshakeRefusal.TooSlow)));
        await using RawClient late = await RawClient.ConnectAsync(patient);
        Assert.Equal(HandshakeRefusal.None, (await late.GreetAsync(patient, _stranger, checksums: true))!.Refusal);
    }

    [Theory]
    [InlineData(FrameFault.TooLong)]
    [InlineData(FrameFault.WrongVersionOrLane)]
    [InlineData(FrameFault.UnknownKind)]
    [InlineData(FrameFault.WrongChecksum)]
    [InlineData(FrameFault.WrongName)]
    public async Task Frame_ThatIsNone_EndsItsConnection(FrameFault fault)
    {
        await using RawClient client = await RawClient.ConnectAsync(_b);
        Assert.Equal(HandshakeRefusal.None, (await client.GreetAsync(_b, _stranger, checksums: true))!.Refusal);

        byte[] frame = new byte[FrameHeader.Bytes];
        FrameHeader good = new(0, 1, Lane.Control, FrameKind.Message, 0, 1, 0, 0);
        (fault switch
        {
            FrameFault.TooLong => good with { BodyBytes = LaneOptions.Control.FrameBytesMax + 1 },
            FrameFault.WrongVersionOrLane => good with { Lane = Lane.Bulk },
            FrameFault.UnknownKind => good with { Kind = (FrameKind)9 },
            _ => good with { Target = 77 },
        }).Write(frame);
        FrameChecksum.Seal(frame);
        frame[8] ^= (byte)(fault == FrameFault.WrongChecksum ? 1 : 0);
        await SendAsync(client, frame);

        byte[] last = await client.ReadToEndAsync();
        Assert.Equal(FrameFault.None, FrameHeader.TryRead(last.AsSpan(^FrameHeader.Bytes..), 1, Lane.Control, 0, out FrameHeader close));
        Assert.Equal((FrameKind.Close, (uint)HandshakeRefusal.Garbage), (close.Kind, close.Type));
        Assert.Equal(1, _b.Remoting.Metrics.Faults[fault]);
    }

    [Fact]
    public async Task Frames_OfRandomBytes_EndTheirConnection()
    {
        Random random = new(7);
        for (int round = 0; round < 20; round++)
        {
            await using RawClient client = await RawClient.ConnectAsync(_b);
            Lane lane = (Lane)(round % 2);
            Assert.Equal(HandshakeRefusal.None, (await client.GreetAsync(_b, _stranger, lane, checksums: true))!.Refusal);
            byte[] bytes = new byte[random.Next(FrameHeader.Bytes, 200_000)];
            random.NextBytes(bytes);
            await SendAsync(client, bytes);
            await client.ReadToEndAsync();
        }

        await Eventually.True(() => _b.Remoting.Metrics.Faults.Values.Sum() == 20);
    }

    [Fact]
    public async Task Lane_OpenedAgainByTheSameNode_ReplacesTheOneBefore()
    {
        await using RawClient first = await RawClient.ConnectAsync(_b);
        Assert.Equal(HandshakeRefusal.None, (await first.GreetAsync(_b, _stranger, checksums: true))!.Refusal);
        await using RawClient second = await RawClient.ConnectAsync(_b);
        Assert.Equal(HandshakeRefusal.None, (await second.GreetAsync(_b, _stranger, checksums: true))!.Refusal);

        byte[] last = await first.ReadToEndAsync();

        Assert.Equal(FrameFault.None, FrameHeader.TryRead(last.AsSpan(^FrameHeader.Bytes..), 1, Lane.Control, 0, out FrameHeader close));
        Assert.Equal((FrameKind.Close, (uint)HandshakeRefusal.Replaced), (close.Kind, close.Type));
    }

    private static async Task SendAsync(RawClient client, byte[] bytes)
    {
        try
        {
            await client.Stream.WriteAsync(bytes);
        }
        catch (IOException)
        {
            // The node has hung up in the middle of it.
        }
    }
}
