using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <summary>
/// The accounts under one id prefix and what happens to them: a deterministic state machine. Transfers are accepted into the open window,
/// a beat seals the window (all debits), and then brings the credits of all windows of that beat.
/// </summary>
/// <remarks>
/// <code>
///            Accept*                 Seal(b)                      ApplyCredits(b)             Seal(b + 1)
///   open window ---> open window -------------> sealed, debited ------------------> up to date ------------> ...
/// </code>
/// What is true always:
/// <list type="bullet">
/// <item>Records change only in <c>Seal</c> and <c>ApplyCredits</c>; acceptance reserves beside them, in <see cref="PendingSenders"/>.</item>
/// <item>A sealed block and the state before it determine the state after; replay runs the very code that sealed.</item>
/// <item>frozen &lt;= balance; the frozen part is the sum of the account's holds.</item>
/// <item>An exception in the middle of a change ends the branch: whoever owns it comes back from snapshot and journal.</item>
/// <item>Sum after a beat = sum before - debits + credits; nothing else changes it.</item>
/// </list>
/// Time, order and chance are inputs: the beat's timestamp, the order of the calls, the secret. Not safe for use from two threads at once.
/// </remarks>
public sealed partial class BranchLedger : IDisposable
{
    private readonly Dictionary<AccountId, HoldBook> _holds = new(new SeededIdComparer());
    private readonly HoldDeadlines _deadlines = new();
    private readonly BranchOptions _options;
    private readonly PendingSenders _pending;
    private readonly UndoLog _undo;
    private BranchTree _tree;
    private Window _open;
    private Window _sealedWindow;
    private BeatNumber _lastCredits;
    private bool _dirty;
    private bool _isChanging;

    /// <summary>An empty branch, before its first beat.</summary>
    public BranchLedger(BranchOptions options)
    {
        _options = options;
        _tree = new BranchTree(options.DepthBits, options.Branch, options.Translucency);
        _pending = new PendingSenders(options.TableSeed);
        _undo = new UndoLog(options.UndoBeatsMax, options.UndoBytesMax);
        _open = new Window(options.TableSeed);
        _sealedWindow = new Window(options.TableSeed);
    }

    public uint Branch => _options.Branch;

    /// <summary>The newest beat whose window was sealed here; none before the first.</summary>
    public BeatNumber SealedBeat { get; private set; }

    /// <summary>Timestamp of <see cref="SealedBeat"/>.</summary>
    public Timestamp SealedAt { get; private set; }

    /// <summary>The newest beat whose credits were applied here (or that had none for this branch, when it sealed).</summary>
    public BeatNumber CreditedBeat { get; private set; }

    /// <summary>The newest beat that is closed here, sealed or found empty: no window will be sealed for it any more.</summary>
    public BeatNumber ClosedBeat { get; private set; }

    /// <summary>Timestamp of the newest beat this branch knows of: what expires before it is expired.</summary>
    public Timestamp CommittedAt { get; private set; }

    /// <summary>Hash of the newest sealed block; zero before the first.</summary>
    public Hash256 BlockHash { get; private set; }

    /// <summary>Everything the organization has issued from this branch, ever.</summary>
    public ulong IssuedTotal { get; private set; }

    public long Accounts => _tree.Count;

    /// <summary>Digest and sum as of the last <see cref="UpdateSynopsis"/>.</summary>
    public Synopsis Synopsis => _tree.Synopsis;

    /// <summary>Transfers in the open window.</summary>
    public int OpenCount => _open.Count;

    /// <summary>The first deadline, or null: at the first beat after it this branch has something to do even without transfers.</summary>
    public Timestamp? NextDeadline => _deadlines.First;

    /// <summary>Hashes all that changed since the last time, as one batch.</summary>
    public Synopsis UpdateSynopsis()
    {
        RequireWhole();
        BeginChange();
        Synopsis synopsis = _tree.Update();
        _dirty = false;
        EndChange();
        return synopsis;
    }

    /// <summary>Tells the branch that a beat has ended: committed time has moved, and old undo pages may go.</summary>
    public void EndBeat(Timestamp at)
    {
        CommittedAt = at > CommittedAt ? at : CommittedAt;
        _undo.Trim();
    }

    public void Dispose()
    {
        _open.Buffer?.GiveBack();
        _open.Clear();
        _undo.Dispose();
        _tree.Dispose();
    }

    /// <summary>An exception in the middle of a change leaves a state that nobody may go on with, or read.</summary>
    private void RequireWhole() => Invariant.Holds(!_isChanging, "a branch that broke off in the middle of a change is not used again");

    private void BeginChange() => _isChanging = true;

    private void EndChange() => _isChanging = false;

    private HoldBook? HoldsOf(in AccountId id) => _holds.GetValueOrDefault(id);
}
