using System.Collections.Concurrent;
using System.Net;
using LeitherCluster.Remoting;
using LeitherCluster.Remoting.Certificates;
using LeitherCluster.Remoting.Peers;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Local;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Tests.Remoting.Kit;

/// <summary>A node with real actors, a real socket, and all that it announced.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private TestNode(LocalActorSystem system, ClusterRemoting remoting, ConcurrentQueue<object> events)
    {
        System = system;
        Remoting = remoting;
        Events = events;
    }

    public LocalActorSystem System { get; }

    public ClusterRemoting Remoting { get; }

    public ConcurrentQueue<object> Events { get; }

    public NodeId Id => Remoting.Node;

    /// <summary>Starts a node on a port of loopback.</summary>
    public static async Task<TestNode> StartAsync(
        string name,
        NodeIdentity? identity = null,
        uint incarnation = 1,
        string cluster = "seed",
        MessageCodecs? codecs = null,
        IPEndPoint? listen = null,
        IClock? clock = null,
        Func<RemotingOptions, RemotingOptions>? change = null)
    {
        LocalActorSystem system = new(new LocalActorSystemOptions { Name = name });
        ConcurrentQueue<object> events = new();
        system.EventStream.Subscribe<object>(events.Enqueue);
        RemotingOptions options = new()
        {
            Node = new NodeId(name, incarnation),
            Cluster = cluster,
            Listen = listen ?? new IPEndPoint(IPAddress.Loopback, 0),
            Identity = identity,
            ProgramVersion = "0.1.0",
            ReconnectMin = TimeSpan.FromMilliseconds(20),
            ReconnectMax = TimeSpan.FromMilliseconds(200),
        };
        IActorSystem seen = clock is null ? system : new ClockedSystem(system, clock);
        ClusterRemoting remoting = await ClusterRemoting.StartAsync(change?.Invoke(options) ?? options, seen, codecs ?? TestCodecs.All);
        return new TestNode(system, remoting, events);
    }

    /// <summary>Both learn of each other.</summary>
    public static void Introduce(TestNode a, TestNode b)
    {
        a.Remoting.Know(b.Id, b.Remoting.Address);
        b.Remoting.Know(a.Id, a.Remoting.Address);
    }

    /// <summary>A reference from here to an actor under /user of another.</summary>
    public IActorRef RefTo(TestNode other, string actor) => Remoting.Ref(other.Id, UserPath(other.Id.Name, actor));

    public static ActorPath UserPath(string node, string actor) => ActorPath.Root(node).Child("user").Child(actor);

    /// <summary>Starts an actor that does this with each message.</summary>
    public IActorRef Spawn(string name, Action<object, IActorContext> receive, int capacity = 1024)
        => System.Spawn(Props.Create(() => new ScriptedActor(receive)) with { Mailbox = new MailboxOptions { Capacity = capacity } }, name);

    /// <summary>Starts an actor that puts what it gets into a queue.</summary>
    public ConcurrentQueue<object> SpawnSink(string name, int capacity = 100_000)
    {
        ConcurrentQueue<object> got = new();
        Spawn(name, (message, _) => got.Enqueue(message), capacity);
        return got;
    }

    public PeerMetrics? Peer(TestNode other) => Remoting.Metrics.Peers.SingleOrDefault(peer => peer.Node == other.Id);

    public long RefusedHere(HandshakeRefusal refusal) => Remoting.Metrics.RefusedHere.GetValueOrDefault(refusal);

    public long RefusedThere(HandshakeRefusal refusal) => Remoting.Metrics.RefusedThere.GetValueOrDefault(refusal);

    public async ValueTask DisposeAsync()
    {
        await Eventually.Within(Remoting.DisposeAsync().AsTask());
        await System.DisposeAsync();
    }

    private sealed class ScriptedActor(Action<object, IActorContext> receive) : Actor
    {
        protected override void Receive(object message) => receive(message, Context);
    }
}
