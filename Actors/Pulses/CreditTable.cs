using LeitherCluster.Ledger.Branches;

namespace LeitherCluster.Actors.Pulses;

/// <summary>
/// All credits of one beat that are for the branches of this node, looked up by target. Built when the beat is covered and shared by the branches,
/// which read it at the same time; built again only after that beat has ended.
/// </summary>
public sealed class CreditTable
{
    // For target t, _runs[_starts[t] .. _starts[t + 1]], ascending by source.
    private readonly int[] _starts;
    private readonly int[] _next;
    private (int Window, SectionRun Run)[] _runs = [];
    private SealedWindow[] _windows = [];

    /// <summary>An empty table for a ledger with so many branches.</summary>
    public CreditTable(int branchCount)
    {
        _starts = new int[branchCount + 1];
        _next = new int[branchCount];
    }

    /// <summary>Builds the table for a beat.</summary>
    /// <param name="windows">the windows sealed in the beat, each branch at most once; they must stay as they are until the beat has ended</param>
    public void Build(IEnumerable<SealedWindow> windows)
    {
        _windows = [.. windows.OrderBy(w => w.Branch)];
        Array.Clear(_starts);
        foreach (SealedWindow window in _windows)
        {
            foreach (SectionRun run in window.Runs.Span)
            {
                _starts[run.Target + 1]++;
            }
        }

        for (int target = 0; target < _next.Length; target++)
        {
            _starts[target + 1] += _starts[target];
            _next[target] = _starts[target];
        }

        if (_runs.Length < _starts[^1])
        {
            _runs = new (int, SectionRun)[_starts[^1] * 2];
        }

        for (int i = 0; i < _windows.Length; i++)
        {
            foreach (SectionRun run in _windows[i].Runs.Span)
            {
                _runs[_next[run.Target]++] = (i, run);
            }
        }
    }

    /// <summary>The windows the table was made of, ascending by branch.</summary>
    public IReadOnlyList<SealedWindow> Windows => _windows;

    /// <summary>How many sections go to a branch.</summary>
    public int SectionCount(uint target) => _starts[target + 1] - _starts[target];

    /// <summary>A branch's section, ascending by source.</summary>
    public CreditSection Section(uint target, int index)
    {
        (int window, SectionRun run) = _runs[_starts[target] + index];
        return _windows[window].Section(run);
    }
}
