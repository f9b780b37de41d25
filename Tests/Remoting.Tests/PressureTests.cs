using System.Collections.Concurrent;
using System.Net;
using LeitherCluster.Remoting.Peers;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime;
using LeitherCluster.Tests.Remoting.Kit;

namespace LeitherCluster.Tests.Remoting;

/// <summary>Slow readers, full mailboxes, broken connections and nodes that come back.</summary>
public sealed class PressureTests
{
    [Fact]
    public async Task Mailbox_ThatIsFull_PushesBackToTheSenderAndLosesNothing()
    {
        await using TestNode a = await TestNode.StartAsync("a", change: WithQueue(1000));
        await using TestNode b = await TestNode.StartAsync("b", change: WithQueue(1000));
        TestNode.Introduce(a, b);
        using SemaphoreSlim gate = new(0);
        ConcurrentQueue<object> got = [];
        b.Spawn("slow", (message, _) =>
        {
            gate.Wait(TimeSpan.FromSeconds(20));
            got.Enqueue(message);
        }, capacity: 10);
        IActorRef slow = a.RefTo(b, "slow");
        string text = new('x', 1_000);

        int sent = 0;
        await Eventually.True(() =>
        {
            while (slow.TryTell(new Numbered(sent, text)))
            {
                sent++;
            }

            return b.Peer(a) is { ControlIn.PushedBack: > 0 } && a.Peer(b)!.ControlOut.QueuedMessages >= 1000;
        });

        Assert.True(a.Peer(b)!.ControlOut.PushedBack > 0);
        Assert.True(a.Peer(b)!.ControlOut.QueuedMessages <= 1000);
        gate.Release(sent);
        await Eventually.True(() => got.Count == sent);
        Assert.Equal(Enumerable.Range(0, sent), got.Cast<Numbered>().Select(message => message.Number));
    }

    [Fact]
    public async Task Mailbox_ThatStaysFull_DoesNotCutOffTheOthers()
    {
        await using TestNode a = await TestNode.StartAsync("a", change: options => options with { Control = LaneOptions.Control with { MailboxWaitMax = TimeSpan.FromMilliseconds(100) } });
        await using TestNode b = await TestNode.StartAsync("b", change: options => options with { Control = LaneOptions.Control with { MailboxWaitMax = TimeSpan.FromMilliseconds(100) } });
        TestNode.Introduce(a, b);
        using SemaphoreSlim gate = new(0);
        b.Spawn("stuck", (_, _) => gate.Wait(TimeSpan.FromSeconds(20)), capacity: 1);
        ConcurrentQueue<object> got = b.SpawnSink("sink");

        for (int i = 0; i < 100; i++)
        {
            a.RefTo(b, "stuck").Tell(new Numbered(i));
        }

        a.RefTo(b, "sink").Tell(new Numbered(100));

        await Eventually.True(() => got.Count == 1);
        Assert.InRange(b.Events.OfType<DeadLetter>().Count(letter => letter.Reason == DeadLetterReason.MailboxFull), 97, 99);
        Assert.Equal(1, b.Peer(a)!.ControlIn.Connects);
        gate.Release(100);
    }

    [Fact]
    public async Task ControlMessage_ForAFullMailbox_IsTakenAllTheSame()
    {
        await using TestNode a = await TestNode.StartAsync("a");
        await using TestNode b = await TestNode.StartAsync("b");
        TestNode.Introduce(a, b);
        using SemaphoreSlim gate = new(0);
        ConcurrentQueue<object> got = [];
        b.Spawn("slow", (message, _) =>
        {
            gate.Wait(TimeSpan.FromSeconds(20));
            got.Enqueue(message);
        }, capacity: 1);

        for (int i = 0; i < 50; i++)
        {
            a.RefTo(b, "slow").Tell(new Answered(i));
        }

        await Eventually.True(() => b.Peer(a) is { ControlIn.Messages: 50, ControlIn.PushedBack: 0 });
        gate.Release(50);
        await Eventually.True(() => got.Count == 50);
    }

    [Fact]
    public async Task Bulk_ToASlowReader_DelaysNoControlMessage()
    {
        LaneOptions bulk = LaneOptions.Bulk with { FrameBytesMax = 4 << 20, QueueBytesMax = 16 << 20 };
        await using TestNode a = await TestNode.StartAsync("a", change: options => options with { Bulk = bulk });
        await using TestNode b = await TestNode.StartAsync("b", change: options => options with { Bulk = bulk });
        TestNode.Introduce(a, b);
        using SemaphoreSlim gate = new(0);
        ConcurrentQueue<int> got = [];
        b.Spawn("slow", (message, _) =>
        {
            gate.Wait(TimeSpan.FromSeconds(20));
            got.Enqueue(((Load)message).Number);
            ((Load)message).Release();
        }, capacity: 1);
        ConcurrentQueue<object> quick = b.SpawnSink("quick");
        IActorRef slow = a.RefTo(b, "slow");
        byte[] bytes = new byte[1 << 20];

        int sent = 0;
        await Eventually.True(() =>
        {
            while (slow.TryTell(new Load(sent, null, bytes)))
            {
                sent++;
            }

            return a.Peer(b)!.BulkOut.PushedBack > 0 && b.Peer(a) is { BulkIn.PushedBack: > 0 };
        });
        a.RefTo(b, "quick").Tell(new Numbered(1));

        await Eventually.True(() => quick.Count == 1);
        Assert.True(a.Peer(b)!.BulkOut.QueuedBytes <= bulk.QueueBytesMax);
        gate.Release(sent);
        await Eventually.True(() => got.Count == sent);
        Assert.Equal(Enumerable.Range(0, sent), got);
    }

    [Fact]
    public async Task Node_ThatIsNotThere_IsUnreachableAndTriedAgainWhenItComes()
    {
        await using TestNode a = await TestNode.StartAsync("a");
        TestNode b = await TestNode.StartAsync("b");
        IPEndPoint place = b.Remoting.EndPoint;
        await b.DisposeAsync();
        a.Remoting.Know(b.Id, place.ToString());
        IActorRef sink = a.RefTo(b, "sink");

        await Eventually.True(() => !sink.TryTell(new Numbered(0)));
        sink.Tell(new Numbered(1));
        await Eventually.True(() => a.Events.OfType<DeadLetter>().Any(letter => letter.Reason == DeadLetterReason.Unreachable));
        await Eventually.True(() => a.RefusedHere(HandshakeRefusal.Broken) > 0);

        await using TestNode again = await TestNode.StartAsync("b", incarnation: 1, listen: place);
        ConcurrentQueue<object> got = again.SpawnSink("sink");
        await Eventually.True(() => sink.TryTell(new Numbered(2)) && !got.IsEmpty);
        Assert.All(got, message => Assert.Equal(new Numbered(2), message));
    }

    [Fact]
    public async Task Node_ThatNobodyHasGivenAnAddressOf_IsUnreachable()
    {
        await using TestNode a = await TestNode.StartAsync("a");
        IActorRef nowhere = a.Remoting.Ref(new("b", 1), TestNode.UserPath("b", "x"));

        await Eventually.True(() => !nowhere.TryTell(new Numbered(1)));
        Assert.Equal(0, a.Remoting.Metrics.Peers.Single().ControlOut.Connects);
    }

    [Fact]
    public async Task Node_ThatStops_SaysSoAndItsNextLifeIsReached()
    {
        await using TestNode a = await TestNode.StartAsync("a");
        TestNode first = await TestNode.StartAsync("b");
        TestNode.Introduce(a, first);
        ConcurrentQueue<object> gotFirst = first.SpawnSink("sink");
        IActorRef toFirst = a.RefTo(first, "sink");
        toFirst.Tell(new Numbered(1));
        await Eventually.True(() => gotFirst.Count == 1);

        await first.DisposeAsync();
        await Eventually.True(() => a.Events.OfType<PeerDisconnected>().Any(ended => ended.Reason == HandshakeRefusal.Stopping));

        await using TestNode second = await TestNode.StartAsync("b", incarnation: 2, listen: first.Remoting.EndPoint);
        ConcurrentQueue<object> gotSecond = second.SpawnSink("sink");
        TestNode.Introduce(a, second);
        a.RefTo(second, "sink").Tell(new Numbered(2));
        await Eventually.True(() => gotSecond.Count == 1);
        Assert.False(toFirst.TryTell(new Numbered(3)));
        Assert.Equal([second.Id], a.Remoting.Metrics.Peers.Select(peer => peer.Node));
    }

    [Fact]
    public async Task Connection_ThatBreaks_IsMadeAgainAndWhatComesIsInOrder()
    {
        await using TestNode a = await TestNode.StartAsync("a");
        await using TestNode b = await TestNode.StartAsync("b");
        await using Cable cable = new(b.Remoting.EndPoint);
        a.Remoting.Know(b.Id, cable.Address);
        ConcurrentQueue<object> got = b.SpawnSink("sink");
        IActorRef sink = a.RefTo(b, "sink");

        int sent = 0;
        for (int cut = 1; cut <= 5; cut++)
        {
            int before = got.Count;
            await Eventually.True(() =>
            {
                sink.TryTell(new Numbered(++sent));
                return got.Count > before + 20;
            });
            cable.Cut();
        }

        await Eventually.True(() => b.Peer(a)!.ControlIn.Connects >= 5);
        int[] numbers = [.. got.Cast<Numbered>().Select(message => message.Number)];
        Assert.Equal(numbers.Distinct().Order(), numbers);
    }

    [Fact]
    public async Task Connection_ThatGoesSilent_IsClosedByBothSides()
    {
        static RemotingOptions Brief(RemotingOptions options) => options with { AliveInterval = TimeSpan.FromMilliseconds(100), SilenceMax = TimeSpan.FromMilliseconds(600) };
        await using TestNode a = await TestNode.StartAsync("a", change: Brief);
        await using TestNode b = await TestNode.StartAsync("b", change: Brief);
        await using Cable cable = new(b.Remoting.EndPoint);
        a.Remoting.Know(b.Id, cable.Address);
        ConcurrentQueue<object> got = b.SpawnSink("sink");
        a.RefTo(b, "sink").Tell(new Load(1, null, new byte[10]));
        await Eventually.True(() => got.Count == 1 && b.Peer(a) is { ControlIn.IsConnected: true });

        cable.Freeze();

        await Eventually.True(() => a.Events.OfType<PeerDisconnected>().Any(ended => ended.Reason == HandshakeRefusal.Silent && ended.Lane == Lane.Control));
        await Eventually.True(() => a.Events.OfType<PeerDisconnected>().Any(ended => ended.Reason == HandshakeRefusal.Silent && ended.Lane == Lane.Bulk));
        await Eventually.True(() => b.Events.OfType<PeerDisconnected>().Where(ended => ended.Reason == HandshakeRefusal.Silent).Select(ended => ended.Lane).Distinct().Count() == 2);
        Assert.DoesNotContain(b.Remoting.Metrics.Peers, peer => peer.ControlIn.IsConnected || peer.BulkIn.IsConnected);
    }

    [Fact]
    public async Task Connection_ThatIsIdle_StaysOpen()
    {
        static RemotingOptions Brief(RemotingOptions options) => options with { AliveInterval = TimeSpan.FromMilliseconds(20), SilenceMax = TimeSpan.FromSeconds(2) };
        await using TestNode a = await TestNode.StartAsync("a", change: Brief);
        await using TestNode b = await TestNode.StartAsync("b", change: Brief);
        TestNode.Introduce(a, b);
        ConcurrentQueue<object> got = b.SpawnSink("sink");
        a.RefTo(b, "sink").Tell(new Numbered(1));
        await Eventually.True(() => got.Count == 1);

        // Signs of life are 32 bytes each, and at least 20 ms lie between two: this is past the longest silence.
        await Eventually.True(() => b.Peer(a)!.ControlIn.Bytes > 32 * 120);

        Assert.Equal((1, 1), (a.Peer(b)!.ControlOut.Connects, b.Peer(a)!.ControlIn.Messages));
        Assert.Empty(a.Events.OfType<PeerDisconnected>());
    }

    private static Func<RemotingOptions, RemotingOptions> WithQueue(int messages) => options => options with
    {
        Control = LaneOptions.Control with { QueueMessagesMax = messages, MailboxWaitMax = TimeSpan.FromSeconds(20) },
    };
}
