using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Actors.Pulses;

/// <summary>
/// The newest entry of every branch, and what it was before each of the newest pulses: enough to give the synopses of all branches as of any of
/// them. Entries of branches that never changed are default.
/// </summary>
public sealed class SynopsisTable
{
    /// <summary>Pulses that are remembered.</summary>
    public const int PulsesMax = 64;

    private readonly BranchEntry[] _newest;
    private readonly Queue<Pulse> _pulses = new();

    public SynopsisTable(int branchCount)
    {
        _newest = new BranchEntry[branchCount];
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
        foreach (BranchEntry entry in snapshot.Entries)
        {
            _newest[entry.Branch] = entry;
        }

        Last = snapshot.Statement;
    }

    /// <summary>Adds a committed pulse.</summary>
    public void Add(PulseBlock pulse)
    {
        var before = new BranchEntry[pulse.Entries.Count];
        for (int i = 0; i < before.Length; i++)
        {
            BranchEntry entry = pulse.Entries[i];
            before[i] = _newest[entry.Branch] with { Branch = entry.Branch };
            _newest[entry.Branch] = entry;
        }

        Last = pulse.Statement;
        _pulses.Enqueue(new Pulse(pulse, before));
        if (_pulses.Count > PulsesMax)
        {
            _pulses.Dequeue();
        }
    }

    /// <summary>The pulse with this sequence, with the entries it changed; null when it is not remembered.</summary>
    public PulseBlock? Find(TimeSequence sequence)
    {
        foreach (Pulse pulse in _pulses)
        {
            if (pulse.Block.Statement.Statement.TimeSequence == sequence)
            {
                return pulse.Block;
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

        BranchEntry[] entries = [.. _newest];
        foreach (Pulse pulse in _pulses.Reverse().TakeWhile(p => p.Block.Statement.Statement.TimeSequence > sequence))
        {
            foreach (BranchEntry before in pulse.Before)
            {
                entries[before.Branch] = before;
            }
        }

        return entries;
    }

    private sealed record Pulse(PulseBlock Block, BranchEntry[] Before);
}
