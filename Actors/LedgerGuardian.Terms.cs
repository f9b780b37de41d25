using LeitherCluster.Actors.Nodes;
using LeitherCluster.Actors.Places;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;

namespace LeitherCluster.Actors;

/// <content>Terms: joining those that a root begins, and keeping the root when the layout gives it to this node.</content>
public sealed partial class LedgerGuardian
{
    private readonly TrunkTable _trunks = new();
    private LedgerLayout? _layout;
    private IActorRef _root = ActorRefs.Nobody;
    private IActorRef _chief = ActorRefs.Nobody;
    private Term _rootTerm;
    private bool _isRootStopping;
    private JoinTerm? _joining;
    private (JoinTerm Join, IActorRef Root)? _tooEarly;
    private IActorRef _joiningRoot = ActorRefs.Nobody;
    private TermJoined? _joined;
    private bool _placesAreReady;
    private BeatNumber _ended;

    private bool RootIsHere => _layout is not null && _layout.Root.Node == _options.Self;

    private bool TakesPart => _layout is not null && _layout.Local.Count != 0;

    private void ReceiveOfTerms(object message)
    {
        switch (message)
        {
            case JoinTerm join:
                OnJoin(join, Sender);
                break;
            case ExchangeJoined joined when joined.Term == _joining?.Term:
                Board.Counters.SetAccounts(joined.Branches.Sum(static standing => standing.Accounts));
                _joined = new TermJoined(joined.Term, _options.Self, joined.Branches);
                AnswerWhenJoined();
                break;
            case RootStands stands when stands.Term == _rootTerm && Sender == _root:
                _chief = stands.Chief;
                ShowActors();
                break;
            case TermIsOver over when over.Term == _rootTerm && Sender == _root:
                StartRoot();
                break;
            case Terminated terminated when terminated.Actor == _root:
                OnRootStopped();
                break;
            case Terminated terminated when terminated.Actor == _bookThatStops:
                OnBookStopped();
                break;
            case ClockPaused when Sender == _root:
                OnPaused();
                break;
            case BeatEnded ended when Sender == _root:
                OnEndedHere(ended);
                break;
            case PulseEnded ended:
                OnPulseEnded(ended);
                break;
            case ExchangeJoined or RootStands or TermIsOver or Terminated or ClockPaused or BeatEnded:
                // Of a term that is over.
                break;
            default:
                ReceiveOfCluster(message);
                break;
        }
    }

    private void StartRoot()
    {
        if (_root != ActorRefs.Nobody)
        {
            StopRoot();
            return;
        }

        _rootTerm = new Term(_layout!.Version, Board.NextAttempt());
        var options = new LedgerRootOptions
        {
            Ledger = Ledger,
            Board = Board,
            Layout = _layout,
            Term = _rootTerm,
            WindowsKeptFor = Seat is null ? TimeSpan.Zero : SealedPlaces.KeptFor(Ledger.Parameters),
            GuardianOf = GuardianOf,
            ExchangeOf = ExchangeOf,
            Trunks = _trunks,
        };
        _root = Context.Spawn(Props.Create(() => new LedgerRoot(options)), "root");
        Context.Watch(_root);
    }

    /// <summary>Two chiefs never stand side by side: the next one comes when this one has gone.</summary>
    private void StopRoot()
    {
        if (_root != ActorRefs.Nobody && !_isRootStopping)
        {
            _isRootStopping = true;
            Context.Stop(_root);
        }
    }

    private void OnRootStopped()
    {
        _root = ActorRefs.Nobody;
        _chief = ActorRefs.Nobody;
        _isRootStopping = false;
        ShowActors();
        if (RootIsHere && !IsRootReleased)
        {
            StartRoot();
        }

        ReleaseWhenStopped();
    }

    private void OnJoin(JoinTerm join, IActorRef root)
    {
        if (Seat is null && join.Term != _rootTerm)
        {
            // From before a restart.
            return;
        }

        if (_layout is null || join.Term.Layout > _layout.Version)
        {
            // The root is ahead: it is answered when the layout has been read.
            _tooEarly = (join, root);
            ReadLayout();
            return;
        }

        if (join.Term.Layout < _layout.Version)
        {
            root.Tell(new LayoutChanged(_layout.Version), Self);
            return;
        }

        if (_joining is null || join.Term > _joining.Term)
        {
            _joining = join;
            _joined = null;
            _exchange.Tell(new EnterTerm(join.Term, _layout, join.Last), Self);
            KeepPlaces(join.Last?.Statement.Beat ?? BeatNumber.None);
        }

        if (join.Term == _joining.Term)
        {
            _joiningRoot = root;
            AnswerWhenJoined();
        }
    }

    private void JoinWhatCameTooEarly()
    {
        if (_tooEarly is { } early && early.Join.Term.Layout <= _layout!.Version)
        {
            _tooEarly = null;
            OnJoin(early.Join, early.Root);
        }
    }

    /// <summary>At the start the places are read first; who gives this node branches later does not wait for theirs.</summary>
    private void AnswerWhenJoined()
    {
        if (_joined is not null && _placesAreReady)
        {
            _joiningRoot.Tell(_joined, Self);
        }
    }

    /// <summary>The chief here ended a beat. The nodes that make pulses are told by the root; those that only follow, from here.</summary>
    private void OnEndedHere(BeatEnded ended)
    {
        var pulse = new PulseEnded(_rootTerm, ended.Beat, ended.At, ended.Sequence, Changed: false, null, ended.Summary);
        TellFollowers(pulse);
        if (_layout is { IsAlone: true })
        {
            _desk.Tell(ended, Self);
            _coordinator.Tell(ended, Self);
            TellTime(ended.At);
        }
        else if (!TakesPart)
        {
            OnPulseEnded(pulse);
        }
    }

    private void OnPulseEnded(PulseEnded ended)
    {
        if (ended.Beat <= _ended)
        {
            return;
        }

        _ended = ended.Beat;
        var told = new BeatEnded(ended.Beat, ended.At, ended.Sequence, ended.Changed, null);
        _desk.Tell(told, Self);
        _coordinator.Tell(told, Self);
        if (ended.Summary is not null && ended.Beat > (Board.LastPulse?.Beat ?? BeatNumber.None))
        {
            Context.System.EventStream.Publish(ended.Summary);
        }

        if (!TakesPart)
        {
            foreach (IActorRef ingress in _ingresses)
            {
                ingress.Tell(told, Self);
            }
        }

        TellTime(ended.At);
    }
}
