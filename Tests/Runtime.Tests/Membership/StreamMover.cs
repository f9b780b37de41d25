using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Tests.Runtime.Membership;

/// <summary>
/// Stands for whoever moves streams: on every node, at work on the leader only. It carries out what the planner says, and has a member
/// removed when that one owns nothing any more.
/// </summary>
internal sealed class StreamMover(MemberNode node, ILayoutStore layouts) : Actor
{
    private const int MovesMax = 4;

    private static readonly object s_look = new();
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(3);

    private long? _askedMs;

    /// <summary>One root, and some branches.</summary>
    public static IReadOnlyList<PlannedStream> Streams { get; } =
    [
        new(Stream(2, 0), true),
        .. Enumerable.Range(0, 17).Select(static index => new PlannedStream(Stream(1, index), false)),
    ];

    protected override void PreStart() => Context.Timers.StartPeriodic("look", s_look, Round);

    protected override void Receive(object message)
    {
        switch (message)
        {
            case LayoutRead read:
                Go(read.Layout);
                break;
            case LayoutAdvanced advanced:
                Go(advanced.Layout);
                break;
            case LayoutConflict conflict:
                Go(conflict.Current);
                break;
            case LayoutUnavailable:
                _askedMs = null;
                break;
            default:
                Look();
                break;
        }
    }

    private static StreamId Stream(ushort kind, int index) => new(new byte[StreamId.ScopeSize], kind, (uint)index);

    private bool IsLeading => node.Self is { } self && node.Table.Leader?.Id == self && node.Standing!.IsSure;

    private void Look()
    {
        if (IsLeading && (_askedMs is not { } askedMs || Context.Clock.MonotonicMs - askedMs > AnswerMax.TotalMilliseconds))
        {
            _askedMs = Context.Clock.MonotonicMs;
            layouts.Read(Self);
        }
    }

    private void Go(ShardLayout layout)
    {
        _askedMs = null;
        if (!IsLeading)
        {
            return;
        }

        IReadOnlyList<ShardMove> moves = LayoutPlanner.Plan(new PlannerInput(node.Table, layout, Streams) { MovesMax = MovesMax });
        if (moves.Count > 0)
        {
            _askedMs = Context.Clock.MonotonicMs;
            layouts.Advance(layout.Version, moves, Self);
            return;
        }

        HashSet<NodeId> owners = [.. layout.Owners.Values.Select(static owner => owner.Node)];
        foreach (Member member in node.Table.Members.Where(member => member.State is MemberState.Leaving or MemberState.Down && !owners.Contains(member.Id)))
        {
            node.Tell(new ChangeMemberState(member.Id, MemberState.Removed));
        }
    }
}
