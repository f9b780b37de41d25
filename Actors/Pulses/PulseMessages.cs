using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;

namespace LeitherCluster.Actors.Pulses;

// The steps of a pulse, docs/ARCHITECTURE.md. Every message is keyed by its beat; a second copy changes nothing. One pulse of a ledger
// is open at a time, which bounds how many of these are under way: hence control messages.

/// <summary>Fan out: the clock to the top trunk, trunks to their children, leaf trunks to every node's exchange.</summary>
/// <param name="Sequence">the time sequence that the beat gets if it changes something</param>
/// <param name="Finish">The beat was sealed before a restart: nothing new is sealed, what is in the journal is carried through.</param>
/// <param name="Term">the term in which it is opened; a beat that is finished in a later term keeps its number</param>
public sealed record OpenBeat(BeatNumber Beat, Timestamp At, TimeSequence Sequence, bool Finish, Term Term) : IControlMessage, IWireMessage;

/// <summary>The exchange to a branch: close the window for this beat.</summary>
public sealed record SealWindow(OpenBeat Beat) : IControlMessage;

/// <summary>A branch to its node's exchange: what it sealed; null when nothing took effect.</summary>
public sealed record BranchSealed(uint Branch, BeatNumber Beat, Ledger.Branches.SealedWindow? Window) : IControlMessage;

/// <summary>The exchange to a branch: all credits of the beat that are for it, and the order to bring its synopsis up to date.</summary>
public sealed record ApplyCredits(BeatNumber Beat, TimeSequence Sequence, CreditTable Credits, IActorRef Trunk) : IControlMessage;

/// <summary>The exchange to a leaf trunk: which of its branches this node speaks for, and which of those will report.</summary>
public sealed record BeatCovered(BeatNumber Beat, BranchSet Covered, BranchSet Reporting, PhaseTimes Times) : IControlMessage;

/// <summary>A leaf trunk to the exchanges: these branches have not reported yet; see that they do.</summary>
public sealed record ReportsMissing(BeatNumber Beat, IReadOnlyList<uint> Branches) : IControlMessage;

/// <summary>Roll up: a branch to its leaf trunk; where that is on another node, to the exchange, which reports for all.</summary>
public sealed record BranchReport(BeatNumber Beat, BranchEntry Entry) : IControlMessage;

/// <summary>Roll up: a trunk to its parent, the top one to the chief. No entries: nothing changed under it.</summary>
public sealed record TrunkReport(BeatNumber Beat, Timestamp At, uint Trunk, Ledger.Tree.Synopsis Synopsis, IReadOnlyList<BranchEntry> Entries, PhaseTimes Times) : IControlMessage;

/// <summary>The chief to every exchange, and those to the branches concerned: the pulse is durable under this statement.</summary>
public sealed record PulseCommitted(BeatNumber Beat, SignedStatement Statement) : IControlMessage;

/// <summary>The chief to clock and exchanges: the beat is over; it changed something or not. <paramref name="Sequence"/> is the one that stands now.</summary>
/// <param name="Summary">for displays; null when it has been told before</param>
public sealed record BeatEnded(BeatNumber Beat, Timestamp At, TimeSequence Sequence, bool Changed, PulseSummary? Summary) : IControlMessage;

/// <summary>When the steps of a beat were done on the slowest node, in microseconds since it opened there. For people to look at.</summary>
public readonly record struct PhaseTimes(long SealedUs, long DurableUs, long CreditedUs)
{
    public PhaseTimes Slower(PhaseTimes other) => new(
        Math.Max(SealedUs, other.SealedUs),
        Math.Max(DurableUs, other.DurableUs),
        Math.Max(CreditedUs, other.CreditedUs));
}
