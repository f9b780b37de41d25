using LeitherCluster.Actors.Branches;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Actors.Nodes;

// What goes between nodes to begin a term and to carry a beat through it, docs/ARCHITECTURE.md. Every message may come twice, late, or not at all; whoever
// waits asks again. One beat of a ledger is open at a time, which bounds how many of these are under way: hence control messages.

/// <summary>The root to every node that owns branches: stop heeding earlier terms, and say where your branches stand.</summary>
/// <param name="Last">the last statement; null before the first</param>
public sealed record JoinTerm(Term Term, SignedStatement? Last) : IControlMessage, IWireMessage;

/// <summary>A node to the root: everything that its branches ever wrote is durable, and this is where they stand.</summary>
public sealed record TermJoined(Term Term, NodeId Node, IReadOnlyList<BranchStanding> Branches) : IControlMessage, IBulkMessage;

/// <summary>A node to the root: it was told of a beat in a term that it has not joined, as after a restart.</summary>
public sealed record TermUnknown(Term Term, NodeId Node) : IControlMessage, IWireMessage;

/// <summary>Roll up: all branches of a node that the beat changed, when all of them have applied their credits.</summary>
public sealed record NodeReport(Term Term, BeatNumber Beat, NodeId Node, IReadOnlyList<BranchEntry> Entries, PhaseTimes Times) : IControlMessage, IBulkMessage;

/// <summary>The root to every node: the beat is over.</summary>
/// <param name="Sequence">the time sequence that stands now</param>
/// <param name="Changed">whether the beat changed something; then it is durable under <paramref name="Statement"/></param>
/// <param name="Statement">null when nothing changed</param>
/// <param name="Summary">for displays; null when it has been told before</param>
public sealed record PulseEnded(Term Term, BeatNumber Beat, Timestamp At, TimeSequence Sequence, bool Changed, SignedStatement? Statement, PulseSummary? Summary)
    : IControlMessage, IWireMessage;

/// <summary>A node to the root: whatever its branches were credited with in that beat is durable.</summary>
public sealed record BeatSettled(Term Term, BeatNumber Beat, NodeId Node) : IControlMessage, IWireMessage;

/// <summary>Between exchanges: the sections of one beat from the branches of one node to those of another, docs/PROTOCOL.md section 17.</summary>
/// <param name="From">whose branches the sections come from; they cover all branches that the term's layout gives it</param>
/// <param name="Sections">one behind the other, ascending by source; empty when there are none</param>
public sealed record SectionsOffered(Term Term, BeatNumber Beat, NodeId From, ReadOnlyMemory<byte> Sections) : IControlMessage, IBulkMessage;

/// <summary>An exchange to another: your sections of that beat have not come.</summary>
public sealed record SectionsMissing(Term Term, BeatNumber Beat, NodeId From) : IControlMessage, IWireMessage;

/// <summary>The coordinator to every node: there is a newer layout.</summary>
public sealed record LayoutChanged(ulong Version) : IControlMessage, IWireMessage;

/// <summary>A node without branches to the root's: tell me of the ends of beats, for some seconds from now.</summary>
public sealed record FollowPulses(NodeId Node) : IControlMessage, IWireMessage;
