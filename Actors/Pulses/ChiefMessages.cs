using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;

namespace LeitherCluster.Actors.Pulses;

/// <summary>What the chief needs.</summary>
/// <param name="Parameters">the ledger's</param>
/// <param name="Committee">those whose signatures make a statement valid</param>
/// <param name="Bookkeeper">the chief's own key</param>
/// <param name="Epoch">the epoch under which this node writes</param>
/// <param name="PulsesRetained">states as of so many newest pulses can be asked for</param>
/// <param name="WindowsKeptFor">
/// what is younger is not compacted away either: where a branch may move to a node that has no index of its windows, it is made from the journal. Counted from when this
/// chief began. Zero on a node that keeps its branches and their index.
/// </param>
/// <param name="PulsesPerSnapshot">the chief stores its state, and has the journal compacted, after so many pulses that changed something</param>
public sealed record ChiefOptions(LedgerParameters Parameters, Committee Committee, PrivateKey Bookkeeper, uint Epoch, ulong PulsesRetained, TimeSpan WindowsKeptFor, int PulsesPerSnapshot);

/// <summary>The chief to its parent, when it has recovered.</summary>
/// <param name="Last">the last statement; null before the first</param>
/// <param name="Entries">newest entries by branch</param>
public sealed record ChiefStanding(SignedStatement? Last, BranchEntry[] Entries) : IControlMessage;

/// <summary>Who is told of pulses and of the ends of beats: the exchanges and the clock.</summary>
public sealed record AnnounceTo(IReadOnlyList<IActorRef> Listeners) : IControlMessage;

/// <summary>Asks the chief for a pulse, the newest when null: <see cref="PulseRead"/>.</summary>
public sealed record ReadPulse(TimeSequence? Sequence) : IControlMessage, IWireMessage;

/// <summary>A pulse, the entries it changed, and those of all branches after it. Null: not retained.</summary>
public sealed record PulseRead(PulseBlock? Pulse, BranchEntry[] All) : IControlMessage, IWireMessage;
