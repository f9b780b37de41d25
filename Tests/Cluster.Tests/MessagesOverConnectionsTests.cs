using System.Collections.Concurrent;
using System.Net;
using LeitherCluster.Actors.Nodes;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Cluster;
using LeitherCluster.Remoting;
using LeitherCluster.Remoting.Peers;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Local;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Tests.Cluster;

/// <summary>Every message, over real connections between two nodes.</summary>
public sealed class MessagesOverConnectionsTests : IAsyncLifetime
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);
    private readonly LocalActorSystem _firstSystem = new(new LocalActorSystemOptions { Name = "first" });
    private readonly LocalActorSystem _secondSystem = new(new LocalActorSystemOptions { Name = "second" });
    private ClusterRemoting _first = null!;
    private ClusterRemoting _second = null!;

    public async Task InitializeAsync()
    {
        _first = await StartAsync(_firstSystem);
        _second = await StartAsync(_secondSystem);

        // As the table of members would have it.
        MemberTable table = new(2, [Member(_first), Member(_second)]);
        _first.Follow(table);
        _second.Follow(table);
    }

    public async Task DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        await _firstSystem.DisposeAsync();
        await _secondSystem.DisposeAsync();
    }

    [Fact]
    public async Task Message_Any_ArrivesAndItsEchoComesBack()
    {
        IActorRef echo = _secondSystem.Spawn(Props.Create(static () => new Echo()), "echo");
        ConcurrentQueue<object> got = new();
        IWireMessage[] messages = new MessageSamples(20_251_121).All;
        TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        IActorRef sink = _firstSystem.Spawn(Props.Create(() => new Sink(got, messages.Length, all)), "sink");
        IActorRef remote = _first.Ref(_second.Node, echo.Path);

        foreach (IWireMessage message in messages)
        {
            remote.Tell(message, sink);
        }

        await all.Task.WaitAsync(s_limit);
        Assert.Equal(Types(messages.Where(message => message is not IBulkMessage)), Types(got.Where(message => message is not IBulkMessage)));
        Assert.Equal(Types(messages.Where(message => message is IBulkMessage)), Types(got.Where(message => message is IBulkMessage)));
        PeerMetrics metrics = Assert.Single(_first.Metrics.Peers);
        Assert.Equal(messages.Length, metrics.ControlOut.Messages + metrics.BulkOut.Messages);
        Assert.Equal(messages.Length, metrics.ControlIn.Messages + metrics.BulkIn.Messages);
        Assert.True(metrics is { ControlOut.IsConnected: true, BulkIn.IsConnected: true, ProgramVersion: "0.1.0" });
    }

    [Fact]
    public async Task Message_AboutAllOf65536Branches_Arrives()
    {
        const int Branches = 65_536;
        ConcurrentQueue<object> got = new();
        TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        IWireMessage[] messages = new MessageSamples(20_251_122).AboutManyBranches(Branches);
        IActorRef sink = _secondSystem.Spawn(Props.Create(() => new Sink(got, messages.Length, all)), "sink");
        IActorRef remote = _first.Ref(_second.Node, sink.Path);

        foreach (IWireMessage message in messages)
        {
            remote.Tell(message);
        }

        await all.Task.WaitAsync(s_limit);
        Assert.Equal(Branches, got.OfType<TermJoined>().Single().Branches.Count);
        Assert.Equal(Branches, got.OfType<NodeReport>().Single().Entries.Count);
        Assert.Equal(Branches, ((PulseRead)got.OfType<QuestionAnswered>().Single().Body).All.Length);
        Assert.All(messages, message => Assert.IsAssignableFrom<IBulkMessage>(message));
    }

    private static IEnumerable<Type> Types(IEnumerable<object> messages) => messages.Select(message => message.GetType());

    private static Task<ClusterRemoting> StartAsync(LocalActorSystem system) => ClusterRemoting.StartAsync(
        new RemotingOptions { Node = new NodeId(system.Name, 1), Cluster = "seed", Listen = new IPEndPoint(IPAddress.Loopback, 0), ProgramVersion = "0.1.0" },
        system,
        ClusterMessages.Codecs);

    private static Member Member(ClusterRemoting remoting) => new(remoting.Node, remoting.Address, MemberRoles.All, "0.1.0", MemberState.Up, 1);

    private sealed class Echo : Actor
    {
        protected override void Receive(object message) => Sender.Tell(message, Self);
    }

    private sealed class Sink(ConcurrentQueue<object> got, int count, TaskCompletionSource all) : Actor
    {
        protected override void Receive(object message)
        {
            got.Enqueue(message);
            if (got.Count == count)
            {
                all.SetResult();
            }
        }
    }
}
