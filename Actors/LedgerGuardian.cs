using LeitherCluster.Actors.Branches;
using LeitherCluster.Actors.Ingresses;
using LeitherCluster.Actors.Nodes;
using LeitherCluster.Actors.Places;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Actors;

/// <summary>
/// Stands above all actors of one ledger on this node, and follows the newest layout: has the branches that it gives this node recover, joins the terms that
/// the root begins, and keeps the root when that is here. A branch that fails is restarted alone; when anything else fails, all are, from the journal.
/// </summary>
/// <remarks>
/// <code>
///   PreStart: the open group is settled --> exchange, branches, places, ingresses --the newest layout--> the root, if it is here
///     --JoinTerm--> exchange --ExchangeJoined, PlacesReady--> TermJoined to the root
///     --end of the first beat--> ingresses are told the time --TimeKnown from every ingress--> running
/// </code>
/// What the actors of the incarnation before had appended and nobody had committed is committed first: a replay waits for it, and whoever was to
/// commit it is gone. On a single node the layout is one of that node.
/// </remarks>
public sealed partial class LedgerGuardian : Actor
{
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

    private readonly LedgerGuardianOptions _options;
    private readonly Freshness _freshness;

    // Tells what this instance asked for from what one before it did.
    private readonly object _start = new();
    private IActorRef _exchange = ActorRefs.Nobody;
    private IActorRef _places = ActorRefs.Nobody;
    private IActorRef _region = ActorRefs.Nobody;
    private IActorRef _router = ActorRefs.Nobody;
    private IActorRef _desk = ActorRefs.Nobody;
    private IngressDoor[] _doors = [];
    private IActorRef[] _ingresses = [];
    private BranchHomes? _homes;
    private bool _timeIsTold;
    private int _ingressesThatKnowTime;

    public LedgerGuardian(LedgerGuardianOptions options)
    {
        _options = options;
        _freshness = new Freshness(options.Seat?.FreshFor.Ticks);
    }

    protected override SupervisorStrategy SupervisorStrategy => SupervisorStrategy.EscalateOnFailure;

    private LedgerOptions Ledger => _options.Ledger;

    private LedgerBoard Board => _options.Board;

    private int BranchCount => 1 << Ledger.Parameters.Bands.DepthBits;

    protected override void PreStart()
    {
        Board.SetRecovering();
        Settle();
    }

    protected override void Receive(object message)
    {
        switch (message)
        {
            case GroupPersisted when _exchange == ActorRefs.Nobody:
                SpawnAll();
                break;
            case GroupPersisted persisted when persisted.Mark.Phase == ReleasePhase:
                OnReleaseCommitted(persisted.Mark);
                break;
            case GroupFailed failed:
                OnGroupFailed(failed);
                break;
            case SettleAgain:
                Settle();
                break;
            case PlacesReady when Sender == _places:
                _placesAreReady = true;
                AnswerWhenJoined();
                break;
            case TimeKnown known when known.Asked == _start:
                OnTimeKnown();
                break;
            case GroupPersisted or PlacesReady or TimeKnown:
                // From before a restart.
                break;
            default:
                if (_exchange != ActorRefs.Nobody)
                {
                    ReceiveOfTerms(message);
                }

                // Else it is from before a restart, too, or comes from another node, which asks again.
                break;
        }
    }

    /// <summary>Time is known from the first beat on; before it, nothing can be accepted.</summary>
    private void TellTime(Timestamp at)
    {
        if (_timeIsTold)
        {
            return;
        }

        _timeIsTold = true;
        foreach (IActorRef ingress in _ingresses)
        {
            ingress.Tell(new LearnTime(at, _start), Self);
        }
    }

    private void OnTimeKnown()
    {
        if (++_ingressesThatKnowTime == _ingresses.Length)
        {
            Board.SetRecovered();
        }
    }

    private void Settle() => Context.Journal.Commit(new GroupMark(Board.LastBeat.Value, LedgerRoot.SettlePhase), Self);

    private void OnGroupFailed(GroupFailed failed)
    {
        if (failed.Outcome is not (JournalOutcome.Full or JournalOutcome.Unavailable))
        {
            throw new JournalFailedException($"What was open before the restart cannot be settled: {failed.Reason}", failed.Outcome);
        }

        // A hand-over that does not come about is given up by whoever wanted it.
        if (failed.Mark.Phase == LedgerRoot.SettlePhase)
        {
            Context.Timers.Start(RetryKey, SettleAgain.Instance, RetryAfter);
        }
    }

    private void SpawnAll()
    {
        // Refs are needed in a circle: the region is spawned last and reached through this box.
        var region = new RefBox();
        SpawnRouter(region);
        _places = Context.Spawn(Props.Create(() => new SealedPlaces(Ledger.Places, Ledger.Parameters)), "places");
        _doors = [.. Enumerable.Range(0, Ledger.IngressCount).Select(i => SpawnIngress(i, region))];
        _ingresses = [.. _doors.Select(static door => door.Ingress)];
        _exchange = Context.Spawn(Props.Create(() => new Exchange(ExchangeOptions(region))), "exchange");
        SpawnRegion(region);
        SpawnDesk();
        Begin();
    }

    private ExchangeOptions ExchangeOptions(RefBox region) => new()
    {
        Node = _options.Self,
        BranchCount = BranchCount,
        Branches = region,
        TrunkOf = branch => _trunks.TrunkOf(branch),
        Peer = ExchangeOf,
        Freshness = _freshness,
        Ingresses = _ingresses,
    };

    private IngressDoor SpawnIngress(int index, IActorRef region)
    {
        var mailbox = new MailboxOptions(Ledger.BatchesWaitingMax);
        var room = new WaitingRoom(Ledger.BatchesWaitingMax);
        var options = new IngressOptions
        {
            Parameters = Ledger.Parameters,
            Region = region,
            Room = room,
            Retrier = _router,
            Counters = Board.Counters,
            Signatures = Ledger.Signatures,
            CommittedAt = default,
        };
        Props props = Props.Create(() => new Ingress(options)) with { Mailbox = mailbox, ThreadName = IngressThread };
        return new IngressDoor(Context.Spawn(props, $"ingress-{index}"), room);
    }

    /// <summary>Alone, there is no other place.</summary>
    private void SpawnRouter(IActorRef region)
    {
        if (Seat is not null)
        {
            var options = new SliceRouterOptions
            {
                Node = _options.Self,
                Region = region,
                Peer = node => Seat.Remote.Ref(node, PathOn(node).Child("router")),
                DepthBits = Ledger.Parameters.Bands.DepthBits,
            };
            _router = Context.Spawn(Props.Create(() => new SliceRouter(options)), "router");
        }
    }

    private void SpawnDesk()
    {
        if (Seat is not null)
        {
            var options = new InquiryDeskOptions
            {
                Node = _options.Self,
                Region = _region,
                Places = _places,
                Peer = node => Seat.Remote.Ref(node, PathOn(node).Child("desk")),
            };
            _desk = Context.Spawn(Props.Create(() => new InquiryDesk(options)), "desk");
        }
    }

    private void SpawnRegion(RefBox region)
    {
        _homes = new BranchHomes(_options.Self) { Router = _router };
        var options = new ShardRegionOptions<uint>
        {
            EntityProps = branch => Props.Create(() => new Branch(BranchOptions(branch))) with { Supervision = BranchSupervision },
            Placement = _options.Seat is null ? LocalPlacement<uint>.Instance : _homes,
        };
        region.Ref = _region = Context.Spawn(ShardRegion<uint>.Props(options), "branches");
    }

    private BranchActorOptions BranchOptions(uint branch) => new()
    {
        Ledger = new BranchOptions
        {
            Ledger = Ledger.Parameters.Ledger,
            Branch = branch,
            DepthBits = Ledger.Parameters.Bands.DepthBits,
            Translucency = Ledger.Parameters.Translucency,
            TableSeed = Context.Chance.Next(ulong.MaxValue),
            UndoBytesMax = Ledger.UndoBytesMax / BranchCount,
            WindowFramesMax = Ledger.WindowFramesMax,
            WindowBytesMax = Ledger.WindowBytesMax,
        },
        Bookkeeper = Ledger.Bookkeeper,
        Epoch = _homes!.EpochOf(branch),
        Exchange = _exchange,
        Places = _places,
        Counters = Board.Counters,
        Freshness = _freshness,
        PulsesPerSnapshot = Ledger.PulsesPerSnapshot,
    };

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
