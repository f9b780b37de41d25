using LeitherCluster.Actors.Branches;
using LeitherCluster.Actors.Nodes;
using LeitherCluster.Actors.Places;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Actors;

/// <content>The cluster: the newest layout, who else is there, and who follows.</content>
public sealed partial class LedgerGuardian
{
    /// <summary>A node that follows is told of pulses for so long after it asked.</summary>
    public static readonly TimeSpan FollowingFor = TimeSpan.FromSeconds(5);

    /// <summary>Nodes that follow at the most; beyond it a new one is not heard.</summary>
    public const int FollowersMax = 256;

    private static readonly object PollKey = "poll";

    private readonly Dictionary<NodeId, long> _followers = [];
    private IActorRef _acceptances = ActorRefs.Nobody;
    private IActorRef _coordinator = ActorRefs.Nobody;
    private uint _acceptancesEpoch;
    private bool _isReadingLayout;

    private ClusterSeat? Seat => _options.Seat;

    private IActorRef GuardianOf(NodeId node) => node == _options.Self ? Self : Seat!.Remote.Ref(node, PathOn(node));

    private IActorRef ExchangeOf(NodeId node) => node == _options.Self ? _exchange : Seat!.Remote.Ref(node, PathOn(node).Child("exchange"));

    /// <summary>Where this ledger's guardian stands on another node.</summary>
    private ActorPath PathOn(NodeId node) => ActorPath.Root(node.Name).Child(Self.Path.Parent!.Name).Child(Self.Path.Name);

    private void Begin()
    {
        if (_options.Alone is { } alone)
        {
            _places.Tell(SealedPlacesKept.All(BranchCount), Self);
            Take(alone);
            return;
        }

        var coordinator = new CoordinatorOptions { Ledger = Ledger, Board = Board, Seat = Seat!, GuardianOf = GuardianOf };
        _coordinator = Context.Spawn(Props.Create(() => new Coordinator(coordinator)), "coordinator");
        ReadLayout();
        Context.Timers.StartPeriodic(PollKey, Poll.Instance, Seat!.PollEvery);
    }

    private void ReceiveOfCluster(object message)
    {
        switch (message)
        {
            case LayoutRead read:
                _isReadingLayout = false;
                OnLayout(read.Layout);
                break;
            case LayoutAdvanced advanced:
                OnLayout(advanced.Layout);
                break;
            case LayoutConflict conflict:
                OnLayout(conflict.Current);
                break;
            case LayoutUnavailable:
                // The next poll tries again.
                _isReadingLayout = false;
                break;
            case LayoutChanged changed:
                if (changed.Version > (_layout?.Version ?? 0))
                {
                    ReadLayout();
                }

                break;
            case Poll:
                OnPoll();
                break;
            case PrepareStreams prepare:
                OnPrepare(prepare);
                break;
            case ReadyToMove ready:
                OnReadyToMove(ready);
                break;
            case PausePulse pause:
                OnPause(pause);
                break;
            case PauseIsOver over:
                OnPauseIsOver(over);
                break;
            case ReleaseStreams release:
                OnRelease(release);
                break;
            case FollowPulses follow when _followers.Count < FollowersMax || _followers.ContainsKey(follow.Node):
                _followers[follow.Node] = Context.Clock.MonotonicTicks;
                break;
            case FollowPulses:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnPoll()
    {
        ReadLayout();
        if (_layout is not null && !TakesPart && !RootIsHere)
        {
            GuardianOf(_layout.Root.Node).Tell(new FollowPulses(_options.Self), Self);
        }
    }

    private void ReadLayout()
    {
        if (!_isReadingLayout)
        {
            _isReadingLayout = true;
            Seat!.Layouts.Read(Self);
        }
    }

    private void OnLayout(ShardLayout layout)
    {
        if (layout.Version > (_layout?.Version ?? 0) && LedgerLayout.Of(layout, _options.Self, Ledger.Parameters, Context.Journal.IsSpread) is { } next)
        {
            Take(next);
        }
    }

    private void Take(LedgerLayout layout)
    {
        EndHandOver();
        _layout = layout;
        _homes!.Layout = layout;
        _exchange.Tell(new FollowLayout(layout), Self);
        _router.Tell(new FollowLayout(layout), Self);
        KeepAcceptances();
        if (!TakesPart)
        {
            KeepPlaces(BeatNumber.None);
        }

        if (RootIsHere)
        {
            StartRoot();
        }
        else
        {
            StopRoot();
        }

        ShowActors();
        JoinWhatCameTooEarly();
        if (Seat is not null)
        {
            Context.Log.Info($"Layout {layout.Version}: {layout.Local.Count} of {BranchCount} branches are here{(RootIsHere ? ", and the root" : "")}");
        }
    }

    private void KeepAcceptances()
    {
        ShardOwner owner = _layout!.Acceptances;
        bool isHere = owner.Node == _options.Self;
        if (_acceptances != ActorRefs.Nobody && (!isHere || owner.Epoch != _acceptancesEpoch))
        {
            Context.Stop(_acceptances);
            _acceptances = ActorRefs.Nobody;
        }

        if (isHere && _acceptances == ActorRefs.Nobody)
        {
            _acceptancesEpoch = owner.Epoch;
            _acceptances = Context.Spawn(Props.Create(() => new AcceptanceBook(Ledger.Parameters, owner.Epoch)), $"acceptances-{owner.Epoch}");
        }
    }

    private void KeepPlaces(BeatNumber committed)
    {
        if (Seat is not null)
        {
            _places.Tell(new SealedPlacesKept([.. _layout!.Local.Members()], committed), Self);
        }
    }

    private void TellFollowers(PulseEnded ended)
    {
        long since = Context.Clock.MonotonicTicks - FollowingFor.Ticks;
        foreach ((NodeId node, long asked) in _followers.ToArray())
        {
            if (asked < since)
            {
                _followers.Remove(node);
            }
            else
            {
                GuardianOf(node).Tell(ended, Self);
            }
        }
    }

    private void ShowActors()
    {
        if (Seat is not null)
        {
            _desk.Tell(new DeskActors(_layout!, _chief, _acceptances), Self);
            Board.SetActors(new LedgerActors(_desk, _desk, _desk, _desk, _doors));
        }
        else if (_chief != ActorRefs.Nobody)
        {
            Board.SetActors(new LedgerActors(_chief, _region, _places, _acceptances, _doors));
        }
    }

    private sealed record Poll : IControlMessage
    {
        public static readonly Poll Instance = new();
    }
}
