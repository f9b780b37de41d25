using LeitherCluster.Actors.Branches;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Actors.Ingresses;
using LeitherCluster.Actors.Places;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Actors;

/// <summary>
/// Stands above all actors of one ledger on this node: starts them in order, has the branches recover, finishes the beat that was left open, and
/// starts the clock. A branch that fails is restarted alone; when anything of the pulse fails, all are, from the journal.
/// </summary>
/// <remarks>
/// <code>
///   PreStart: the open group is settled --> chief recovers --ChiefStanding--> trunks, exchange, branches, ingresses
///     --BranchStanding from every branch, PlacesReady--> exchange is told all deadlines --DeadlinesKnown--> clock
///     --first BeatEnded--> ingresses are told the time --TimeKnown from every ingress--> running
/// </code>
/// What the actors of the incarnation before had appended and nobody had committed is committed first: a replay waits for it, and whoever was to
/// commit it is gone. A window that is sealed so is finished as after a crash.
/// Before the clock starts, the synopsis of every branch that is up to date must be the one in the last statement.
/// </remarks>
public sealed class LedgerGuardian : Actor
{
    /// <summary>The journal's phase in which is committed what was left open before a restart.</summary>
    public const byte SettlePhase = 4;

    /// <summary>How long it waits before it tries a commit again for which there was no room.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(250);

    // Signatures keep a processor busy for milliseconds at a time, which is not to hold up a pulse.
    private const string IngressThread = "leither-ingress";

    private static readonly object RetryKey = "retry";

    /// <summary>A branch comes back from the journal, unless it is the journal that has failed.</summary>
    private static readonly SupervisorStrategy BranchSupervision = SupervisorStrategy.Default with
    {
        Decide = static failure => failure is JournalFailedException or JournalCorruptException ? SupervisorDirective.Escalate : SupervisorDirective.Restart,
    };

    private readonly LedgerOptions _options;
    private readonly LedgerBoard _board;
    private readonly uint _epoch;
    private readonly BranchSet _standing;
    private readonly List<BranchStanding> _standings = [];

    // Tells what this instance asked for from what one before it did.
    private readonly object _start = new();
    private IActorRef _chief = ActorRefs.Nobody;
    private IActorRef _exchange = ActorRefs.Nobody;
    private IActorRef _places = ActorRefs.Nobody;
    private IActorRef _topTrunk = ActorRefs.Nobody;
    private ChiefStanding? _last;
    private IActorRef[] _ingresses = [];
    private bool _placesReady;
    private bool _timeIsTold;
    private int _ingressesThatKnowTime;

    public LedgerGuardian(LedgerOptions options, LedgerBoard board, uint epoch)
    {
        _options = options;
        _board = board;
        _epoch = epoch;
        _standing = new BranchSet(BranchCount);
    }

    protected override SupervisorStrategy SupervisorStrategy => SupervisorStrategy.EscalateOnFailure;

    private int BranchCount => 1 << _options.Parameters.Bands.DepthBits;

    protected override void PreStart()
    {
        _board.SetState(LedgerState.Recovering, "");
        Settle();
    }

    protected override void Receive(object message)
    {
        switch (message)
        {
            case GroupPersisted when _chief == ActorRefs.Nobody:
                SpawnChief();
                break;
            case GroupFailed failed:
                OnGroupFailed(failed);
                break;
            case SettleAgain:
                Settle();
                break;
            case ChiefStanding standing when Sender == _chief:
                _last = standing;
                SpawnTheRest(standing);
                break;
            case BranchStanding standing when standing.Asked == _start:
                OnStanding(standing);
                break;
            case PlacesReady when Sender == _places:
                _placesReady = true;
                StartClockWhenReady();
                break;
            case DeadlinesKnown known when known.Asked == _start:
                StartClock();
                break;
            case BeatEnded ended when Sender == _chief:
                OnEnded(ended);
                break;
            case TimeKnown known when known.Asked == _start:
                OnTimeKnown();
                break;
            case PulseCommitted:
                break;
            case GroupPersisted or ChiefStanding or BranchStanding or PlacesReady or DeadlinesKnown or BeatEnded or TimeKnown:
                // From before a restart.
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Time is known from the first beat on; before it, nothing can be accepted.</summary>
    private void OnEnded(BeatEnded ended)
    {
        if (_timeIsTold)
        {
            return;
        }

        _timeIsTold = true;
        foreach (IActorRef ingress in _ingresses)
        {
            ingress.Tell(new LearnTime(ended.At, _start), Self);
        }
    }

    private void OnTimeKnown()
    {
        if (++_ingressesThatKnowTime == _ingresses.Length && _board.State == LedgerState.Recovering)
        {
            _board.SetState(LedgerState.Running, "");
        }
    }

    private void Settle() => Context.Journal.Commit(new GroupMark(_board.LastBeat.Value, SettlePhase), Self);

    private void OnGroupFailed(GroupFailed failed)
    {
        if (failed.Outcome is not (JournalOutcome.Full or JournalOutcome.Unavailable))
        {
            throw new JournalFailedException($"What was open before the restart cannot be settled: {failed.Reason}", failed.Outcome);
        }

        Context.Timers.Start(RetryKey, SettleAgain.Instance, RetryAfter);
    }

    private void SpawnChief() => _chief = Context.Spawn(
        Props.Create(() => new Chief(new ChiefOptions(_options.Parameters, _options.Committee, _options.Bookkeeper, _epoch, _options.PulsesRetained))),
        "chief");

    private void SpawnTheRest(ChiefStanding standing)
    {
        // Refs are needed in a circle: the region is spawned last and reached through this box.
        var region = new RefBox();
        _places = Context.Spawn(Props.Create(() => new SealedPlaces(_options.Places, _options.Parameters)), "places");
        IActorRef acceptances = Context.Spawn(Props.Create(() => new AcceptanceBook(_options.Parameters, _epoch)), "acceptances");
        IngressDoor[] doors = [.. Enumerable.Range(0, _options.IngressCount).Select(i => SpawnIngress(i, region))];
        _ingresses = [.. doors.Select(door => door.Ingress)];
        var trunks = new Dictionary<(int Band, uint Index), IActorRef>();
        _exchange = Context.Spawn(Props.Create(() => new Exchange(ExchangeOptions(region, trunks))), "exchange");
        SpawnTrunks(standing, trunks);
        region.Ref = SpawnRegion(_places);
        _board.SetActors(new LedgerActors(_chief, region.Ref, _places, acceptances, doors));
        foreach (uint branch in AllBranches())
        {
            region.Ref.Tell(new ShardEnvelope<uint>(branch, new ReportStanding(_start)), Self);
        }
    }

    private ExchangeOptions ExchangeOptions(RefBox region, Dictionary<(int Band, uint Index), IActorRef> trunks)
    {
        TreeBands bands = _options.Parameters.Bands;
        int lastBand = bands.Count - 1;
        int lastWidth = bands[lastBand];
        return new ExchangeOptions
        {
            Node = _options.Node,
            BranchCount = BranchCount,
            Local = BranchSet.All(BranchCount),
            Branches = region,
            TrunkOf = branch => trunks[(lastBand, branch >> lastWidth)],
            Peers = [],
            Ingresses = _ingresses,
        };
    }

    private IngressDoor SpawnIngress(int index, IActorRef region)
    {
        var mailbox = new MailboxOptions(_options.BatchesWaitingMax);
        var room = new WaitingRoom(_options.BatchesWaitingMax);
        var options = new IngressOptions
        {
            Parameters = _options.Parameters,
            Region = region,
            Room = room,
            Counters = _board.Counters,
            CommittedAt = _last!.Last?.Statement.Timestamp ?? default,
        };
        Props props = Props.Create(() => new Ingress(options)) with { Mailbox = mailbox, ThreadName = IngressThread };
        return new IngressDoor(Context.Spawn(props, $"ingress-{index}"), room);
    }

    /// <summary>Spawns the trunks from the leaves up, as each needs those below it.</summary>
    private void SpawnTrunks(ChiefStanding standing, Dictionary<(int Band, uint Index), IActorRef> trunks)
    {
        TreeBands bands = _options.Parameters.Bands;
        int[] widths = [.. Enumerable.Range(0, bands.Count).Select(band => bands[band])];
        foreach (TrunkPlace place in TrunkPlace.All(widths, _options.Parameters.Translucency))
        {
            // A trunk's parent is there before it; its children are told to it through the table when all are.
            IActorRef parent = place.Band == 0 ? _chief : trunks[(place.Band - 1, place.Index >> widths[place.Band - 1])];
            trunks[(place.Band, place.Index)] = Context.Spawn(
                Props.Create(() => new Trunk(place, standing.Entries, parent, Below(place, trunks))),
                $"trunk-{place.Band}-{place.Index}");
        }

        _topTrunk = trunks[(0, 0)];
    }

    private Func<IReadOnlyList<IActorRef>> Below(TrunkPlace place, Dictionary<(int Band, uint Index), IActorRef> trunks) => place.IsLeaf
        ? () => [_exchange]
        : () => [.. Enumerable.Range(0, (int)place.ChildCount).Select(child => trunks[(place.Band + 1, (place.Index << place.WidthBits) + (uint)child)])];

    private IActorRef SpawnRegion(IActorRef places)
    {
        var options = new ShardRegionOptions<uint>
        {
            EntityProps = branch => Props.Create(() => new Branch(BranchOptions(branch, places))) with { Supervision = BranchSupervision },
        };
        return Context.Spawn(ShardRegion<uint>.Props(options), "branches");
    }

    private BranchActorOptions BranchOptions(uint branch, IActorRef places) => new()
    {
        Ledger = new BranchOptions
        {
            Ledger = _options.Parameters.Ledger,
            Branch = branch,
            DepthBits = _options.Parameters.Bands.DepthBits,
            Translucency = _options.Parameters.Translucency,
            TableSeed = Context.Chance.Next(ulong.MaxValue),
            UndoBytesMax = _options.UndoBytesMax / BranchCount,
            WindowFramesMax = _options.WindowFramesMax,
            WindowBytesMax = _options.WindowBytesMax,
        },
        Bookkeeper = _options.Bookkeeper,
        Epoch = _epoch,
        Exchange = _exchange,
        Places = places,
        Counters = _board.Counters,
        PulsesPerSnapshot = _options.PulsesPerSnapshot,
    };

    private void OnStanding(BranchStanding standing)
    {
        if (!_standing.Add(standing.Branch))
        {
            return;
        }

        _standings.Add(standing);
        if (standing.Deadline is not null)
        {
            _exchange.Tell(new NextDeadline(standing.Branch, standing.Deadline), Self);
        }

        StartClockWhenReady();
    }

    /// <summary>The first beat comes to the exchange another way than the deadlines, and must not overtake them.</summary>
    private void StartClockWhenReady()
    {
        if (_standing.IsFull && _placesReady)
        {
            _exchange.Tell(new ReportDeadlinesKnown(_start), Self);
        }
    }

    private void StartClock()
    {
        OpenBeat? unfinished = Unfinished();
        if (unfinished is null)
        {
            CheckSynopses();
        }

        Timestamp lastAt = _standings.Select(s => s.SealedAt).Append(_last!.Last?.Statement.Timestamp ?? default).Max();
        BeatNumber fresh = new(_epoch, 0);
        BeatNumber after = _board.LastBeat > fresh ? _board.LastBeat : fresh;
        var options = new PulseClockOptions(_options.PulseCycle, after, lastAt, LastSequence, unfinished);
        IActorRef clock = Context.Spawn(Props.Create(() => new PulseClock(options, _topTrunk, _board.SetLastBeat)), "clock");
        _chief.Tell(new AnnounceTo([_exchange, clock, Self]), Self);
        _board.Counters.SetAccounts(_standings.Sum(s => s.Accounts));
    }

    /// <summary>The highest beat that was sealed, if it has no statement yet or its credits are not in every journal.</summary>
    private OpenBeat? Unfinished()
    {
        BranchStanding? newest = _standings.MaxBy(s => s.SealedBeat);
        BeatNumber committed = _last!.Last?.Statement.Beat ?? BeatNumber.None;
        if (newest is null || newest.SealedBeat == BeatNumber.None || newest.SealedBeat < committed)
        {
            return null;
        }

        bool creditsMissing = !SynopsesHold();
        TimeSequence sequence = newest.SealedBeat > committed ? LastSequence.Next() : LastSequence;
        return newest.SealedBeat > committed || creditsMissing ? new OpenBeat(newest.SealedBeat, newest.SealedAt, sequence, Finish: true) : null;
    }

    private bool SynopsesHold() => _standings.All(s => s.Synopsis == _last!.Entries[s.Branch].Synopsis);

    private void CheckSynopses()
    {
        foreach (BranchStanding standing in _standings)
        {
            Ledger.Tree.Synopsis signed = _last!.Entries[standing.Branch].Synopsis;
            if (standing.Synopsis != signed)
            {
                throw new PulseRefusedException(
                    _last.Last?.Statement.Beat ?? BeatNumber.None,
                    $"branch {standing.Branch} recovered to {standing.Synopsis}, but {signed} was signed");
            }
        }
    }

    private TimeSequence LastSequence => _last!.Last?.Statement.TimeSequence ?? TimeSequence.Zero;

    private IEnumerable<uint> AllBranches() => Enumerable.Range(0, BranchCount).Select(branch => (uint)branch);

    private sealed record SettleAgain : IControlMessage
    {
        public static readonly SettleAgain Instance = new();
    }

    /// <summary>Passes everything on to a ref that is known later.</summary>
    private sealed class RefBox : IActorRef
    {
        public IActorRef Ref { get; set; } = ActorRefs.Nobody;

        public ActorPath Path => Ref.Path;

        public void Tell(object message, IActorRef? sender = null) => Ref.Tell(message, sender);

        public bool TryTell(object message, IActorRef? sender = null) => Ref.TryTell(message, sender);
    }
}
