using LeitherCluster.Actors.Nodes;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Actors.Pulses;

/// <content>
/// Over several nodes: one report for all branches of this node, the word of the pulse's end, and the word that the credits are durable here. A beat is settled
/// when that is said of every node, so that the next one finds every branch's credits in the journal.
/// </content>
public sealed partial class Exchange
{
    /// <summary>The journal's phase of a beat in which the credits become durable, when no statement is written here.</summary>
    public const byte SettlePhase = 5;

    private readonly SortedDictionary<uint, BranchEntry> _reported = [];
    private IActorRef _root = ActorRefs.Nobody;
    private NodeReport? _report;
    private long _reportedAt;
    private BeatNumber _settling;
    private bool _isSettling;
    private bool _hasSettled;
    private bool _hasPulseEnded;

    private GroupMark SettleMark => new(_settling.Value, SettlePhase);

    private void OnBranchReport(BranchReport report)
    {
        if (!IsAlone && _step == Step.Crediting && report.Beat == _beat!.Beat && _report is null && _reporting!.Contains(report.Entry.Branch)
            && _reported.TryAdd(report.Entry.Branch, report.Entry))
        {
            ReportWhenAllHaveCredited();
        }
    }

    private void ReportWhenAllHaveCredited()
    {
        if (_reported.Count < _reporting!.Count)
        {
            return;
        }

        Context.Timers.Cancel(AgainKey);
        _times = _times with { CreditedUs = SinceOpenedUs() };
        _reportedAt = Context.Clock.MonotonicTicks;
        _report = new NodeReport(_term, _beat!.Beat, _options.Node, [.. _reported.Values], _times);
        _root.Tell(_report, Self);

        // Beside the chief's commit of the statement; where the two share a journal, behind it.
        if (!RootIsHere)
        {
            Settle();
        }
    }

    private void OnPulseEnded(PulseEnded ended)
    {
        if (!IsOfThisTerm(ended.Term))
        {
            return;
        }

        _root = Sender;
        bool isFirst = _beat is not null && ended.Beat == _beat.Beat && _step == Step.Crediting;
        if (isFirst)
        {
            if (ended.Changed)
            {
                OnCommitted(new PulseCommitted(ended.Beat, ended.Statement!));
            }

            OnEnded(new BeatEnded(ended.Beat, ended.At, ended.Sequence, ended.Changed, ended.Summary));
            _hasPulseEnded = true;
            _options.Freshness.Confirm(_reportedAt);
            Context.Parent.Tell(ended, Self);
            Settle();
        }

        if (ended.Beat == _ended?.Beat)
        {
            TellSettled();
        }
    }

    private void Settle()
    {
        if (_isSettling || _hasSettled)
        {
            return;
        }

        _settling = (_beat ?? _ended)!.Beat;
        _isSettling = true;
        if (_report!.Entries.Any(entry => _table.SectionCount(entry.Branch) != 0))
        {
            Context.Journal.Commit(SettleMark, Self);
        }
        else
        {
            OnSettled();
        }
    }

    private void OnSettled()
    {
        _isSettling = false;
        _hasSettled = true;
        TellSettled();
    }

    private void TellSettled()
    {
        if (_hasSettled && _hasPulseEnded)
        {
            _root.Tell(new BeatSettled(_term, _settling, _options.Node), Self);
        }
    }

    /// <summary>The trunk, or the root's side of this node, asks for the beat that is open.</summary>
    private void TellAgainWhatIsDone()
    {
        if (_step != Step.Crediting)
        {
            return;
        }

        if (IsAlone)
        {
            Sender.Tell(Coverage(), Self);
        }
        else if (_report is not null)
        {
            _root.Tell(_report, Self);
        }
    }

    private void TellReportAgain(BeatNumber beat)
    {
        if (_report is not null && _report.Beat == beat)
        {
            _root.Tell(_report, Self);
        }
    }

    private void ForgetReport()
    {
        _reported.Clear();
        _report = null;
        _isSettling = false;
        _hasSettled = false;
        _hasPulseEnded = false;
    }

    /// <summary>Branches that have not told their entries, and nodes whose sections have not come, are asked again.</summary>
    private void AskForWhatIsMissing()
    {
        if (_step == Step.Exchanging)
        {
            foreach (Runtime.Membership.NodeId peer in _peers)
            {
                if (!_offers.ContainsKey(peer))
                {
                    _options.Peer(peer).Tell(new SectionsMissing(_term, _beat!.Beat, _options.Node), Self);
                }
            }
        }
        else if (_step == Step.Crediting && !IsAlone && _report is null)
        {
            foreach (uint branch in _reporting!.Members())
            {
                if (!_reported.ContainsKey(branch))
                {
                    TellBranch(branch, Credits(branch));
                }
            }
        }
    }
}
