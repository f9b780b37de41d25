using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Simulation.Mutants;

/// <summary>
/// Breaks the protocol of one run on purpose, from outside: it stands between the ledger and its disk, its journal, its index of sealed ids and
/// its actors' messages. This one lets everything pass.
/// </summary>
internal class Mutant : IMessageInterceptor
{
    /// <summary>The disk that the journal gets; called at every boot.</summary>
    public virtual IDisk Disk(IDisk disk) => disk;

    /// <summary>The journal that the ledger, and the witness beside it, get; called at every boot.</summary>
    public virtual IJournalStore Journal(IJournalStore store) => store;

    /// <summary>The index that the ledger gets; called at every boot.</summary>
    public virtual ISealedIndex Index(ISealedIndex index) => index;

    public virtual object? OnMessage(in SimulatedMessage message) => message.Message;
}
