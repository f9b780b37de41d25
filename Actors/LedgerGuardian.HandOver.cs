using LeitherCluster.Actors.Branches;
using LeitherCluster.Actors.Nodes;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Actors;

/// <content>
/// Planned hand-over: owners store the state of what is to move while the pulses go on, the root pauses the pulses, and each owner gives up streams when nothing of them
/// is under way.
/// </content>
public sealed partial class LedgerGuardian
{
    /// <summary>The journal's phase in which is committed what is open when streams are released.</summary>
    public const byte ReleasePhase = 7;

    /// <summary>How long the pulses stand still at the most, when whoever asked for it says nothing more.</summary>
    public static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(4);

    private static readonly object PauseKey = "pause";

    private readonly SortedSet<uint> _unprepared = [];
    private PrepareStreams? _prepare;
    private IActorRef _preparingFor = ActorRefs.Nobody;
    private IActorRef _pausingFor = ActorRefs.Nobody;
    private ReleaseStreams? _release;
    private IActorRef _releasingFor = ActorRefs.Nobody;
    private IActorRef _bookThatStops = ActorRefs.Nobody;
    private ulong _releases;
    private bool _isReleased;

    private GroupMark ReleaseMark => new(_releases, ReleasePhase);

    private void OnPrepare(PrepareStreams prepare)
    {
        if (prepare.Layout != _layout?.Version)
        {
            return;
        }

        _preparingFor = Sender;
        if (_prepare is null || !_prepare.Streams.SequenceEqual(prepare.Streams))
        {
            _prepare = prepare;
            _unprepared.Clear();
            HashSet<StreamId> streams = [.. prepare.Streams];
            _unprepared.UnionWith(_layout.Local.Members().Where(branch => streams.Contains(LedgerStreams.Branch(Ledger.Parameters.Ledger, branch))));
        }

        foreach (uint branch in _unprepared)
        {
            _region.Tell(new ShardEnvelope<uint>(branch, new PrepareToMove(prepare.Layout, _ended)), Self);
        }

        TellWhenPrepared();
    }

    private void OnReadyToMove(ReadyToMove ready)
    {
        if (ready.Layout == _layout?.Version && _unprepared.Remove(ready.Branch))
        {
            TellWhenPrepared();
        }
    }

    private void TellWhenPrepared()
    {
        if (_prepare is not null && _unprepared.Count == 0)
        {
            _preparingFor.Tell(new StreamsPrepared(_prepare.Layout, _options.Self), Self);
        }
    }

    private void OnPause(PausePulse pause)
    {
        if (pause.Layout != _layout?.Version || !RootIsHere)
        {
            return;
        }

        _pausingFor = Sender;
        _root.Tell(PauseClock.Instance, Self);
        Context.Timers.Start(PauseKey, new PauseIsOver(pause.Layout), PauseMax);
    }

    private void OnPaused() => _pausingFor.Tell(new PulsePaused(_layout!.Version), Self);

    /// <summary>Whoever wanted to change the layout did not: the next version keeps them from doing so after the pulses have gone on.</summary>
    private void OnPauseIsOver(PauseIsOver over)
    {
        if (over.Layout == _layout!.Version)
        {
            Seat!.Layouts.Advance(over.Layout, [], Self);
            Context.Timers.Start(PauseKey, over, PauseMax);
        }
    }

    private void OnRelease(ReleaseStreams release)
    {
        if (release.Layout != _layout?.Version)
        {
            return;
        }

        _releasingFor = Sender;
        if (_release is not null && _release.Layout == release.Layout && _release.Streams.SequenceEqual(release.Streams))
        {
            // Asked again: the question or its answer was lost, or it takes its time.
            TellWhenReleased();
            return;
        }

        _release = release;
        _isReleased = false;
        if (release.Streams.Any(static stream => stream.Kind == LedgerStreams.RootKind))
        {
            StopRoot();
        }

        if (release.Streams.Any(static stream => stream.Kind == LedgerStreams.AcceptancesKind) && _acceptances != ActorRefs.Nobody)
        {
            _bookThatStops = _acceptances;
            _acceptances = ActorRefs.Nobody;
            Context.Watch(_bookThatStops);
            Context.Stop(_bookThatStops);
        }

        ReleaseWhenStopped();
    }

    private void OnBookStopped()
    {
        _bookThatStops = ActorRefs.Nobody;
        ReleaseWhenStopped();
    }

    private void ReleaseWhenStopped()
    {
        if (_release is not null && !_isRootStopping && _bookThatStops == ActorRefs.Nobody)
        {
            _releases++;
            Context.Journal.Commit(ReleaseMark, Self);
        }
    }

    private void OnReleaseCommitted(GroupMark mark)
    {
        if (_release is not null && mark == ReleaseMark && _release.Layout == _layout!.Version)
        {
            _isReleased = true;
            TellWhenReleased();
        }
    }

    private void TellWhenReleased()
    {
        if (_isReleased)
        {
            _releasingFor.Tell(new StreamsReleased(_release!.Layout, _options.Self), Self);
        }
    }

    /// <summary>The root is kept from coming back while it is being released.</summary>
    private bool IsRootReleased => _release is { } release && release.Layout == _layout?.Version
        && release.Streams.Any(static stream => stream.Kind == LedgerStreams.RootKind);

    private void EndHandOver()
    {
        _prepare = null;
        _unprepared.Clear();
        _release = null;
        _isReleased = false;
        _pausingFor = ActorRefs.Nobody;
        Context.Timers.Cancel(PauseKey);
    }

    private sealed record PauseIsOver(ulong Layout) : IControlMessage;
}
