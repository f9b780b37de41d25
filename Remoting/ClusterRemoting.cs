using System.Net;
using LeitherCluster.Remoting.Peers;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Remoting;

/// <summary>
/// A node's connections with the other nodes of its cluster: references to their actors, and messages from them to the actors here. At most once, in order for
/// each pair of nodes and lane. Publishes <see cref="PeerConnected"/>, <see cref="PeerDisconnected"/>, <see cref="PeerRefused"/> and
/// <see cref="OwnLifeDenied"/> on the system's event stream.
/// </summary>
public sealed class ClusterRemoting : IRemoteActors, IAsyncDisposable
{
    private readonly RemotingCore _core;
    private readonly NodeListener _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _ticking;

    private ClusterRemoting(RemotingCore core, NodeListener listener)
    {
        _core = core;
        _listener = listener;
        _ticking = Task.Run(TickAsync);
    }

    /// <summary>This life of this node.</summary>
    public NodeId Node => _core.Own;

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => _listener.EndPoint;

    /// <summary>Where others reach it, <c>host:port</c>, as it tells them.</summary>
    public string Address => _core.Address;

    /// <summary>The counters as of now.</summary>
    public RemotingMetrics Metrics => _core.Snapshot(_listener.Pending);

    /// <summary>Starts to listen for other nodes.</summary>
    /// <exception cref="InvalidRemotingOptionsException">The options contradict each other.</exception>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public static async Task<ClusterRemoting> StartAsync(RemotingOptions options, IActorSystem system, MessageCodecs codecs, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(codecs);
        options.Validate();
        RemotingCore core = new(options, system, codecs);
        NodeListener listener = await NodeListener.StartAsync(core, cancel).ConfigureAwait(false);
        core.Address = options.Address ?? listener.EndPoint.ToString();
        return new ClusterRemoting(core, listener);
    }

    /// <inheritdoc/>
    public IActorRef Ref(NodeId node, ActorPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (string.Equals(node.Name, Node.Name, StringComparison.Ordinal))
        {
            throw new ArgumentException($"{node} is this node itself", nameof(node));
        }

        if (!RelativePath.Fits(path))
        {
            throw new ArgumentException($"{path} is too long for a message", nameof(path));
        }

        Peer? peer = _core.Peers.Admit(node, null, out _);
        return peer?.RefTo(path, 0) ?? new RemoteRef(_core, node, path, 0, null);
    }

    /// <summary>
    /// Tells which life of the node this is, when it listened before it could know (incarnation 0 in the options): from now on others are let in. Once.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is another node's, or this one's life has begun before.</exception>
    public void BeginLife(NodeId life)
    {
        if (!string.Equals(life.Name, Node.Name, StringComparison.Ordinal) || Node.Incarnation != 0)
        {
            throw new InvalidOperationException($"{Node} cannot become {life}");
        }

        _core.BeginLife(life);
    }

    /// <summary>
    /// A life of another node is at this address, <c>host:port</c>. False: it is known to be over. A newer life of a name ends the older ones.
    /// </summary>
    public bool Know(NodeId node, string address)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        return string.Equals(node.Name, Node.Name, StringComparison.Ordinal) || _core.Peers.Admit(node, address, out _) is not null;
    }

    /// <summary>That life of a node is over, for good: its connections are closed, and no more of it are taken.</summary>
    public void Forget(NodeId node) => _core.Peers.End(node);

    /// <summary>Takes addresses and ends from the table of members.</summary>
    public void Follow(MemberTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        foreach (Member member in table.Members)
        {
            if (member.Id == Node)
            {
                continue;
            }

            if (member.State is MemberState.Down or MemberState.Removed)
            {
                Forget(member.Id);
            }
            else
            {
                Know(member.Id, member.Address);
            }
        }
    }

    /// <summary>Closes all connections, telling the others that this node stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _ticking.ConfigureAwait(false);
        await _core.Peers.CloseAsync().ConfigureAwait(false);
        await _listener.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task TickAsync()
    {
        using PeriodicTimer timer = new(_core.Options.AliveInterval / 2);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
            {
                long nowTicks = _core.System.Clock.MonotonicTicks;
                foreach (Peer peer in _core.Peers.All)
                {
                    peer.Tick(nowTicks);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }
}
