using LeitherCluster.Ledger.Branches;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Actors.Pulses;

/// <content>Persisting: the sealed windows become durable as one group, before any credit leaves.</content>
public sealed partial class Exchange
{
    private void Commit()
    {
        if (_step == Step.Persisting)
        {
            Context.Journal.Commit(SealMark, Self);
        }
    }

    private void OnGroupFailed(GroupFailed failed)
    {
        if (_step != Step.Persisting || failed.Mark != SealMark)
        {
            return;
        }

        if (failed.Outcome is JournalOutcome.Full or JournalOutcome.Unavailable)
        {
            Context.System.EventStream.Publish(new PulseHeld(_beat!.Beat, failed.Outcome, failed.Reason));
            Context.Timers.Start(RetryKey, CommitAgain.Instance, RetryAfter);
            return;
        }

        throw new JournalFailedException($"The sealed windows of beat {_beat!.Beat} cannot be made durable: {failed.Reason}", failed.Outcome);
    }

    private void OnDurable()
    {
        _times = _times with { DurableUs = SinceOpenedUs() };
        _step = Step.Exchanging;
        SealedWindow[] windows = [.. _sealed.Values.OfType<SealedWindow>()];
        var offer = new SectionsOffered(_beat!.Beat, _options.Node, _options.Local, windows);
        foreach (IActorRef peer in _options.Peers)
        {
            peer.Tell(offer, Self);
        }

        OnOffered(offer);
    }
}
