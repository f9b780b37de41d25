using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Actors.Pulses;

/// <content>Sealing: who has to, and when all have.</content>
public sealed partial class Exchange
{
    private void OnDeadline(NextDeadline deadline)
    {
        if (_deadlineOf.Remove(deadline.Branch, out Timestamp old))
        {
            _deadlines.Remove((old, deadline.Branch));
        }

        if (deadline.Due is { } due)
        {
            _deadlineOf[deadline.Branch] = due;
            _deadlines.Add((due, deadline.Branch));
        }
    }

    private void ChooseWhoSeals(OpenBeat beat)
    {
        foreach ((Timestamp due, uint branch) in _deadlines)
        {
            if (due >= beat.At)
            {
                break;
            }

            _awake.Add(branch);
        }

        if (beat.Finish)
        {
            _asked.UnionWith(_local);
        }
        else
        {
            // One that has moved away may have had its last word on the way.
            _asked.UnionWith(_awake);
            _asked.IntersectWith(_local);
            _awake.Clear();
        }

        var seal = new SealWindow(beat);
        foreach (uint branch in _asked.Members())
        {
            TellBranch(branch, seal);
        }
    }

    private void OnSealed(BranchSealed done)
    {
        if (_step != Step.Sealing || done.Beat != _beat!.Beat || !_asked.Contains(done.Branch))
        {
            return;
        }

        _sealed[done.Branch] = done.Window;
        WhenAllSealed();
    }

    private void WhenAllSealed()
    {
        if (_sealed.Count < _asked.Count)
        {
            return;
        }

        if (IsAlone)
        {
            Context.Timers.Cancel(AgainKey);
        }

        _times = _times with { SealedUs = SinceOpenedUs() };
        bool anythingNew = false;
        foreach (SealedWindow? window in _sealed.Values)
        {
            anythingNew |= window is { Block: not null };
        }

        if (anythingNew)
        {
            _step = Step.Persisting;
            CommitWhatIsDue();
            if (IsAlone)
            {
                TellCredits();
            }
        }
        else
        {
            OnDurable();
        }
    }

    private void OnAskAgain()
    {
        switch (_step)
        {
            case Step.Joining:
                if (!_isCommittingJoin)
                {
                    CommitJoin();
                }

                AskForStandings();
                return;
            case Step.Sealing:
                SealAgain();
                break;
            case Step.Exchanging or Step.Crediting:
                AskForWhatIsMissing();
                break;
            case Step.Persisting:
                break;
            default:
                return;
        }

        Context.Timers.Start(AgainKey, AskAgain.Instance, AskAgainAfter);
    }

    private void SealAgain()
    {
        var seal = new SealWindow(_beat!);
        foreach (uint branch in _asked.Members())
        {
            if (!_sealed.ContainsKey(branch))
            {
                TellBranch(branch, seal);
            }
        }
    }
}
