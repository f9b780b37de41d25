namespace LeitherCluster.Runtime.Membership;

/// <summary>
/// The actor that keeps a node among the members, one a node, at <c>/user/membership</c>: it joins, writes heartbeats, probes others, votes, and declares
/// down who is outvoted. It publishes <see cref="SelfJoined"/>, <see cref="MembershipChanged"/>, <see cref="SelfOvertaken"/>, <see cref="SelfRemoved"/>
/// and <see cref="JoinRefused"/>.
/// </summary>
/// <remarks>
/// <code>
///  outside ──► Joining ──► Up ──► Leaving ──► gone (SelfRemoved)
///     │           │         │        │
///     │           └─────────┴────────┴──► overtaken (SelfOvertaken): nothing is sent or written any more
///     └► refused (JoinRefused)
/// </code>
/// <para>What the member does follows from the table as last read (<see cref="MembershipRules"/>), never from what it had meant to do before. Of the
/// questions to the table one reading, one heartbeat and one change are under way at most.</para>
/// <para>A node that stood still longer than <see cref="MembershipTiming.PauseLimitMs"/> is in doubt: answers to what it asked before, and
/// all that it had not heard meanwhile, count for nothing, and until it has read the table anew it answers pings and does nothing else. A table that is
/// away stops nobody: nothing is changed meanwhile, and probes go on.</para>
/// </remarks>
public sealed partial class NodeMembership : Actor
{
    /// <summary>The actor's name under <c>/user</c>, on every node.</summary>
    public const string ActorName = "membership";

    private static readonly object s_tick = new Tick();

    private readonly MembershipOptions _options;
    private readonly IMembershipStore _store;
    private readonly IRemoteActors _others;
    private readonly NodeStanding _standing;
    private NodeId? _self;
    private bool _isOver;

    private NodeMembership(MembershipOptions options, IMembershipStore store, IRemoteActors others, NodeStanding standing)
    {
        _options = options;
        _store = store;
        _others = others;
        _standing = standing;
        _probes = new ProbeBook(options.Timing.MissedProbesMax);
        _silence = new SilenceBook(2 * options.Timing.HeartbeatMs);
    }

    private MembershipTiming Timing => _options.Timing;

    private long NowMs => Context.Clock.MonotonicMs;

    /// <summary>The recipe. Its failure is not healed by a restart, which would be another life: it is escalated.</summary>
    /// <param name="options">who the node is</param>
    /// <param name="store">the table</param>
    /// <param name="others">reaches this actor's like on other nodes</param>
    /// <param name="standing">made with the node's clock and <see cref="MembershipTiming.PauseLimitMs"/>; kept up to date by this actor</param>
    public static Props Props(MembershipOptions options, IMembershipStore store, IRemoteActors others, NodeStanding standing)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(others);
        ArgumentNullException.ThrowIfNull(standing);
        options.Check();
        return Runtime.Props.Create(() => new NodeMembership(options, store, others, standing)) with { Supervision = SupervisorStrategy.EscalateOnFailure };
    }

    protected override void PreStart()
    {
        _standing.Begin();
        _startedMs = NowMs;
        Context.Timers.StartPeriodic("tick", s_tick, TimeSpan.FromMilliseconds(Timing.TickMs));
        Read();
    }

    protected override void PostStop() => _standing.Doubt();

    protected override void Receive(object message)
    {
        try
        {
            Handle(message);
        }
        catch (Exception) when (_self is not null && !_isOver)
        {
            End(new SelfOvertaken(_self.Value, OvertakenReason.Failed));
            throw;
        }
    }

    private void Handle(object message)
    {
        if (_isOver)
        {
            RefuseAfterTheEnd(message);
            return;
        }

        if (_standing.TakeTurn())
        {
            BeginDoubt();
        }

        switch (message)
        {
            case Tick:
                OnTick();
                break;
            case MembershipAnswer answer:
                OnAnswer(answer);
                break;
            case Ping ping:
                OnPing(ping);
                break;
            case Pong pong:
                OnPong(pong);
                break;
            case ProbeFor probe:
                OnProbeFor(probe);
                break;
            case ProbeHeard heard:
                _probes.Heard(heard.Target, heard.Sequence, directly: false);
                break;
            case MembershipNews news:
                ReadIfNewer(news.Version);
                break;
            case ChangeMemberState wish:
                OnWish(wish);
                break;
            case GetMembershipStatus:
                Sender.Tell(DescribeStatus(), Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnTick()
    {
        GiveUpLateQuestions();
        if (NowMs >= _beatDueMs && _beat is null)
        {
            _beatDueMs = NowMs + Timing.HeartbeatMs;
            Beat();
        }

        if (_self is not null && !_isInDoubt && NowMs >= _probeDueMs)
        {
            _probeDueMs = NowMs + Timing.ProbeMs;
            BeginProbes();
        }

        WarnOfALongJoin();
    }

    private MembershipStatus DescribeStatus() => new(
        _self,
        _view.Table,
        [.. _probes.Suspects],
        [.. _view.Table.Members.Where(member => member.State < MemberState.Down && IsSilent(member.Id)).Select(static member => member.Id)],
        _standing.IsSure,
        _isTableThere);

    /// <summary>Nothing is sent or written from here on.</summary>
    private void End(object why)
    {
        _isOver = true;
        _standing.Doubt();
        Context.Timers.CancelAll();
        RefuseWishes();
        Context.System.EventStream.Publish(why);
    }

    private void RefuseAfterTheEnd(object message)
    {
        switch (message)
        {
            case ChangeMemberState wish:
                Sender.Tell(new MemberChangeRefused(wish.Node, wish.To, MemberChangeRefusal.NotAMember), Self);
                break;
            case GetMembershipStatus:
                Sender.Tell(DescribeStatus(), Self);
                break;
            default:
                break;
        }
    }

    private sealed record Tick;
}
