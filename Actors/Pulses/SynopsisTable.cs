using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Actors.Pulses;

/// <summary>
/// The newest entry of every branch, the newest pulses, and what was before them: enough to give the synopses of all branches as of any of
/// them. Entries of branches that never changed are default.
/// </summary>
public sealed class SynopsisTable
{
    /// <summary>Pulses that are remembered.</summary>
    public const int PulsesMax = 64;

    private readonly BranchEntry[] _newest;

    // Before the oldest of the pulses that are remembered.
    private readonly BranchEntry[] _before;
    private readonly Queue<PulseBlock> _pulses = new();

    public SynopsisTable(int branchCount)
    {
        _newest = new BranchEntry[branchCount];
        _before = new BranchEntry[branchCount];
    }

    /// <summary>The last statement; null before the first.</summary>
    public SignedStatement? Last { get; private set; }

    /// <summary>Newest entries by branch.</summary>
    public ReadOnlySpan<BranchEntry> Newest => _newest;

    /// <summary>Takes over the state of a snapshot: nothing before it is remembered.</summary>
    public void Reset(PulseBlock snapshot)
    {
        Array.Clear(_newest);
        _pulses.Clear();
        Apply(snapshot, _newest);
        _newest.CopyTo(_before, 0);
        Last = snapshot.Statement;
    }

    /// <summary>Adds a committed pulse.</summary>
    public void Add(PulseBlock pulse)
    {
        Apply(pulse, _newest);
        Last = pulse.Statement;
        _pulses.Enqueue(pulse);
        if (_pulses.Count > PulsesMax)
        {
            Apply(_pulses.Dequeue(), _before);
        }
    }

    /// <summary>Takes the block of the pulse whose snapshot was taken over, unless there are newer pulses: it is one of those that are remembered then.</summary>
    public void Remember(PulseBlock pulse)
    {
        if (_pulses.Count == 0 && pulse.Statement.Statement.TimeSequence == Last?.Statement.TimeSequence)
        {
            _pulses.Enqueue(pulse);
        }
    }

    /// <summary>The pulse with this sequence, with the entries it changed; null when it is not remembered.</summary>
    public PulseBlock? Find(TimeSequence sequence)
    {
        foreach (PulseBlock pulse in _pulses)
        {
            if (pulse.Statement.Statement.TimeSequence == sequence)
            {
                return pulse;
            }
        }

        return null;
    }

    /// <summary>The entries of all branches as of a remembered pulse; null when it is not remembered.</summary>
    public BranchEntry[]? AsOf(TimeSequence sequence)
    {
        if (Last?.Statement.TimeSequence == sequence)
        {
            return [.. _newest];
        }

        if (Find(sequence) is null)
        {
            return null;
        }

        BranchEntry[] entries = [.. _before];
        foreach (PulseBlock pulse in _pulses.TakeWhile(pulse => pulse.Statement.Statement.TimeSequence <= sequence))
        {
            Apply(pulse, entries);
        }

        return entries;
    }

    private static void Apply(PulseBlock pulse, BranchEntry[] entries)
    {
        foreach (BranchEntry entry in pulse.Entries)
        {
            entries[entry.Branch] = entry;
        }
    }
}
