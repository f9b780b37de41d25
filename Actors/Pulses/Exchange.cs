using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Actors.Pulses;

/// <summary>
/// One a node and ledger: carries a beat through the branches of this node. It has the active ones seal, makes their blocks durable as one
/// group, trades sections with the exchanges of the other nodes, and has every branch that got credits or sealed bring its synopsis up to date.
/// For its idle branches it answers in their stead.
/// </summary>
/// <remarks>
/// <code>
///  Idle --OpenBeat--> Sealing --all sealed--> Persisting --durable--> Exchanging --all covered--> Crediting --BeatEnded--> Idle
///                        |  nothing sealed: straight to Exchanging       ^                            |
///                        v                                               |  (Persisting: no room)     |
///                     SealWindow again every AskAgainAfter          Commit again every RetryAfter     ApplyCredits again when a trunk misses a report
/// </code>
/// No credit leaves before the group is durable. A branch is active when it said that its window is not empty, or when a deadline of it falls due.
/// </remarks>
public sealed partial class Exchange : Actor
{
    /// <summary>How long it waits for its branches before it asks again.</summary>
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
    private readonly Dictionary<uint, SealedWindow?> _sealed = [];
    private readonly Dictionary<string, SectionsOffered> _offers = [];
    private readonly Dictionary<string, SectionsOffered> _early = [];
    private readonly BranchSet _asked;
    private readonly CreditTable _table;
    private Step _step = Step.Idle;
    private OpenBeat? _beat;
    private OpenBeat? _ended;
    private BranchSet? _reporting;
    private long _openedAt;
    private PhaseTimes _times;

    public Exchange(ExchangeOptions options)
    {
        _options = options;
        _awake = new BranchSet(options.BranchCount);
        _asked = new BranchSet(options.BranchCount);
        _table = new CreditTable(options.BranchCount);
    }

    private enum Step
    {
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
            case ReportDeadlinesKnown report:
                Sender.Tell(new DeadlinesKnown(report.Asked), Self);
                break;
            case OpenBeat beat:
                OnOpen(beat);
                break;
            case BranchSealed done:
                OnSealed(done);
                break;
            case GroupPersisted persisted when _step == Step.Persisting && persisted.Mark == SealMark:
                OnDurable();
                break;
            case GroupPersisted:
                break;
            case GroupFailed failed:
                OnGroupFailed(failed);
                break;
            case SectionsOffered offered:
                OnOffered(offered);
                break;
            case ReportsMissing missing:
                OnReportsMissing(missing);
                break;
            case PulseCommitted committed:
                OnCommitted(committed);
                break;
            case BeatEnded ended:
                OnEnded(ended);
                break;
            case AskAgain:
                OnAskAgain();
                break;
            case CommitAgain:
                Commit();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private GroupMark SealMark => new(_beat!.Beat.Value, SealPhase);

    private void OnOpen(OpenBeat beat)
    {
        _trunks.Add(Sender);
        if (_beat is not null && beat.Beat == _beat.Beat)
        {
            if (_step == Step.Crediting)
            {
                Sender.Tell(Coverage(), Self);
            }

            return;
        }

        if (_ended is not null && beat.Beat <= _ended.Beat)
        {
            return;
        }

        _beat = beat;
        _openedAt = Context.Clock.MonotonicTicks;
        _times = default;
        _sealed.Clear();
        _offers.Clear();
        _reporting = null;
        _step = Step.Sealing;
        _asked.Clear();
        foreach (SectionsOffered early in _early.Values.Where(offer => offer.Beat == beat.Beat))
        {
            _offers.TryAdd(early.Node, early);
        }

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

        _ended = _beat;
        _beat = null;
        _sealed.Clear();
        _offers.Clear();
        _step = Step.Idle;
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
