using System.Collections.Concurrent;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Remoting.Peers;

/// <summary>
/// The other nodes, by name and incarnation, with their addresses. Of each name only the newest known life counts: an older one is over as soon as a newer is
/// known, and one that was declared over never comes back.
/// </summary>
internal sealed class PeerBook(RemotingCore core)
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<NodeId, Peer> _peers = new();
    private readonly Dictionary<string, (uint Lowest, HandshakeRefusal Otherwise)> _floors = new(StringComparer.Ordinal);
    private bool _isClosed;

    public IEnumerable<Peer> All => _peers.Select(pair => pair.Value);

    /// <summary>The node, if it is known.</summary>
    public Peer? Find(NodeId id) => _peers.GetValueOrDefault(id);

    /// <summary>The node, known from now on; null with the reason when its life is over.</summary>
    public Peer? Admit(NodeId id, string? address, out HandshakeRefusal refusal)
    {
        Peer? peer;
        List<Peer> older = [];
        lock (_gate)
        {
            (uint lowest, HandshakeRefusal otherwise) = _floors.GetValueOrDefault(id.Name);
            refusal = _isClosed ? HandshakeRefusal.Stopping : id.Incarnation < lowest ? otherwise : HandshakeRefusal.None;
            if (refusal != HandshakeRefusal.None)
            {
                return null;
            }

            if (id.Incarnation > lowest)
            {
                _floors[id.Name] = (id.Incarnation, HandshakeRefusal.Superseded);
                older = [.. All.Where(other => string.Equals(other.Id.Name, id.Name, StringComparison.Ordinal) && other.Id.Incarnation < id.Incarnation)];
            }

            if (!_peers.TryGetValue(id, out peer))
            {
                peer = new Peer(core, id);
                _peers[id] = peer;
            }
        }

        peer.Learn(address);
        older.ForEach(other => Remove(other, HandshakeRefusal.Superseded));
        return peer;
    }

    /// <summary>That life of the node is over, and so are those before.</summary>
    public void End(NodeId id)
    {
        Peer[] ended;
        lock (_gate)
        {
            if (_floors.GetValueOrDefault(id.Name).Lowest <= id.Incarnation)
            {
                _floors[id.Name] = (id.Incarnation + 1, HandshakeRefusal.Gone);
            }

            ended = [.. All.Where(other => string.Equals(other.Id.Name, id.Name, StringComparison.Ordinal) && other.Id.Incarnation <= id.Incarnation)];
        }

        Array.ForEach(ended, peer => Remove(peer, HandshakeRefusal.Gone));
    }

    /// <summary>Closes all; nobody is admitted any more. Completes when their connections have ended.</summary>
    public async Task CloseAsync()
    {
        Peer[] all;
        lock (_gate)
        {
            _isClosed = true;
            all = [.. All];
        }

        Array.ForEach(all, peer => Remove(peer, HandshakeRefusal.Stopping));
        await Task.WhenAll(all.Select(peer => peer.Ended)).ConfigureAwait(false);
    }

    private void Remove(Peer peer, HandshakeRefusal reason)
    {
        _peers.TryRemove(peer.Id, out _);
        peer.End(reason);
    }
}
