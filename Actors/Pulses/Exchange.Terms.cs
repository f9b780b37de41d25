using LeitherCluster.Actors.Branches;
using LeitherCluster.Actors.Nodes;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Actors.Pulses;

/// <content>Terms: which branches are here, where they stand, and that all they wrote is durable.</content>
public sealed partial class Exchange
{
    /// <summary>The journal's phase in which becomes durable what is open when a term begins.</summary>
    public const byte JoinPhase = 6;

    private readonly SortedDictionary<uint, BranchStanding> _standings = [];

    /// <summary>The branches that may run here, started by it or by what clients sent, with the epochs under which they write.</summary>
    private readonly SortedDictionary<uint, uint> _running = [];
    private LedgerLayout? _layout;
    private Term _term;
    private SignedStatement? _last;
    private IReadOnlyList<NodeId> _peers = [];
    private ulong _joinCommits;
    private bool _isCommittingJoin;

    /// <summary>Everything lives on this node, trunks too.</summary>
    private bool IsAlone => _layout is { IsAlone: true };

    private bool RootIsHere => _layout!.Root.Node == _options.Node;

    private GroupMark JoinMark => new(_joinCommits, JoinPhase);

    private void OnFollowLayout(LedgerLayout layout)
    {
        if (_layout is null || layout.Version > _layout.Version)
        {
            LeaveTerm();
            TakeLayout(layout);
        }
    }

    private void OnEnterTerm(EnterTerm enter)
    {
        if (enter.Term <= _term || enter.Layout.Version < _layout?.Version)
        {
            return;
        }

        LeaveTerm();
        TakeLayout(enter.Layout);
        _term = enter.Term;
        _last = enter.Last;
        _peers = [.. enter.Layout.Nodes.Where(node => node != _options.Node)];
        _step = Step.Joining;
        foreach (NodeId stale in _early.Keys.Where(node => _early[node].Term < _term).ToArray())
        {
            _early.Remove(stale);
        }

        // A branch that has failed comes back when what it appended is settled, and nobody else may be about to commit that.
        CommitJoin();
        AskForStandings();
    }

    private void LeaveTerm()
    {
        _step = Step.Outside;
        _beat = null;
        _ended = null;
        _root = ActorRefs.Nobody;
        _isCommittingJoin = false;
        _sealed.Clear();
        _offers.Clear();
        _trunks.Clear();
        _ahead.Clear();
        _standings.Clear();
        ForgetReport();
        Context.Timers.Cancel(AgainKey);
        Context.Timers.Cancel(RetryKey);
    }

    private void TakeLayout(LedgerLayout layout)
    {
        _layout = layout;
        _local = layout.Local;
        foreach ((uint branch, uint epoch) in _running.ToArray())
        {
            if (!_local.Contains(branch) || layout.Owner(branch).Epoch != epoch)
            {
                _running.Remove(branch);
                _awake.Remove(branch);
                OnDeadline(new NextDeadline(branch, null));
                _options.Branches.Tell(new StopEntity<uint>(branch), Self);
            }
        }

        foreach (uint branch in _local.Members())
        {
            _running[branch] = layout.Owner(branch).Epoch;
        }
    }

    private void AskForStandings()
    {
        var ask = new ReportStanding(_term);
        foreach (uint branch in _local.Members())
        {
            if (!_standings.ContainsKey(branch))
            {
                TellBranch(branch, ask);
            }
        }

        Context.Timers.Start(AgainKey, AskAgain.Instance, AskAgainAfter);
    }

    /// <summary>Comes after whatever this exchange told the branch in an earlier term: nothing of that is on its way any more.</summary>
    private void OnStanding(BranchStanding standing)
    {
        if (_step != Step.Joining || standing.Term != _term || standing.Epoch != _running.GetValueOrDefault(standing.Branch) || !_standings.TryAdd(standing.Branch, standing))
        {
            return;
        }

        OnDeadline(new NextDeadline(standing.Branch, standing.Deadline));
        if (_standings.Count == _local.Count)
        {
            CommitJoin();
        }
    }

    private void CommitJoin()
    {
        _joinCommits++;
        _isCommittingJoin = true;
        Context.Journal.Commit(JoinMark, Self);
    }

    private void OnJoinPersisted()
    {
        _isCommittingJoin = false;
        if (_step != Step.Joining || _standings.Count < _local.Count)
        {
            return;
        }

        Context.Timers.Cancel(AgainKey);
        _step = Step.Idle;
        TellTheLastStatement();
        Context.Parent.Tell(new ExchangeJoined(_term, [.. _standings.Values]), Self);
    }

    /// <summary>The statement may have been announced in a term that ended before this node heard of it.</summary>
    private void TellTheLastStatement()
    {
        if (IsAlone || _last is null)
        {
            return;
        }

        BeatNumber beat = _last.Statement.Beat;
        var committed = new PulseCommitted(beat, _last);
        foreach (BranchStanding standing in _standings.Values)
        {
            // One that lacks its credits is told when it has them.
            if (standing.SealedBeat == beat && standing.CreditedBeat == beat)
            {
                TellBranch(standing.Branch, committed);
            }
        }
    }

    /// <summary>Refuses earlier terms; a later one than it has joined, it says so.</summary>
    private bool IsOfThisTerm(Term term)
    {
        if (term > _term)
        {
            Sender.Tell(new TermUnknown(term, _options.Node), Self);
        }

        return term == _term;
    }
}
