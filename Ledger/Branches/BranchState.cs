using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <summary>A branch's accounts as they were after a beat, to read and to prove from.</summary>
public sealed unsafe class BranchState : IDisposable
{
    private readonly IReadOnlyDictionary<AccountId, HoldBook> _holds;
    private readonly bool _owned;

    internal BranchState(BranchTree tree, IReadOnlyDictionary<AccountId, HoldBook> holds, bool owned)
    {
        Tree = tree;
        _holds = holds;
        _owned = owned;
    }

    /// <summary>The accounts, with every digest up to date.</summary>
    public BranchTree Tree { get; }

    /// <summary>An account's open holds, in order of nonce.</summary>
    public IReadOnlyList<Hold> HoldsOf(in AccountId id) => _holds.TryGetValue(id, out HoldBook? book) ? [.. book.Holds] : [];

    public void Dispose()
    {
        if (_owned)
        {
            Tree.Dispose();
        }
    }
}
