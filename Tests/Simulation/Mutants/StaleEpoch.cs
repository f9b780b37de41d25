using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Tests.Simulation.Checks;

namespace LeitherCluster.Tests.Simulation.Mutants;

/// <summary>Every start goes on under the epoch of the first.</summary>
internal sealed class StaleEpoch : Mutant
{
    private uint? _first;

    public override IJournalStore Journal(IJournalStore store) => new Store(store, this);

    private sealed class Store(IJournalStore store, StaleEpoch mutant) : PassingStore(store)
    {
        public override JournalOutcome AcquireEpoch(StreamId owner, out uint epoch)
        {
            if (mutant._first is { } first)
            {
                epoch = first;
                return JournalOutcome.Ok;
            }

            JournalOutcome outcome = base.AcquireEpoch(owner, out epoch);
            mutant._first = epoch;
            return outcome;
        }
    }
}
