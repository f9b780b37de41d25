using LeitherCluster.Actors.Branches;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Actors.Nodes;

/// <summary>
/// Stands above chief, trunks and clock for one term: has the chief recover and all nodes join, finishes the beat that was left open, and starts the clock.
/// A change of the layout, and a node that has lost its way, end the term; whatever fails here ends it too.
/// </summary>
/// <remarks>
/// <code>
///   PreStart: the open group is settled --> chief recovers --ChiefStanding--> trunks; JoinTerm to every node, again every <see cref="AskAgainAfter"/>
///     --TermJoined from every node--> clock --TermUnknown--> the guardian begins another term
/// </code>
/// What the actors of the term before had appended and nobody had committed is committed first: a replay waits for it, and whoever was to commit it is gone.
/// Before the clock starts, the synopsis of every branch that is up to date must be the one in the last statement.
/// </remarks>
public sealed class LedgerRoot(LedgerRootOptions options) : Actor
{
    /// <summary>The journal's phase in which is committed what was left open before a restart.</summary>
    public const byte SettlePhase = 4;

    /// <summary>How long it waits before it tries a commit again for which there was no room.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(250);

    /// <summary>How long it waits for nodes to join before it asks again.</summary>
    public static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(500);

    private static readonly object RetryKey = "retry";
    private static readonly object AgainKey = "again";

    private readonly SortedDictionary<uint, BranchStanding> _standings = [];
    private readonly HashSet<NodeId> _joined = [];
    private readonly Dictionary<NodeId, IActorRef> _links = [];
    private IActorRef _chief = ActorRefs.Nobody;
    private IActorRef _topTrunk = ActorRefs.Nobody;
    private IActorRef _clock = ActorRefs.Nobody;
    private ChiefStanding? _last;
    private bool _isPaused;

    protected override SupervisorStrategy SupervisorStrategy => SupervisorStrategy.EscalateOnFailure;

    private LedgerLayout Layout => options.Layout;

    private LedgerParameters Parameters => options.Ledger.Parameters;

    protected override void PreStart() => Settle();

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
                OnChiefStands(standing);
                break;
            case AskAgain:
                AskToJoin();
                break;
            case TermJoined joined when joined.Term == options.Term:
                OnJoined(joined);
                break;
            case BeatSettled settled:
                _clock.Tell(settled, Self);
                break;
            case BeatEnded ended when Sender == _chief:
                Context.Parent.Tell(ended, Self);
                break;
            case TermUnknown unknown when unknown.Term == options.Term:
                Context.Parent.Tell(new TermIsOver(options.Term), Self);
                break;
            case PauseClock:
                _isPaused = true;
                _clock.Tell(message, Self);
                break;
            case ClockPaused:
                Context.Parent.Tell(message, Self);
                break;
            case GroupPersisted or ChiefStanding or TermJoined or TermUnknown or PulseCommitted:
                // From before, or nothing to be done.
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Settle() => Context.Journal.Commit(new GroupMark(options.Board.LastBeat.Value, SettlePhase), Self);

    private void OnGroupFailed(GroupFailed failed)
    {
        if (failed.Outcome is not (JournalOutcome.Full or JournalOutcome.Unavailable))
        {
            throw new JournalFailedException($"What was open before the restart cannot be settled: {failed.Reason}", failed.Outcome);
        }

        Context.Timers.Start(RetryKey, SettleAgain.Instance, RetryAfter);
    }

    private void SpawnChief() => _chief = Context.Spawn(
        Props.Create(() => new Chief(new ChiefOptions(
            Parameters, options.Ledger.Committee, options.Ledger.Bookkeeper, Layout.Root.Epoch, options.Ledger.PulsesRetained, options.WindowsKeptFor, options.Ledger.PulsesPerCompaction))),
        "chief");

    private void OnChiefStands(ChiefStanding standing)
    {
        _last = standing;
        Dictionary<(int Band, uint Index), IActorRef> trunks = [];
        TreeBands bands = Parameters.Bands;
        int lastBand = bands.Count - 1;
        int lastWidth = bands[lastBand];
        Func<uint, IActorRef> trunkOf = branch => trunks[(lastBand, branch >> lastWidth)];
        SpawnLinks(trunkOf);
        SpawnTrunks(standing, trunks);
        options.Trunks.TrunkOf = trunkOf;
        Context.Parent.Tell(new RootStands(options.Term, _chief, standing.Last), Self);
        AskToJoin();
    }

    private void SpawnLinks(Func<uint, IActorRef> trunkOf)
    {
        if (Layout.IsAlone)
        {
            return;
        }

        foreach (NodeId node in Layout.Nodes)
        {
            _links[node] = Context.Spawn(
                Props.Create(() => new NodeLink(options.Term, Layout.Of(node), options.ExchangeOf(node), trunkOf)), $"node-{node.Name}-{node.Incarnation}");
        }
    }

    /// <summary>Spawns the trunks from the top down; their children are looked up when all are there.</summary>
    private void SpawnTrunks(ChiefStanding standing, Dictionary<(int Band, uint Index), IActorRef> trunks)
    {
        TreeBands bands = Parameters.Bands;
        int[] widths = [.. Enumerable.Range(0, bands.Count).Select(band => bands[band])];
        foreach (TrunkPlace place in TrunkPlace.All(widths, Parameters.Translucency))
        {
            IActorRef parent = place.Band == 0 ? _chief : trunks[(place.Band - 1, place.Index >> widths[place.Band - 1])];
            trunks[(place.Band, place.Index)] = Context.Spawn(
                Props.Create(() => new Trunk(place, standing.Entries, parent, Below(place, trunks))),
                $"trunk-{place.Band}-{place.Index}");
        }

        _topTrunk = trunks[(0, 0)];
    }

    private Func<IReadOnlyList<IActorRef>> Below(TrunkPlace place, Dictionary<(int Band, uint Index), IActorRef> trunks) => place.IsLeaf
        ? () => Layout.IsAlone ? [options.ExchangeOf(Layout.Self)] : [.. Layout.Nodes.Select(node => _links[node])]
        : () => [.. Enumerable.Range(0, (int)place.ChildCount).Select(child => trunks[(place.Band + 1, (place.Index << place.WidthBits) + (uint)child)])];

    private void AskToJoin()
    {
        foreach (NodeId node in Layout.Nodes)
        {
            if (!_joined.Contains(node))
            {
                options.GuardianOf(node).Tell(new JoinTerm(options.Term, _last!.Last), Self);
            }
        }

        if (_joined.Count < Layout.Nodes.Count)
        {
            Context.Timers.Start(AgainKey, AskAgain.Instance, AskAgainAfter);
        }
    }

    private void OnJoined(TermJoined joined)
    {
        if (!_joined.Add(joined.Node))
        {
            return;
        }

        foreach (BranchStanding standing in joined.Branches)
        {
            _standings[standing.Branch] = standing;
        }

        if (_joined.Count == Layout.Nodes.Count)
        {
            Context.Timers.Cancel(AgainKey);
            StartClock();
        }
    }

    private void StartClock()
    {
        OpenBeat? unfinished = Unfinished();
        if (unfinished is null)
        {
            CheckSynopses();
        }

        Timestamp lastAt = _standings.Values.Select(s => s.SealedAt).Append(_last!.Last?.Statement.Timestamp ?? default).Max();
        BeatNumber fresh = new(Layout.Root.Epoch, 0);
        BeatNumber after = options.Board.LastBeat > fresh ? options.Board.LastBeat : fresh;
        IReadOnlyList<NodeId> settling = Layout.IsAlone ? [] : Layout.Nodes;
        var clock = new PulseClockOptions(options.Ledger.PulseCycle, after, lastAt, LastSequence, unfinished, options.Term, settling);
        _clock = Context.Spawn(Props.Create(() => new PulseClock(clock, _topTrunk, options.Board.SetLastBeat)), "clock");
        if (_isPaused)
        {
            _clock.Tell(PauseClock.Instance, Self);
        }

        IActorRef[] exchanges = Layout.IsAlone ? [options.ExchangeOf(Layout.Self)] : [.. Layout.Nodes.Select(node => _links[node])];
        _chief.Tell(new AnnounceTo([.. exchanges, _clock, Self]), Self);
    }

    /// <summary>The highest beat that was sealed, if it has no statement yet or its credits are not in every journal.</summary>
    private OpenBeat? Unfinished()
    {
        BranchStanding? newest = _standings.Values.MaxBy(s => s.SealedBeat);
        BeatNumber committed = _last!.Last?.Statement.Beat ?? BeatNumber.None;
        if (newest is null || newest.SealedBeat == BeatNumber.None || newest.SealedBeat < committed)
        {
            return null;
        }

        bool creditsMissing = !SynopsesHold();
        TimeSequence sequence = newest.SealedBeat > committed ? LastSequence.Next() : LastSequence;
        return newest.SealedBeat > committed || creditsMissing
            ? new OpenBeat(newest.SealedBeat, newest.SealedAt, sequence, Finish: true, options.Term)
            : null;
    }

    private bool SynopsesHold() => _standings.Values.All(s => s.Synopsis == _last!.Entries[s.Branch].Synopsis);

    private void CheckSynopses()
    {
        foreach (BranchStanding standing in _standings.Values)
        {
            Synopsis signed = _last!.Entries[standing.Branch].Synopsis;
            if (standing.Synopsis != signed)
            {
                throw new PulseRefusedException(
                    _last.Last?.Statement.Beat ?? BeatNumber.None,
                    $"branch {standing.Branch} recovered to {standing.Synopsis}, but {signed} was signed");
            }
        }
    }

    private TimeSequence LastSequence => _last!.Last?.Statement.TimeSequence ?? TimeSequence.Zero;

    private sealed record SettleAgain : IControlMessage
    {
        public static readonly SettleAgain Instance = new();
    }

    private sealed record AskAgain : IControlMessage
    {
        public static readonly AskAgain Instance = new();
    }
}

/// <summary>What the root of a ledger needs for one term.</summary>
public sealed record LedgerRootOptions
{
    public required LedgerOptions Ledger { get; init; }

    public required LedgerBoard Board { get; init; }

    public required LedgerLayout Layout { get; init; }

    public required Term Term { get; init; }

    /// <summary>How long the journal keeps windows for nodes that have no index of them; zero where no branch moves.</summary>
    public required TimeSpan WindowsKeptFor { get; init; }

    /// <summary>The guardian of a node, this one's too.</summary>
    public required Func<NodeId, IActorRef> GuardianOf { get; init; }

    /// <summary>The exchange of a node, this one's too.</summary>
    public required Func<NodeId, IActorRef> ExchangeOf { get; init; }

    /// <summary>Where the exchange of this node finds the trunks.</summary>
    public required TrunkTable Trunks { get; init; }
}

/// <summary>Where the exchange of the root's node finds the leaf trunk of a branch: filled before the first beat of a term.</summary>
public sealed class TrunkTable
{
    private volatile Func<uint, IActorRef> _trunkOf = static _ => ActorRefs.Nobody;

    public Func<uint, IActorRef> TrunkOf
    {
        get => _trunkOf;
        set => _trunkOf = value;
    }
}

/// <summary>The root to its guardian: the chief has recovered, and nodes are asked to join.</summary>
public sealed record RootStands(Term Term, IActorRef Chief, SignedStatement? Last) : IControlMessage;

/// <summary>The root to its guardian: another term is needed.</summary>
public sealed record TermIsOver(Term Term) : IControlMessage;
