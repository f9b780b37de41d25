using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <content>States as of an earlier beat, made from the newest one and the undo log.</content>
public sealed unsafe partial class BranchLedger
{
    /// <summary>
    /// The state as of the end of a beat that has ended; null when that lies further back than memory reaches, or when the branch is in the middle of
    /// the beat. The state of the newest beat is the branch's own and good until the next change; an older one is a copy. Either way: dispose it.
    /// </summary>
    public BranchState? StateAsOf(BeatNumber beat)
    {
        RequireWhole();
        BeatNumber newest = SealedBeat > CreditedBeat ? SealedBeat : CreditedBeat;
        if (beat >= newest)
        {
            return _dirty ? null : new BranchState(_tree, _holds, owned: false);
        }

        return beat < _undo.Since ? null : Undone(beat);
    }

    private BranchState Undone(BeatNumber beat)
    {
        var holds = new Dictionary<AccountId, HoldBook>(_holds, _holds.Comparer);
        _undo.UndoHolds(beat, holds);
        Dictionary<AccountId, AccountRecord> changed = _undo.RecordsAsOf(beat);
        var records = new AccountRecord[_tree.Count];
        CopyRecords(records);
        int kept = 0;
        foreach (AccountRecord record in records)
        {
            AccountRecord then = changed.TryGetValue(record.Id, out AccountRecord before) ? before : record;
            if ((then.Flags & UndoLog.OpenedMark) == RecordFlags.None)
            {
                records[kept++] = then;
            }
        }

        BranchTree tree = TreeOf(records.AsSpan(0, kept));
        foreach ((AccountId id, HoldBook book) in holds)
        {
            tree.SetDataRoot(id, book.DataRoot());
        }

        tree.Update();
        return new BranchState(tree, holds, owned: true);
    }
}
