using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Tests.Simulation.Checks;

/// <summary>Passes everything on to a store, and tells the witness what the store promised.</summary>
internal sealed class JournalSpy(IJournalStore store, Witness witness) : PassingStore(store)
{
    public override JournalOutcome AcquireEpoch(StreamId owner, out uint epoch)
    {
        JournalOutcome outcome = base.AcquireEpoch(owner, out epoch);
        if (outcome == JournalOutcome.Ok)
        {
            witness.OnEpoch(epoch);
        }

        return outcome;
    }

    public override JournalOutcome Write(JournalBlock block)
    {
        JournalOutcome outcome = base.Write(block);
        switch (outcome)
        {
            case JournalOutcome.Ok:
                witness.OnWritten(block);
                break;
            case JournalOutcome.Conflict or JournalOutcome.Fenced:
                witness.Violate(Rule.NothingElseFails, $"{block.Key} is answered {outcome}");
                break;
            default:
                break;
        }

        return outcome;
    }

    public override JournalOutcome Commit(GroupMark mark)
    {
        witness.OnCommitBegun();
        JournalOutcome outcome = base.Commit(mark);
        if (outcome == JournalOutcome.Ok)
        {
            witness.OnCommitted();
        }

        return outcome;
    }
}
