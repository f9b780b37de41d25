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

/// <content>States as of an earlier beat, made from the newest one and the undo log.</content>
public sealed unsafe partial class BranchLedger
{
    /// <summary>
    /// The state as of the end of a beat; null when it lies further back than memory reaches. The state of the newest beat is the branch's own and
    /// good until the next change; an older one is a copy. Either way: dispose it.
    /// </summary>
    public BranchState? StateAsOf(BeatNumber beat)
    {
        BeatNumber newest = SealedBeat > CreditedBeat ? SealedBeat : CreditedBeat;
        if (beat >= newest && !_dirty)
        {
            return new BranchState(_tree, _holds, owned: false);
        }

        return beat < _undo.Since ? null : Undone(beat);
    }

    private BranchState Undone(BeatNumber beat)
    {
        var holds = new Dictionary<AccountId, HoldBook>(_holds);
        var all = new AccountRecord[_tree.Count];
        CopyRecords(all);
        var changed = new Dictionary<AccountId, AccountRecord>();
        foreach (UndoPage page in _undo.Back(beat))
        {
            for (int i = page.Count - 1; i >= 0; i--)
            {
                changed[page.Records[i].Id] = page.Records[i];
            }

            for (int i = page.Holds.Count - 1; i >= 0; i--)
            {
                (AccountId id, HoldBook? before) = page.Holds[i];
                if (before is null)
                {
                    holds.Remove(id);
                }
                else
                {
                    holds[id] = before;
                }
            }
        }

        int kept = 0;
        foreach (AccountRecord record in all)
        {
            AccountRecord then = changed.TryGetValue(record.Id, out AccountRecord before) ? before : record;
            if (!then.Flags.HasFlag(UndoPage.OpenedMark))
            {
                all[kept++] = then;
            }
        }

        BranchTree tree = TreeOf(all.AsSpan(0, kept));
        foreach ((AccountId id, HoldBook book) in holds)
        {
            tree.SetDataRoot(id, book.DataRoot());
        }

        tree.Update();
        return new BranchState(tree, holds, owned: true);
    }
}
