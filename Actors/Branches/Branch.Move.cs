using LeitherCluster.Runtime;

namespace LeitherCluster.Actors.Branches;

/// <content>About to move: a snapshot first, so that the next owner need not read all that came since the last one while the pulses wait.</content>
public sealed partial class Branch
{
    /// <summary>So many blocks behind the newest snapshot are read in no time: those of two beats.</summary>
    private const int FewBlocks = 4;

    private int _blocksSinceSnapshot;
    private bool _isStoringSnapshot;
    private (IActorRef Asker, ulong Layout)? _moving;

    private void OnPrepareToMove(PrepareToMove prepare)
    {
        _moving = (Sender, prepare.Layout);
        if (_blocksSinceSnapshot > FewBlocks && _committed is { } committed)
        {
            _pulsesSinceSnapshot = Math.Max(_pulsesSinceSnapshot, _options.PulsesPerSnapshot);
            if (_ledger.SealedBeat <= committed.Beat && _ledger.CreditedBeat <= committed.Beat)
            {
                // Nothing has come after it: no need to wait for another beat to end.
                _snapshotDue ??= committed;
            }

            SaveDueSnapshot(prepare.Ended);
        }

        TellWhenReadyToMove();
    }

    /// <summary>One that could not be stored holds nothing up: the next owner reads more.</summary>
    private void OnSnapshotEnded()
    {
        _isStoringSnapshot = false;
        TellWhenReadyToMove();
    }

    private void TellWhenReadyToMove()
    {
        // What has not been committed in this life of the branch cannot be stored: there is no pulse that it belongs to.
        if (_moving is { } moving && !_isStoringSnapshot && (_blocksSinceSnapshot <= FewBlocks || _committed is null))
        {
            _moving = null;
            moving.Asker.Tell(new ReadyToMove(moving.Layout, _ledger.Branch), Self);
        }
    }
}
