using LeitherCluster.Actors;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Tests.Simulation.Checks;

namespace LeitherCluster.Tests.Simulation.Mutants;

/// <summary>The blocks of credits that branches applied are said to be written, and are not.</summary>
internal sealed class LostCredits : Mutant
{
    public override IJournalStore Journal(IJournalStore store) => new Store(store);

    private sealed class Store(IJournalStore store) : PassingStore(store)
    {
        public override JournalOutcome Write(JournalBlock block) =>
            block.Key.Kind == LedgerStreams.CreditsBlock ? JournalOutcome.Ok : base.Write(block);
    }
}
