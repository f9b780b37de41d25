namespace LeitherCluster.Runtime.Membership;

/// <content>The table: asking it, and what follows from what it says.</content>
public sealed partial class NodeMembership
{
    private readonly SilenceBook _silence;
    private MembershipView _view = MembershipView.Empty;
    private Question? _read;
    private Question? _beat;
    private Question? _change;
    private ulong _tickets;

    /// <summary>Answers up to this ticket were asked for before the node stood still.</summary>
    private ulong _doubtedTickets;
    private long _beatDueMs;
    private bool _isTableThere = true;
    private bool _readAgain;
    private bool _isInDoubt;

    private void Read()
    {
        if (_read is not null)
        {
            _readAgain = true;
            return;
        }

        _read = new Question(++_tickets, NowMs);
        _store.Read(_tickets, Self);
    }

    private void ReadIfNewer(ulong version)
    {
        if (version > _view.Table.Version && _change is null)
        {
            Read();
        }
    }

    /// <summary>A heartbeat for a member; a look for who is none yet, or does not know whether it still is.</summary>
    private void Beat()
    {
        if (_self is not { } self || _isInDoubt)
        {
            Read();
            return;
        }

        _beat = new Question(++_tickets, NowMs);
        _store.Beat(_tickets, self, Self);
    }

    private void Change(MembershipChange change)
    {
        _change = new Question(++_tickets, NowMs);
        _store.Change(_tickets, _view.Table.Version, change, Self);
    }

    private void BeginDoubt()
    {
        Context.Log.Warning($"This node took no turn for more than {Timing.PauseLimitMs} ms: it reads the table of members before it does anything else");
        _isInDoubt = true;
        _doubtedTickets = _tickets;
        (_read, _beat, _change) = (null, null, null);
        _silence.Interrupt();
        _probes.Forgive();
        Read();
    }

    private void GiveUpLateQuestions()
    {
        long before = NowMs - Timing.StoreTimeoutMs;
        if (_read?.AskedMs < before || _beat?.AskedMs < before || _change?.AskedMs < before)
        {
            _read = _read?.AskedMs < before ? null : _read;
            _beat = _beat?.AskedMs < before ? null : _beat;
            _change = _change?.AskedMs < before ? null : _change;
            LoseSight("The table of members does not answer");
        }
    }

    private void OnAnswer(MembershipAnswer answer)
    {
        if (answer.Ticket <= _doubtedTickets)
        {
            return;
        }

        bool wasChange = _change?.Ticket == answer.Ticket;
        _read = _read?.Ticket == answer.Ticket ? null : _read;
        _beat = _beat?.Ticket == answer.Ticket ? null : _beat;
        _change = wasChange ? null : _change;
        if (answer is not MembershipSeen seen)
        {
            LoseSight(((MembershipUnavailable)answer).Reason);
            return;
        }

        if (!_isTableThere)
        {
            _isTableThere = true;
            Context.Log.Info("The table of members answers again");
        }

        if (wasChange && answer is MembershipWritten written)
        {
            OnOwnChange(written.View);
        }

        Take(seen.View);
        if (_readAgain && _read is null && !_isOver)
        {
            _readAgain = false;
            Read();
        }
    }

    /// <summary>Nobody is declared down because of this, and nobody stops: the watch over heartbeats begins anew when the table is back.</summary>
    private void LoseSight(string reason)
    {
        _silence.Interrupt();
        _readAgain = false;
        if (_isTableThere)
        {
            _isTableThere = false;
            Context.Log.Warning($"The table of members is away: {reason}");
        }
    }

    private void OnOwnChange(MembershipView view)
    {
        if (_self is null && _joining is { } joined)
        {
            _self = joined.Rows[0].Id;
            _joining = null;
            Context.System.EventStream.Publish(new SelfJoined(_self.Value));
        }

        TellNews(view.Table);
    }

    private void Take(MembershipView view)
    {
        if (view.Table.Version < _view.Table.Version)
        {
            return;
        }

        bool isNewer = view.Table.Version > _view.Table.Version;
        _view = view;
        _silence.Look(view.Heartbeats, NowMs);
        if (_self is { } self && FindEnd(self) is { } end)
        {
            Publish(isNewer);
            End(end);
            return;
        }

        _isInDoubt = false;
        if (_self is not null)
        {
            _standing.Confirm();
        }

        ChooseTargets();
        Publish(isNewer);
        SettleWishes();
        if (_change is null && Decide() is { IsEmpty: false } change)
        {
            Change(change);
        }
    }

    private void Publish(bool isNewer)
    {
        if (isNewer)
        {
            Context.System.EventStream.Publish(new MembershipChanged(_view.Table));
        }
    }

    /// <summary>Why this life is over, as the table says; null when it is not.</summary>
    private object? FindEnd(NodeId self)
    {
        if (_view.Table.Members.Any(member => member.Id.Name == self.Name && member.Id.Incarnation > self.Incarnation))
        {
            return new SelfOvertaken(self, OvertakenReason.NewerLife);
        }

        return _view.Table.Find(self)?.State switch
        {
            MemberState.Removed or null => new SelfRemoved(self),
            MemberState.Down => new SelfOvertaken(self, OvertakenReason.DeclaredDown),
            _ => null,
        };
    }

    private sealed record Question(ulong Ticket, long AskedMs);
}
