namespace LeitherCluster.Runtime.Membership;

/// <content>What the node does about the table as it stands: joins, goes to work, judges the others, fulfils wishes.</content>
public sealed partial class NodeMembership
{
    /// <summary>The join under way. When its answer is lost, whatever became of it, the next one goes above it.</summary>
    private MembershipChange? _joining;
    private long _startedMs;
    private bool _isWarned;

    private bool IsSilent(NodeId node) => node != _self && _silence.SilentMs(node) >= Timing.VoterSilenceMs;

    private MembershipChange? Decide()
    {
        if (_self is not { } self)
        {
            return DecideToJoin();
        }

        MembershipChange wished = Wished();
        Member own = _view.Table.Find(self)!;
        if (own.State == MemberState.Joining)
        {
            return wished.Rows.Count == 0 && Unreached().Count == 0 ? new MembershipChange { Rows = [own with { State = MemberState.Up }] } : wished;
        }

        MembershipChange judged = MembershipRules.Judge(_view, self, Timing, _probes, _silence);
        return judged with { Rows = [.. wished.Rows, .. judged.Rows.Where(row => !wished.Rows.Any(other => other.Id == row.Id))] };
    }

    /// <summary>Joins, unless somebody who is alive has the name; an earlier life at the same address is over, since this one has bound it.</summary>
    private MembershipChange? DecideToJoin()
    {
        Member? present = _view.Table.Members.FirstOrDefault(member => member.Id.Name == _options.Name && member.State < MemberState.Down);
        bool isFree = present is null || present.Address == _options.Address || _silence.SilentMs(present.Id) >= Timing.VoterSilenceMs;
        if (isFree)
        {
            return _joining = MembershipRules.Join(_view.Table, _options);
        }

        if (NowMs - _startedMs > Timing.JoinPatienceMs)
        {
            End(new JoinRefused(present!.Id, present.Address));
        }

        return null;
    }

    /// <summary>Members at work that this node has not heard from yet; who is silent in the table is not waited for.</summary>
    private List<NodeId> Unreached() =>
    [
        .. _view.Table.Members
            .Where(member => member.State is MemberState.Up or MemberState.Leaving && !IsSilent(member.Id) && !_probes.WasReached(member.Id))
            .Select(static member => member.Id),
    ];

    private void WarnOfALongJoin()
    {
        if (_isWarned || NowMs - _startedMs <= Timing.JoinPatienceMs || (_self is { } self && _view.Table.Find(self)?.State != MemberState.Joining))
        {
            return;
        }

        _isWarned = true;
        Context.Log.Warning(_self is null
            ? "This node has not joined yet: the table of members does not answer"
            : $"This node is still joining: it cannot reach {string.Join(", ", Unreached())}");
    }
}
