using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Actors.Nodes;

// The steps of a planned hand-over. All of them are keyed by the version of the layout that it changes; who has another one does nothing.

/// <summary>
/// The coordinator to a guardian, while the pulses go on: have the state of these branches stored, so that whoever owns them next reads little of what they did since,
/// and say <see cref="StreamsPrepared"/>. Nothing depends on it but time.
/// </summary>
public sealed record PrepareStreams(ulong Layout, IReadOnlyList<StreamId> Streams) : IControlMessage, IWireMessage;

/// <summary>There is little left to read of those streams, or nothing to be done about it.</summary>
public sealed record StreamsPrepared(ulong Layout, NodeId Node) : IControlMessage, IWireMessage;

/// <summary>The coordinator to the root's guardian: open no beat until the layout changes, and say <see cref="PulsePaused"/> when none is open.</summary>
public sealed record PausePulse(ulong Layout) : IControlMessage, IWireMessage;

/// <summary>No beat is open, and all that was written is durable everywhere.</summary>
public sealed record PulsePaused(ulong Layout) : IControlMessage, IWireMessage;

/// <summary>The coordinator to a guardian: write nothing more to these streams, and say <see cref="StreamsReleased"/> when nothing is under way.</summary>
public sealed record ReleaseStreams(ulong Layout, IReadOnlyList<StreamId> Streams) : IControlMessage, IWireMessage;

/// <summary>Nothing of those streams is under way from this node.</summary>
public sealed record StreamsReleased(ulong Layout, NodeId Node) : IControlMessage, IWireMessage;
