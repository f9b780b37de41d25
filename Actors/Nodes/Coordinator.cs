using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Actors.Nodes;

/// <summary>
/// On the leader's node: turns the members that there are into a layout. One stands on every node, and only the leader's acts. What it knows is in the
/// database; so another goes on where it died, and two that both think that they lead do no harm, since the layout is changed by compare-and-swap.
/// </summary>
/// <remarks>
/// <code>
///   idle --members changed, or every poll--> reading --streams without a living owner--> advancing
///                                               |                                            ^
///                 +--others should move--> preparing --StreamsPrepared from every owner--> pausing --PulsePaused--> releasing --StreamsReleased from every owner--+
///   advancing --LayoutAdvanced, LayoutConflict, LayoutUnavailable--> idle; every node is told of a newer layout
///   preparing --after <see cref="PrepareWithin"/>--> pausing: the next owners read more
///   pausing, releasing --after <see cref="HandOverWithin"/>--> advancing, with no move: the pulses go on under the next version
/// </code>
/// Streams of the dead move at once: the fence makes that right, and the journal tells the new owner all. Others move between two pulses only, when their owner
/// has nothing under way, so that no group of it is refused; and a beat ends under every layout before the next such move, so that a slow cluster that balances
/// itself still does what it is for. How many move at once follows from what moving costs: twice as many after a hand-over that was quick, half as many
/// after a slow one. Who leaves is not kept by that.
/// </remarks>
public sealed partial class Coordinator(CoordinatorOptions options) : Actor
{
    /// <summary>How long owners may take to store the state of what is to move, while the pulses go on; beyond it, it moves as it is.</summary>
    public static readonly TimeSpan PrepareWithin = TimeSpan.FromSeconds(3);

    /// <summary>How long a planned hand-over may take until the layout is changed; beyond it, it is given up.</summary>
    public static readonly TimeSpan HandOverWithin = TimeSpan.FromSeconds(2);

    /// <summary>What nobody answered is asked again after that long.</summary>
    public static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(300);

    /// <summary>A member that leaves says itself when it is done; one that owns nothing and has not said so for that long is taken out.</summary>
    public static readonly TimeSpan LeaveGrace = TimeSpan.FromSeconds(60);

    private static readonly object LookKey = "look";
    private static readonly object PrepareKey = "prepare";
    private static readonly object OverdueKey = "overdue";
    private static readonly object AskAgainKey = "ask again";

    private readonly IReadOnlyList<StreamId> _streams = LedgerLayout.StreamsOf(options.Ledger.Parameters);
    private readonly HashSet<NodeId> _awaited = [];
    private readonly Dictionary<NodeId, long> _emptySinceTicks = [];
    private IDisposable? _subscription;
    private MemberTable _members = MemberTable.Empty;
    private ShardLayout _layout = ShardLayout.Empty;
    private IReadOnlyList<ShardMove> _moves = [];
    private ulong _announced;
    private BeatNumber _ended;
    private BeatNumber _endedWhenMoved;
    private Step _step = Step.Idle;

    private enum Step
    {
        Idle,
        Reading,
        Preparing,
        Pausing,
        Releasing,
        Advancing,
    }

    private ILayoutStore Layouts => options.Seat.Layouts;

    protected override void PreStart()
    {
        IActorRef self = Self;
        _subscription = Context.System.EventStream.Subscribe<MembershipChanged>(changed => self.Tell(changed));
        _members = options.Board.Members;
        Context.Timers.StartPeriodic(LookKey, LookAround.Instance, options.Seat.PollEvery);
        Look();
    }

    protected override void PostStop() => _subscription?.Dispose();

    protected override void Receive(object message)
    {
        switch (message)
        {
            case MembershipChanged changed when changed.Table.Version > _members.Version:
                OnMembers(changed.Table);
                break;
            case MembershipChanged:
                break;
            case BeatEnded ended:
                _ended = ended.Beat > _ended ? ended.Beat : _ended;
                OnBeat(ended);
                break;
            case LookAround:
                Look();
                break;
            case LayoutRead read when _step == Step.Reading:
                OnRead(read.Layout);
                break;
            case StreamsPrepared prepared when _step == Step.Preparing && prepared.Layout == _layout.Version:
                OnPrepared(prepared.Node);
                break;
            case Unprepared unprepared when _step == Step.Preparing && unprepared.Layout == _layout.Version:
                Pause();
                break;
            case PulsePaused paused when _step == Step.Pausing && paused.Layout == _layout.Version:
                AskForRelease();
                break;
            case StreamsReleased released when _step == Step.Releasing && released.Layout == _layout.Version:
                OnReleased(released.Node);
                break;
            case AskAgain when _step is Step.Preparing or Step.Pausing or Step.Releasing:
                Ask();
                break;
            case Overdue overdue when _step is Step.Pausing or Step.Releasing && overdue.Layout == _layout.Version:
                OnOverdue();
                break;
            case LayoutAdvanced advanced when _step == Step.Advancing:
                OnKnown(advanced.Layout);
                Note(advanced.Layout);
                break;
            case LayoutConflict conflict when _step == Step.Advancing:
                OnKnown(conflict.Current);
                break;
            case LayoutUnavailable when _step is Step.Reading or Step.Advancing:
                // It may have happened: the next look reads it.
                _step = Step.Idle;
                break;
            case LayoutRead or StreamsPrepared or Unprepared or PulsePaused or StreamsReleased or AskAgain or Overdue or LayoutAdvanced or LayoutConflict or LayoutUnavailable:
                // Of a step that is over.
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnMembers(MemberTable members)
    {
        _members = members;
        if (_step is Step.Preparing or Step.Pausing or Step.Releasing && _layout.Owners.Values.Any(owner => !IsAlive(owner.Node)))
        {
            // The dead come first; what is paused goes on under the layout that follows.
            _step = Step.Idle;
            Context.Timers.Cancel(PrepareKey);
            Context.Timers.Cancel(AskAgainKey);
        }

        Look();
    }

    private void Look()
    {
        if (_step == Step.Idle && _members.Leader?.Id == options.Seat.Node)
        {
            _step = Step.Reading;
            Layouts.Read(Self);
        }
    }

    private void OnRead(ShardLayout layout)
    {
        OnKnown(layout);
        ShardMove[] moves = [.. options.Seat.Plan(_members, layout, _streams).Where(move => !IsOwner(move))];
        ShardMove[] orphans = [.. moves.Where(move => !HasLivingOwner(move.Stream))];
        _isMoreToMove = false;
        if (orphans.Length != 0)
        {
            Advance(orphans);
        }
        else if (moves.Length != 0 && _ended > _endedWhenMoved)
        {
            BeginHandOver([.. moves.Take(IsSomebodyLeaving ? moves.Length : _pace.MovesAtOnce)]);
            _isMoreToMove = moves.Length > _moves.Count;
        }

        TakeOutTheEmpty();
    }

    /// <summary>
    /// Who is down, or has left and does not say so, is a member no more when it owns nothing: nobody waits for a word of it any more, and nothing is done twice
    /// when this is told again.
    /// </summary>
    private void TakeOutTheEmpty()
    {
        HashSet<NodeId> owners = [.. _layout.Owners.Values.Select(static owner => owner.Node)];
        Member[] empty = [.. _members.Members.Where(member => member.State is MemberState.Leaving or MemberState.Down && !owners.Contains(member.Id))];
        foreach (NodeId gone in _emptySinceTicks.Keys.Except(empty.Select(static member => member.Id)).ToArray())
        {
            _emptySinceTicks.Remove(gone);
        }

        foreach (Member member in empty)
        {
            _emptySinceTicks.TryAdd(member.Id, Context.Clock.MonotonicTicks);
            if (member.State == MemberState.Down || Context.Clock.MonotonicTicks - _emptySinceTicks[member.Id] >= LeaveGrace.Ticks)
            {
                options.Seat.Membership.Tell(new ChangeMemberState(member.Id, MemberState.Removed));
            }
        }
    }

    private void OnKnown(ShardLayout layout)
    {
        _step = Step.Idle;
        _layout = layout;
        if (layout.Version <= _announced)
        {
            return;
        }

        _announced = layout.Version;
        _endedWhenMoved = _ended;
        var changed = new LayoutChanged(layout.Version);
        foreach (Member member in _members.Members.Where(member => IsAlive(member.Id)))
        {
            options.GuardianOf(member.Id).Tell(changed, Self);
        }
    }

    private void Advance(IReadOnlyList<ShardMove> moves)
    {
        if (_step is not (Step.Pausing or Step.Releasing))
        {
            BeginChange(isPlanned: false);
        }

        _moves = moves;
        _step = Step.Advancing;
        Context.Timers.Cancel(OverdueKey);
        Context.Timers.Cancel(AskAgainKey);
        Layouts.Advance(_layout.Version, moves, Self);
    }

    private void BeginHandOver(IReadOnlyList<ShardMove> moves)
    {
        _moves = moves;
        _step = Step.Preparing;
        AwaitOwners();
        Context.Timers.Start(PrepareKey, new Unprepared(_layout.Version), PrepareWithin);
        Context.Timers.StartPeriodic(AskAgainKey, AskAgain.Instance, AskAgainAfter);
        Ask();
    }

    private void AwaitOwners()
    {
        _awaited.Clear();
        _awaited.UnionWith(_moves.Select(move => _layout.Owners[move.Stream].Node));
    }

    private void OnPrepared(NodeId node)
    {
        if (_awaited.Remove(node) && _awaited.Count == 0)
        {
            Pause();
        }
    }

    private void Pause()
    {
        Context.Timers.Cancel(PrepareKey);
        BeginChange(isPlanned: true);
        _step = Step.Pausing;
        Context.Timers.Start(OverdueKey, new Overdue(_layout.Version), HandOverWithin);
        Ask();
    }

    /// <summary>Of those who have not answered. Messages between nodes may be lost, and whoever is asked twice answers twice.</summary>
    private void Ask()
    {
        if (_step == Step.Pausing)
        {
            options.GuardianOf(_layout.Owners[_streams[0]].Node).Tell(new PausePulse(_layout.Version), Self);
            return;
        }

        foreach (IGrouping<NodeId, StreamId> streams in _moves.Select(static move => move.Stream).GroupBy(stream => _layout.Owners[stream].Node).Where(of => _awaited.Contains(of.Key)))
        {
            options.GuardianOf(streams.Key).Tell(
                _step == Step.Preparing ? new PrepareStreams(_layout.Version, [.. streams]) : new ReleaseStreams(_layout.Version, [.. streams]), Self);
        }
    }

    private void AskForRelease()
    {
        _step = Step.Releasing;
        AwaitOwners();
        Ask();
    }

    private void OnReleased(NodeId node)
    {
        if (_awaited.Remove(node) && _awaited.Count == 0)
        {
            Advance(_moves);
        }
    }

    private bool IsOwner(ShardMove move) => _layout.Owners.TryGetValue(move.Stream, out ShardOwner owner) && owner.Node == move.To;

    private bool HasLivingOwner(StreamId stream) => _layout.Owners.TryGetValue(stream, out ShardOwner owner) && IsAlive(owner.Node);

    private bool IsAlive(NodeId node) => _members.Find(node) is { State: MemberState.Joining or MemberState.Up or MemberState.Leaving };

    private sealed record LookAround : IControlMessage
    {
        public static readonly LookAround Instance = new();
    }

    private sealed record AskAgain : IControlMessage
    {
        public static readonly AskAgain Instance = new();
    }

    private sealed record Unprepared(ulong Layout) : IControlMessage;

    private sealed record Overdue(ulong Layout) : IControlMessage;
}

/// <summary>What a coordinator needs.</summary>
public sealed record CoordinatorOptions
{
    public required LedgerOptions Ledger { get; init; }

    public required LedgerBoard Board { get; init; }

    public required ClusterSeat Seat { get; init; }

    /// <summary>The guardian of a node, this one's too.</summary>
    public required Func<NodeId, IActorRef> GuardianOf { get; init; }
}
