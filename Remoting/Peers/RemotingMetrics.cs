using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Remoting.Peers;

/// <summary>What one lane to or from a node has done.</summary>
/// <param name="IsConnected">it is open now</param>
/// <param name="Connects">how often it was opened</param>
/// <param name="Messages">messages sent or received</param>
/// <param name="Bytes">bytes of frames sent or received</param>
/// <param name="QueuedMessages">messages that wait to be sent</param>
/// <param name="QueuedBytes">bytes of them</param>
/// <param name="Dropped">messages that waited when a connection broke or could not be made</param>
/// <param name="PushedBack">messages that were not taken as too much waited, or that a full mailbox held up</param>
public sealed record LaneMetrics(bool IsConnected, long Connects, long Messages, long Bytes, long QueuedMessages, long QueuedBytes, long Dropped, long PushedBack);

/// <summary>What went to and came from one other node.</summary>
public sealed record PeerMetrics(NodeId Node, string? Address, string? ProgramVersion, LaneMetrics ControlOut, LaneMetrics BulkOut, LaneMetrics ControlIn, LaneMetrics BulkIn);

/// <summary>What was sent of one type of message, to all other nodes.</summary>
/// <param name="Type">the message's name, as docs/PROTOCOL.md lists it</param>
/// <param name="Messages">how many</param>
/// <param name="Bytes">bytes of their frames</param>
public sealed record MessageMetrics(string Type, long Messages, long Bytes);

/// <summary>A node's remoting as of now.</summary>
/// <param name="CertificateNotAfterMs">when the node's certificate ends, milliseconds since 1970; null without TLS</param>
/// <param name="PendingHandshakes">connections that have not been greeted yet</param>
/// <param name="RefusedHere">how often this node refused others, by reason</param>
/// <param name="RefusedThere">how often others refused this node, by reason</param>
/// <param name="Faults">connections closed for bytes that were no frame, by what was wrong</param>
/// <param name="UnknownMessages">messages dropped as no codec has their number</param>
/// <param name="MalformedMessages">messages dropped as their codec could not read them</param>
/// <param name="AnswersTooLate">answers dropped as nobody waited for them any more</param>
/// <param name="Sent">what was sent, by type of message; types of which nothing was are left out</param>
public sealed record RemotingMetrics(
    NodeId Node,
    long? CertificateNotAfterMs,
    int PendingHandshakes,
    IReadOnlyDictionary<HandshakeRefusal, long> RefusedHere,
    IReadOnlyDictionary<HandshakeRefusal, long> RefusedThere,
    IReadOnlyDictionary<FrameFault, long> Faults,
    long UnknownMessages,
    long MalformedMessages,
    long AnswersTooLate,
    IReadOnlyList<MessageMetrics> Sent,
    IReadOnlyList<PeerMetrics> Peers);
