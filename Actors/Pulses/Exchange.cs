using LeitherCluster.Actors.Branches;
using LeitherCluster.Actors.Nodes;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Actors.Pulses;

/// <summary>
/// One a node and ledger: carries a beat through the branches of this node. It has the active ones seal, makes their blocks durable as one
/// group, trades sections with the exchanges of the other nodes, and has every branch that got credits or sealed bring its synopsis up to date.
/// For its idle branches it answers in their stead.
/// </summary>
/// <remarks>
/// <code>
///  Outside --EnterTerm--> Joining --all stand, all durable--> Idle
///  Idle --OpenBeat--> Sealing --all sealed--> Persisting --durable--> Exchanging --all covered--> Crediting --ended--> Idle
///                        |  nothing sealed: straight to Exchanging       ^    |                       |
///                        v                                               |    v                       v
///                     SealWindow again every AskAgainAfter               |  SectionsMissing again   ApplyCredits again
///                                                       Commit again every RetryAfter (Persisting: no room)
///  any step --a newer layout--> Outside, --EnterTerm--> Joining: the beat is dropped. What of it is sealed is durable when all stand, and finished in the new term
/// </code>
/// No credit leaves the node before the group is durable; on a single node branches apply theirs meanwhile. A branch is active when it said that its window is
/// not empty, or when a deadline of it falls due.
/// On a single node branches report to the trunks; over several nodes to the exchange, which reports for all of them at once.
/// </remarks>
public sealed partial class Exchange : Actor
{
    /// <summary>How long it waits for its branches and for other nodes before it asks again.</summary>
    public static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(500);

    /// <summary>How long it waits before it tries a commit again for which there was no room.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(250);

    /// <summary>The journal's phase of a beat in which sealed windows become durable.</summary>
    public const byte SealPhase = 1;

    private static readonly object AgainKey = "again";
    private static readonly object RetryKey = "retry";

    private readonly ExchangeOptions _options;
    private readonly BranchSet _awake;
    private readonly SortedSet<(Timestamp Due, uint Branch)> _deadlines = [];
    private readonly Dictionary<uint, Timestamp> _deadlineOf = [];
    private readonly HashSet<IActorRef> _trunks = [];
    private readonly SortedDictionary<uint, SealedWindow?> _sealed = [];
    private readonly Dictionary<NodeId, IReadOnlyList<SealedWindow>> _offers = [];
    private readonly Dictionary<NodeId, SectionsOffered> _early = [];
    private readonly List<(OpenBeat Beat, IActorRef Trunk)> _ahead = [];
    private readonly BranchSet _asked;
    private readonly CreditTable _table;
    private BranchSet _local;
    private Step _step = Step.Outside;
    private OpenBeat? _beat;
    private OpenBeat? _ended;
    private BranchSet? _reporting;
    private long _openedAt;
    private PhaseTimes _times;

    public Exchange(ExchangeOptions options)
    {
        _options = options;
        _local = new BranchSet(options.BranchCount);
        _awake = new BranchSet(options.BranchCount);
        _asked = new BranchSet(options.BranchCount);
        _table = new CreditTable(options.BranchCount);
    }

    private enum Step
    {
        Outside,
        Joining,
        Idle,
        Sealing,
        Persisting,
        Exchanging,
        Crediting,
    }

    protected override void Receive(object message)
    {
        switch (message)
        {
            case BranchAwake awake:
                _awake.Add(awake.Branch);
                break;
            case NextDeadline deadline:
                OnDeadline(deadline);
                break;
            case FollowLayout follow:
                OnFollowLayout(follow.Layout);
                break;
            case EnterTerm enter:
                OnEnterTerm(enter);
                break;
            case BranchStanding standing:
                OnStanding(standing);
                break;
            case OpenBeat beat:
                OnOpen(beat, Sender);
                break;
            case BranchSealed done:
                OnSealed(done);
                break;
            case GroupPersisted persisted:
                OnPersisted(persisted.Mark);
                break;
            case GroupFailed failed:
                OnGroupFailed(failed);
                break;
            case SectionsOffered offered:
                OnOffered(offered);
                break;
            case SectionsMissing missing:
                OnSectionsMissing(missing);
                break;
            case ReportsMissing missing:
                OnReportsMissing(missing);
                break;
            case BranchReport report:
                OnBranchReport(report);
                break;
            case PulseCommitted committed:
                OnCommitted(committed);
                break;
            case BeatEnded ended:
                OnEnded(ended);
                break;
            case PulseEnded ended:
                OnPulseEnded(ended);
                break;
            case AskAgain:
                OnAskAgain();
                break;
            case CommitAgain:
                CommitWhatIsDue();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private GroupMark SealMark => new(_beat!.Beat.Value, SealPhase);

    private void OnOpen(OpenBeat beat, IActorRef from)
    {
        if (!IsOfThisTerm(beat.Term) || _step is Step.Outside or Step.Joining)
        {
            return;
        }

        if (IsAlone && _beat is not null && beat.Beat > _beat.Beat)
        {
            // The chief's word of the end of this one is still on its way: the clock has heard it first.
            _ahead.Add((beat, from));
            return;
        }

        _root = from;
        if (IsAlone)
        {
            _trunks.Add(from);
        }

        if (_beat is not null && beat.Beat == _beat.Beat)
        {
            TellAgainWhatIsDone();
            return;
        }

        if (_ended is not null && beat.Beat <= _ended.Beat)
        {
            TellReportAgain(beat.Beat);
            return;
        }

        _beat = beat;
        _openedAt = Context.Clock.MonotonicTicks;
        _times = default;
        _sealed.Clear();
        _offers.Clear();
        _reporting = null;
        ForgetReport();
        _step = Step.Sealing;
        _asked.Clear();
        ChooseWhoSeals(beat);
        Context.Timers.Start(AgainKey, AskAgain.Instance, AskAgainAfter);
        WhenAllSealed();
    }

    private void OnEnded(BeatEnded ended)
    {
        foreach (IActorRef ingress in _options.Ingresses)
        {
            ingress.Tell(ended, Self);
        }

        if (_beat is null || ended.Beat != _beat.Beat)
        {
            return;
        }

        if (IsAlone)
        {
            _options.Freshness.Confirm(_openedAt);
        }

        // What it sealed stays at hand until the next beat: another node may still ask for it.
        _ended = _beat;
        _beat = null;
        _step = Step.Idle;
        (OpenBeat Beat, IActorRef Trunk)[] ahead = [.. _ahead];
        _ahead.Clear();
        foreach ((OpenBeat beat, IActorRef trunk) in ahead)
        {
            OnOpen(beat, trunk);
        }
    }

    private void TellBranch(uint branch, object message) => _options.Branches.Tell(new ShardEnvelope<uint>(branch, message), Self);

    private long SinceOpenedUs() => (Context.Clock.MonotonicTicks - _openedAt) / TimeSpan.TicksPerMicrosecond;

    private sealed record AskAgain : IControlMessage
    {
        public static readonly AskAgain Instance = new();
    }

    private sealed record CommitAgain : IControlMessage
    {
        public static readonly CommitAgain Instance = new();
    }
}
