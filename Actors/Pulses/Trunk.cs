using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;

namespace LeitherCluster.Actors.Pulses;

/// <summary>
/// Merges the synopses of its children, once a beat, and tells its parent (the top one: the chief). Only changed children are merged.
/// </summary>
/// <remarks>
/// <code>
///            OpenBeat                    all children heard
///   waiting ----------> gathering ------------------------> waiting
///                        ^     |
///                        +-----+ ask again: told to the children every <see cref="AskAgainAfter"/>
/// </code>
/// A leaf trunk's children are branches: the exchanges say which of them will report, and those report for themselves. Other trunks' children
/// are trunks, and each of them reports. A beat that was already told upward is told again from what was kept.
/// </remarks>
public sealed class Trunk : Actor
{
    /// <summary>How long a trunk waits for its children before it asks again.</summary>
    public static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(500);

    private const int EarlyPerChildMax = 2;

    private static readonly object AgainKey = "again";

    private readonly TrunkPlace _place;
    private readonly TrunkTree _tree;
    private readonly IActorRef _parent;
    private readonly Func<IReadOnlyList<IActorRef>> _belowLater;
    private IReadOnlyList<IActorRef> _below = [];
    private readonly BranchSet _covered;
    private readonly BranchSet _expected;
    private readonly HashSet<uint> _heard = [];
    private readonly List<BranchEntry> _entries = [];
    private readonly List<object> _early = [];
    private OpenBeat? _open;
    private TrunkReport? _told;
    private PhaseTimes _times;
    private long _openedAt;

    /// <param name="place">where the trunk stands</param>
    /// <param name="entries">entries of all branches as of the last statement</param>
    /// <param name="parent">the trunk above, or the chief</param>
    /// <param name="below">leaf trunk: the exchanges of all nodes; else its child trunks in order. Asked once, at the first beat</param>
    public Trunk(TrunkPlace place, ReadOnlySpan<BranchEntry> entries, IActorRef parent, Func<IReadOnlyList<IActorRef>> below)
    {
        _place = place;
        _parent = parent;
        _belowLater = below;
        _covered = new BranchSet(place.BranchCount);
        _expected = new BranchSet(place.BranchCount);
        _tree = place.TreeOf(entries);
    }

    protected override void Receive(object message)
    {
        switch (message)
        {
            case OpenBeat beat:
                OnOpen(beat);
                break;
            case BeatCovered covered when covered.Beat == _open?.Beat && _place.IsLeaf:
                OnCovered(covered);
                break;
            case BranchReport report when report.Beat == _open?.Beat && _place.IsLeaf:
                OnBranch(report);
                break;
            case TrunkReport report when report.Beat == _open?.Beat && !_place.IsLeaf:
                OnTrunk(report);
                break;
            case AskAgain:
                OnAskAgain();
                break;
            case BeatCovered covered when IsEarly(covered.Beat):
            case BranchReport report when IsEarly(report.Beat):
            case TrunkReport below when IsEarly(below.Beat):
                Keep(message);
                break;
            case BeatCovered or BranchReport or TrunkReport:
                // Of a beat that is over.
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnOpen(OpenBeat beat)
    {
        if (_told is { } told && told.Beat == beat.Beat)
        {
            _parent.Tell(told, Self);
            return;
        }

        if (_open is null || beat.Beat != _open.Beat)
        {
            _open = beat;
            _covered.Clear();
            _expected.Clear();
            _heard.Clear();
            _entries.Clear();
            _times = default;
            _openedAt = Context.Clock.MonotonicTicks;
        }

        FanOut();
        TakeEarly();
    }

    /// <summary>Of a beat that others have heard of before this trunk has.</summary>
    private bool IsEarly(BeatNumber beat) => beat > (_open?.Beat ?? _told?.Beat ?? BeatNumber.None);

    /// <summary>Keeps a message for the beat to come. What finds no room is asked for again.</summary>
    private void Keep(object message)
    {
        if (_early.Count < EarlyPerChildMax * _place.ChildCount)
        {
            _early.Add(message);
        }
    }

    private void TakeEarly()
    {
        object[] early = [.. _early];
        _early.Clear();
        foreach (object message in early)
        {
            Receive(message);
        }
    }

    private void FanOut()
    {
        if (_below.Count == 0)
        {
            _below = _belowLater();
        }

        foreach (IActorRef child in _below)
        {
            child.Tell(_open!, Self);
        }

        Context.Timers.Start(AgainKey, AskAgain.Instance, AskAgainAfter);
    }

    private void OnCovered(BeatCovered covered)
    {
        _covered.UnionWith(covered.Covered);
        foreach (uint branch in covered.Reporting.Members())
        {
            // An exchange speaks for all its branches; those of other trunks report there.
            if (_place.Has(branch))
            {
                _expected.Add(branch);
            }
        }

        _times = _times.Slower(covered.Times);
        TellWhenAllHeard();
    }

    private void OnBranch(BranchReport report)
    {
        if (_heard.Add(report.Entry.Branch))
        {
            _entries.Add(report.Entry);
            _tree.Set((int)(report.Entry.Branch - _place.FirstBranch), report.Entry.Synopsis);
            TellWhenAllHeard();
        }
    }

    private void OnTrunk(TrunkReport report)
    {
        if (_heard.Add(report.Trunk))
        {
            _times = _times.Slower(report.Times);
            if (report.Entries.Count != 0)
            {
                _entries.AddRange(report.Entries);
                _tree.Set((int)(report.Trunk - (_place.Index << _place.WidthBits)), report.Synopsis);
            }

            TellWhenAllHeard();
        }
    }

    private void TellWhenAllHeard()
    {
        bool all = _place.IsLeaf
            ? _heard.Count >= _expected.Count && _place.Branches().All(_covered.Contains)
            : _heard.Count == _below.Count;
        if (!all)
        {
            return;
        }

        if (_entries.Count != 0)
        {
            _tree.Update();
        }

        long creditedUs = (Context.Clock.MonotonicTicks - _openedAt) / TimeSpan.TicksPerMicrosecond;
        _entries.Sort(static (one, other) => one.Branch.CompareTo(other.Branch));
        BranchEntry[] entries = [.. _entries];
        _told = new TrunkReport(_open!.Beat, _open.At, _place.Index, _tree.Synopsis, entries, _times with { CreditedUs = Math.Max(creditedUs, _times.CreditedUs) });
        _open = null;
        Context.Timers.Cancel(AgainKey);
        _parent.Tell(_told, Self);
    }

    private void OnAskAgain()
    {
        if (_open is null)
        {
            return;
        }

        FanOut();
        uint[] missing = [.. _expected.Members().Where(branch => !_heard.Contains(branch))];
        if (_place.IsLeaf && missing.Length != 0)
        {
            var ask = new ReportsMissing(_open.Beat, missing);
            foreach (IActorRef exchange in _below)
            {
                exchange.Tell(ask, Self);
            }
        }
    }

    private sealed record AskAgain : IControlMessage
    {
        public static readonly AskAgain Instance = new();
    }
}
