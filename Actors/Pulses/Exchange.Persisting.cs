using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Actors.Pulses;

/// <content>Persisting: the sealed windows become durable as one group, before any credit leaves the node.</content>
public sealed partial class Exchange
{
    private void CommitWhatIsDue()
    {
        if (_step == Step.Persisting)
        {
            Context.Journal.Commit(SealMark, Self);
        }
        else if (_isCommittingJoin)
        {
            CommitJoin();
        }
        else if (_isSettling)
        {
            Context.Journal.Commit(SettleMark, Self);
        }
    }

    private void OnPersisted(GroupMark mark)
    {
        if (_step == Step.Persisting && mark == SealMark)
        {
            OnDurable();
        }
        else if (_isCommittingJoin && mark == JoinMark)
        {
            OnJoinPersisted();
        }
        else if (_isSettling && mark == SettleMark)
        {
            OnSettled();
        }
    }

    private void OnGroupFailed(GroupFailed failed)
    {
        if (failed.Outcome is not (JournalOutcome.Full or JournalOutcome.Unavailable))
        {
            throw new JournalFailedException($"What the branches wrote up to beat {_beat?.Beat} cannot be made durable: {failed.Reason}", failed.Outcome);
        }

        bool isSeal = _step == Step.Persisting && failed.Mark == SealMark;
        if (isSeal || (_isCommittingJoin && failed.Mark == JoinMark) || (_isSettling && failed.Mark == SettleMark))
        {
            Context.System.EventStream.Publish(new PulseHeld(_beat?.Beat ?? BeatNumber.None, failed.Outcome, failed.Reason));
            Context.Timers.Start(RetryKey, CommitAgain.Instance, RetryAfter);
        }
    }

    private void OnDurable()
    {
        _times = _times with { DurableUs = SinceOpenedUs() };
        _step = Step.Exchanging;
        Offer(_peers);
        TakeEarlyOffers();
        WhenAllCovered();
    }
}
