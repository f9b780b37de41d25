using System.Diagnostics.Metrics;
using LeitherCluster.Actors.Branches;
using LeitherCluster.Hosting.Clusters;
using LeitherCluster.Remoting.Peers;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Hosting.Telemetry;

/// <summary>
/// What a node measures of itself: its actors, and how it sees its cluster: meter <c>LeitherCluster.Node</c>. All of it is known to the process itself, so that it
/// can be read when database and other nodes are away.
/// </summary>
public sealed class NodeMeter : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "LeitherCluster.Node";

    private readonly Meter _meter = new(Name);
    private readonly RefusedConnections _refused = new();
    private MembershipStatus? _status;

    public NodeMeter(IActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        _meter.CreateObservableGauge("leither.actors", () => system.Metrics.LiveActors, description: "Living actors.");
        _meter.CreateObservableCounter("leither.actors.started", () => system.Metrics.ActorsStarted, description: "Actors started since the start.");
        _meter.CreateObservableCounter("leither.actors.restarts", () => system.Metrics.Restarts, description: "Restarts of actors that threw.");
        _meter.CreateObservableCounter("leither.messages", () => system.Metrics.MessagesProcessed, description: "Messages that actors handled.");
        _meter.CreateObservableCounter("leither.dead.letters", () => system.Metrics.DeadLetters, description: "Messages that reached nobody.");
        _meter.CreateObservableGauge("leither.mailbox.depth", () => system.Metrics.MailboxDepth, description: "Messages that wait in all mailboxes.");
        _meter.CreateObservableCounter("leither.connections.refused", _refused.Measure, description: "Connections to HTTP ports ended for what came over them, by port and reason.");
        _meter.CreateObservableGauge("leither.branches", () => system.Walk().Count(actor => actor.ActorType == typeof(Branch)), description: "Branches that live on this node.");
    }

    /// <summary>Whether this is the meter itself, not that of another node in the same process.</summary>
    public bool Is(Meter meter) => ReferenceEquals(meter, _meter);

    /// <summary>Measures a cluster, too.</summary>
    internal void Add(ClusterMember member)
    {
        _meter.CreateObservableGauge(
            "leither.members",
            () => Enum.GetValues<MemberState>().Select(state => new Measurement<int>(
                member.Table.Members.Count(each => each.State == state),
                new KeyValuePair<string, object?>("state", state.ToString().ToLowerInvariant()))),
            description: "Members of the cluster by their state, as this node knows it.");
        _meter.CreateObservableGauge("leither.members.reachable", () => Reachable(member.Table), description: "Members at work that answer this node, itself among them.");
        _meter.CreateObservableGauge("leither.members.table", () => Status?.IsTableThere == true ? 1 : 0, description: "1 when the table of members answered last.");
        _meter.CreateObservableGauge("leither.certificate.ends", () => member.CertificateEndsMs / 1e3, unit: "s", description: "When this node's certificate ends, in seconds since 1970.");
        _meter.CreateObservableGauge("leither.peers.connected", () => member.Connections.Peers.Count(peer => peer.ControlOut.IsConnected), description: "Nodes that this one is connected to.");
        _meter.CreateObservableCounter("leither.peers.sent", () => OfLanes(member.Connections, peer => [peer.ControlOut.Bytes, peer.BulkOut.Bytes]), unit: "By", description: "Bytes sent to other nodes, by lane.");
        _meter.CreateObservableCounter("leither.peers.received", () => OfLanes(member.Connections, peer => [peer.ControlIn.Bytes, peer.BulkIn.Bytes]), unit: "By", description: "Bytes received from other nodes, by lane.");
        _meter.CreateObservableCounter("leither.peers.dropped", () => OfLanes(member.Connections, peer => [peer.ControlOut.Dropped, peer.BulkOut.Dropped]), description: "Messages for other nodes that were dropped, by lane.");
        _meter.CreateObservableCounter(
            "leither.peers.refused", () => OfReasons(member.Connections.RefusedHere), description: "Connections to and from other nodes that this node refused, by reason.");
        _meter.CreateObservableCounter(
            "leither.peers.faults", () => OfReasons(member.Connections.Faults), description: "Connections of other nodes closed for bytes that are no frame, by what was wrong.");
        _meter.CreateObservableCounter("leither.peers.messages", () => OfTypes(member.Connections, sent => sent.Messages), description: "Messages sent to other nodes, by type.");
        _meter.CreateObservableCounter("leither.peers.messages.size", () => OfTypes(member.Connections, sent => sent.Bytes), unit: "By", description: "Bytes of the frames of messages sent to other nodes, by type.");
    }

    /// <summary>Takes how the cluster looks now.</summary>
    internal void Note(MembershipStatus status) => Volatile.Write(ref _status, status);

    /// <summary>Counts the connections that a server of this node refuses.</summary>
    /// <param name="port">what the port is for: <c>clients</c> or <c>operators</c></param>
    /// <param name="server">the server's services</param>
    internal void WatchConnections(string port, IServiceProvider server) => _refused.Watch(port, server);

    public void Dispose()
    {
        _refused.Dispose();
        _meter.Dispose();
    }

    private MembershipStatus? Status => Volatile.Read(ref _status);

    private int Reachable(MemberTable table) => table.Up.Count(member => Status?.Unreachable.Contains(member.Id) != true);

    private static IEnumerable<Measurement<long>> OfReasons<TReason>(IReadOnlyDictionary<TReason, long> counts)
        where TReason : struct, Enum =>
        Enum.GetValues<TReason>().Where(reason => Convert.ToInt32(reason, System.Globalization.CultureInfo.InvariantCulture) != 0).Select(reason => new Measurement<long>(
            counts.GetValueOrDefault(reason), new KeyValuePair<string, object?>("reason", reason.ToString())));

    private static IEnumerable<Measurement<long>> OfTypes(RemotingMetrics metrics, Func<MessageMetrics, long> read) =>
        metrics.Sent.Select(sent => new Measurement<long>(read(sent), new KeyValuePair<string, object?>("type", sent.Type)));

    private static IEnumerable<Measurement<long>> OfLanes(RemotingMetrics metrics, Func<PeerMetrics, long[]> read)
    {
        string[] lanes = ["control", "bulk"];
        long[][] all = [.. metrics.Peers.Select(read)];
        return lanes.Select((lane, i) => new Measurement<long>(all.Sum(each => each[i]), new KeyValuePair<string, object?>("lane", lane)));
    }
}
