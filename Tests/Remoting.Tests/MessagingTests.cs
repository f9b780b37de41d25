using System.Collections.Concurrent;
using LeitherCluster.Remoting.Peers;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Tests.Remoting.Kit;

namespace LeitherCluster.Tests.Remoting;

/// <summary>What actors of two nodes see of each other; the same with TLS and without.</summary>
public abstract class MessagingTests : IAsyncLifetime
{
    private readonly TestAuthority _authority = new("seed");
    private readonly bool _tls;
    private TestNode _a = null!;
    private TestNode _b = null!;

    protected MessagingTests(bool tls) => _tls = tls;

    public async Task InitializeAsync()
    {
        _a = await StartAsync("a");
        _b = await StartAsync("b");
        TestNode.Introduce(_a, _b);
    }

    public async Task DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        _authority.Dispose();
    }

    [Fact]
    public async Task Tell_ManyMessages_ArriveInOrder()
    {
        ConcurrentQueue<object> got = _b.SpawnSink("sink");
        IActorRef sink = _a.RefTo(_b, "sink");

        await Eventually.True(() => Enumerable.Range(0, 1).All(_ => sink.TryTell(new Numbered(-1))));
        foreach (int i in Enumerable.Range(0, 20_000))
        {
            await Eventually.True(() => sink.TryTell(new Numbered(i, new string('x', i % 50))));
        }

        await Eventually.True(() => got.Count == 20_001);
        Assert.Equal(Enumerable.Range(-1, 20_001), got.Cast<Numbered>().Select(message => message.Number));
        Assert.Equal(new string('x', 49), got.Cast<Numbered>().Last(message => message.Number % 50 == 49).Text);
    }

    [Fact]
    public async Task Reply_ToTheSender_GoesBack()
    {
        _b.Spawn("echo", (message, context) => context.Sender.Tell(new Answered(((Numbered)message).Number), context.Self));
        ConcurrentQueue<object> got = [];
        ConcurrentQueue<string> from = [];
        IActorRef asker = _a.Spawn("asker", (message, context) =>
        {
            got.Enqueue(message);
            from.Enqueue(context.Sender.Path.ToString());
        });

        _a.RefTo(_b, "echo").Tell(new Numbered(7), asker);

        await Eventually.True(() => got.Count == 1);
        Assert.Equal(new Answered(7), got.Single());
        Assert.Equal("leither://b/user/echo", from.Single());
    }

    [Fact]
    public async Task Ask_FromOutside_IsAnswered()
    {
        _b.Spawn("echo", (message, context) => context.Sender.Tell(new Answered(((Numbered)message).Number)));
        IActorRef echo = _a.RefTo(_b, "echo");

        Answered[] answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => echo.Ask<Answered>(new Numbered(i), TimeSpan.FromSeconds(20))));

        Assert.Equal(Enumerable.Range(0, 100), answers.Select(answer => answer.Number));
    }

    [Fact]
    public async Task Ask_ByAnActor_IsAnsweredOnceAndByWhomItAsked()
    {
        _b.Spawn("echo", (message, context) =>
        {
            context.Sender.Tell(new Answered(1), context.Self);
            context.Sender.Tell(new Answered(2), context.Self);
        });
        IActorRef echo = _a.RefTo(_b, "echo");
        ConcurrentQueue<object> got = [];
        IActorRef asker = _a.Spawn("asker", (message, context) =>
        {
            if (message is Numbered)
            {
                context.Ask(echo, message, TimeSpan.FromSeconds(20), "tag");
            }
            else
            {
                got.Enqueue(message);
            }
        });

        asker.Tell(new Numbered(5));

        await Eventually.True(() => got.Count == 1);
        AskReply reply = Assert.IsType<AskReply>(got.Single());
        Assert.Equal(("tag", new Answered(1), echo.Path), (reply.Tag, reply.Message, reply.From.Path));
        await Eventually.True(() => _a.Remoting.Metrics.AnswersTooLate == 1);
    }

    [Fact]
    public async Task Forward_ToAThirdNode_IsAnsweredByItDirectly()
    {
        await using TestNode c = await StartAsync("c");
        TestNode.Introduce(c, _a);
        TestNode.Introduce(c, _b);
        IActorRef atC = _b.RefTo(c, "echo");
        _b.Spawn("relay", (message, context) => context.Forward(atC, message));
        c.Spawn("echo", (message, context) => context.Sender.Tell(new Answered(((Numbered)message).Number), context.Self));
        ConcurrentQueue<object> got = [];
        IActorRef asker = _a.Spawn("asker", (message, _) => got.Enqueue(message));

        _a.RefTo(_b, "relay").Tell(new Numbered(3), asker);
        Answered answer = await _a.RefTo(_b, "relay").Ask<Answered>(new Numbered(4), TimeSpan.FromSeconds(20));

        Assert.Equal(4, answer.Number);
        await Eventually.True(() => got.Count == 1);
        Assert.Equal(new Answered(3), got.Single());
    }

    [Fact]
    public async Task Forward_BackToTheFirstNode_IsAnsweredThere()
    {
        IActorRef atA = _b.RefTo(_a, "echo");
        _b.Spawn("relay", (message, context) => context.Forward(atA, message));
        _a.Spawn("echo", (message, context) => context.Sender.Tell(new Answered(((Numbered)message).Number), context.Self));
        ConcurrentQueue<object> got = [];
        IActorRef asker = _a.Spawn("asker", (message, _) => got.Enqueue(message));

        _a.RefTo(_b, "relay").Tell(new Numbered(3), asker);
        Answered answer = await _a.RefTo(_b, "relay").Ask<Answered>(new Numbered(4), TimeSpan.FromSeconds(20));

        Assert.Equal(4, answer.Number);
        await Eventually.True(() => got.Count == 1);
        Assert.Equal(new Answered(3), got.Single());
    }

    [Fact]
    public async Task Bulk_OfAnySize_ArrivesWholeOnItsOwnLane()
    {
        ConcurrentQueue<object> got = _b.SpawnSink("sink");
        IActorRef sink = _a.RefTo(_b, "sink");
        int[] sizes = [0, 1, 32 * 1024, (64 * 1024) - 36, 64 * 1024, 300_001, 5_000_000];
        Load[] loads = [.. sizes.Select((size, i) => new Load(i, null, Pattern(size)))];

        foreach (Load load in loads)
        {
            sink.Tell(load);
        }

        await Eventually.True(() => got.Count == sizes.Length);
        Assert.All(got.Cast<Load>(), load => Assert.True(load.Bytes.Span.SequenceEqual(Pattern(sizes[load.Number])), $"load {load.Number}"));
        Assert.Equal(Enumerable.Range(0, sizes.Length), got.Cast<Load>().Select(load => load.Number));
        Assert.All(loads, load => Assert.Equal(1, load.Released));
        Assert.Equal((7, 0), (_b.Peer(_a)!.BulkIn.Messages, _b.Peer(_a)!.ControlIn.Messages));
    }

    [Fact]
    public async Task Tell_ToNobodyThere_IsADeadLetterThere()
    {
        _a.RefTo(_b, "nobody").Tell(new Numbered(1));

        await Eventually.True(() => _b.Events.OfType<DeadLetter>().Any());
        DeadLetter letter = _b.Events.OfType<DeadLetter>().Single();
        Assert.Equal((new Numbered(1), DeadLetterReason.Stopped, "leither://b/user/nobody"), (letter.Message, letter.Reason, letter.Recipient.Path.ToString()));
    }

    [Fact]
    public async Task Path_OfANewActor_IsFoundAndTheAnswerForTheOldOneIsNot()
    {
        ConcurrentQueue<IActorRef> senders = [];
        _b.Spawn("keeper", (_, context) => senders.Enqueue(context.Sender));
        IActorRef first = _a.Spawn("twice", (_, _) => { });
        _a.RefTo(_b, "keeper").Tell(new Numbered(1), first);
        await Eventually.True(() => senders.Count == 1);
        _a.System.Stop(first);
        await Eventually.True(() => _a.System.Find(first.Path) is null);
        ConcurrentQueue<object> got = _a.SpawnSink("twice");

        Assert.True(senders.Single().TryTell(new Answered(1)));
        Assert.True(_b.RefTo(_a, "twice").TryTell(new Answered(2)));

        await Eventually.True(() => got.Count == 1);
        Assert.Equal(new Answered(2), got.Single());
        Assert.Equal(new Answered(1), Assert.Single(_a.Events.OfType<DeadLetter>()).Message);
    }

    [Fact]
    public async Task Tell_WhatIsNoWireMessageOrHasNoCodec_Throws()
    {
        IActorRef sink = _a.RefTo(_b, "sink");

        Assert.Throws<NoWireMessageException>(() => sink.Tell("text"));
        Assert.Throws<InvalidOperationException>(() => sink.Tell(new Unwritten()));
        Assert.Throws<MessageTooLargeException>(() => sink.Tell(new Numbered(1, new string('x', LaneOptions.Control.FrameBytesMax))));
        Assert.Throws<ArgumentException>(() => _a.RefTo(_a, "sink"));
        Assert.Throws<ArgumentException>(() => _a.RefTo(_b, new string('x', 2_000)));
        Assert.Equal(0, _a.Peer(_b)!.ControlOut.QueuedBytes);
        await Task.CompletedTask;
    }

    [Fact]
    public void Ref_ForTheSameActor_IsTheSame()
    {
        Assert.Same(_a.RefTo(_b, "x"), _a.RefTo(_b, "x"));
        Assert.Equal(_a.RefTo(_b, "x"), _a.Remoting.Ref(_b.Id, TestNode.UserPath("b", "x")));
        Assert.NotEqual(_a.RefTo(_b, "x"), _a.RefTo(_b, "y"));
        Assert.NotEqual(_a.RefTo(_b, "x"), _a.Remoting.Ref(new NodeId("b", 2), TestNode.UserPath("b", "x")));
    }

    [Fact]
    public async Task Names_MoreThanAConnectionKeeps_AreNumberedAnew()
    {
        await using TestNode c = await StartAsync("c", options => options with { NamesMax = 4 });
        await using TestNode d = await StartAsync("d", options => options with { NamesMax = 4 });
        TestNode.Introduce(c, d);
        ConcurrentQueue<object>[] sinks = [.. Enumerable.Range(0, 10).Select(i => d.SpawnSink($"sink-{i}"))];
        IActorRef[] senders = [.. Enumerable.Range(0, 10).Select(i => c.Spawn($"sender-{i}", (_, _) => { }))];

        for (int i = 0; i < 200; i++)
        {
            c.RefTo(d, $"sink-{i % 10}").Tell(new Numbered(i), senders[i * 7 % 10]);
        }

        await Eventually.True(() => sinks.Sum(sink => sink.Count) == 200);
        Assert.All(Enumerable.Range(0, 10), i => Assert.Equal(Enumerable.Range(0, 20).Select(j => (10 * j) + i), sinks[i].Cast<Numbered>().Select(message => message.Number)));
    }

    [Fact]
    public async Task Message_ThatTheOtherDoesNotKnow_IsCountedAndDropped()
    {
        await using TestNode older = await StartAsync("older", codecs: TestCodecs.WithoutNumbered);
        TestNode.Introduce(_a, older);
        ConcurrentQueue<object> got = older.SpawnSink("sink");

        _a.RefTo(older, "sink").Tell(new Numbered(1));
        _a.RefTo(older, "sink").Tell(new Answered(2));

        await Eventually.True(() => got.Count == 1);
        Assert.Equal(new Answered(2), got.Single());
        Assert.Equal(1, older.Remoting.Metrics.UnknownMessages);
        Assert.Equal(1, older.Peer(_a)!.ControlIn.Connects);
    }

    [Fact]
    public async Task Message_ThatIsMalformed_IsCountedAndDropped()
    {
        ConcurrentQueue<object> got = _b.SpawnSink("sink");

        _a.RefTo(_b, "sink").Tell(new Unreadable(IsBug: false));
        _a.RefTo(_b, "sink").Tell(new Numbered(2));

        await Eventually.True(() => got.Count == 1);
        Assert.Equal((1, 1), (_b.Remoting.Metrics.MalformedMessages, _b.Peer(_a)!.ControlIn.Connects));
    }

    [Fact]
    public async Task Message_WhoseCodecHasABug_EndsTheConnectionAndIsLogged()
    {
        ConcurrentQueue<object> got = _b.SpawnSink("sink");

        _a.RefTo(_b, "sink").Tell(new Unreadable(IsBug: true));

        await Eventually.True(() => _b.Remoting.Metrics.Faults.GetValueOrDefault(FrameFault.ReaderFailed) == 1);
        Assert.IsType<InvalidOperationException>(_b.Events.OfType<LogEntry>().Single().Exception);
        await Eventually.True(() => _a.RefTo(_b, "sink").TryTell(new Numbered(3)) && !got.IsEmpty);
        Assert.Equal(HandshakeRefusal.Garbage, _a.Events.OfType<PeerDisconnected>().First().Reason);
    }

    private static byte[] Pattern(int size)
    {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++)
        {
            bytes[i] = (byte)((i * 31) + (i >> 8));
        }

        return bytes;
    }

    private Task<TestNode> StartAsync(string name, Func<RemotingOptions, RemotingOptions>? change = null, MessageCodecs? codecs = null)
        => TestNode.StartAsync(name, _tls ? _authority.Identity(name) : null, change: change, codecs: codecs);

    public sealed class WithTls() : MessagingTests(tls: true);

    public sealed class Plain() : MessagingTests(tls: false);
}
