using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Runtime.Sharding;

/// <summary>
/// Says which streams get another owner: pure and the same on every node. First those whose owner is gone, all of them; then those that have to leave a
/// living node (it leaves or is drained, or the stream is pinned elsewhere), then balance, these two within a bound. Plan after plan, what is
/// left over moves too, so that what a returning node gets comes home gradually.
/// </summary>
/// <remarks>
/// Roots live on members at work with the role Trunk, branches on such with the role Branch; while nobody has the role, a stream stays where it is. Each
/// kind is balanced for itself, to within one stream of each other unless pins say otherwise, with as few moves as that takes.
/// </remarks>
public static class LayoutPlanner
{
    /// <summary>The moves to be made now; none when all is as it should be.</summary>
    public static IReadOnlyList<ShardMove> Plan(PlannerInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var kinds = new[] { MemberRoles.Trunk, MemberRoles.Branch }
            .Select(role => KindPlan.Of(input, role))
            .ToArray();
        List<ShardMove> moves = [];
        foreach (KindPlan kind in kinds)
        {
            kind.PlaceOrphans(moves);
        }

        int movesMax = moves.Count + Math.Max(0, input.MovesMax);
        foreach (KindPlan kind in kinds)
        {
            kind.MoveAway(moves, movesMax);
        }

        foreach (KindPlan kind in kinds)
        {
            kind.Balance(moves, movesMax);
        }

        return moves;
    }

    /// <summary>One kind of stream, and the members that may have it.</summary>
    private sealed class KindPlan
    {
        private readonly List<Host> _hosts = [];
        private readonly List<(StreamId Stream, Host? To)> _orphans = [];
        private readonly List<(StreamId Stream, Host? From, Host? To)> _leaving = [];

        public static KindPlan Of(PlannerInput input, MemberRoles role)
        {
            var plan = new KindPlan();
            plan.FindHosts(input, role);
            if (plan._hosts.Count > 0)
            {
                plan.Sort(input, role);
            }

            return plan;
        }

        public void PlaceOrphans(List<ShardMove> moves)
        {
            foreach ((StreamId stream, Host? to) in _orphans)
            {
                Give(stream, to ?? Emptiest(), moves);
            }
        }

        public void MoveAway(List<ShardMove> moves, int movesMax)
        {
            foreach ((StreamId stream, Host? from, Host? to) in _leaving.TakeWhile(_ => moves.Count < movesMax))
            {
                from?.Lose();
                Give(stream, to ?? Emptiest(), moves);
            }
        }

        public void Balance(List<ShardMove> moves, int movesMax)
        {
            while (moves.Count < movesMax && Fullest() is { } from && Emptiest() is var to && from.Count - to.Count > 1)
            {
                StreamId stream = from.Movable.Pop();
                from.Lose();
                Give(stream, to, moves);
            }
        }

        private void FindHosts(PlannerInput input, MemberRoles role)
        {
            HashSet<string> drained = [.. input.Wishes.OfType<PlacementWish.Drain>().Select(static wish => wish.Node)];
            Member[] able = [.. input.Members.Up.Where(member => member.Roles.HasFlag(role))];
            Member[] wanted = [.. able.Where(member => !drained.Contains(member.Id.Name))];
            _hosts.AddRange((wanted.Length > 0 ? wanted : able).Select(static member => new Host(member.Id)));
        }

        private void Sort(PlannerInput input, MemberRoles role)
        {
            Dictionary<NodeId, Host> hosts = _hosts.ToDictionary(static host => host.Node);
            HashSet<NodeId> living = [.. input.Members.Members.Where(static member => member.State is MemberState.Up or MemberState.Leaving).Select(static member => member.Id)];
            Dictionary<StreamId, Host> pins = [];
            foreach (PlacementWish.Pin pin in input.Wishes.OfType<PlacementWish.Pin>())
            {
                if (_hosts.Find(host => host.Node.Name == pin.Node) is { } host)
                {
                    pins[pin.Stream] = host;
                }
            }

            foreach (StreamId stream in input.Streams.Where(planned => planned.IsRoot == (role == MemberRoles.Trunk)).Select(static planned => planned.Stream).Order())
            {
                Host? pinned = pins.GetValueOrDefault(stream);
                bool isOwned = input.Layout.Owners.TryGetValue(stream, out ShardOwner owner) && living.Contains(owner.Node);
                if (!isOwned)
                {
                    _orphans.Add((stream, pinned));
                }
                else if (!hosts.TryGetValue(owner.Node, out Host? host) || (pinned is not null && pinned != host))
                {
                    _leaving.Add((stream, host, pinned));
                    host?.Keep();
                }
                else
                {
                    host.Keep();
                    if (pinned is null)
                    {
                        host.Movable.Push(stream);
                    }
                }
            }
        }

        private static void Give(StreamId stream, Host to, List<ShardMove> moves)
        {
            to.Keep();
            moves.Add(new ShardMove(stream, to.Node));
        }

        /// <summary>The oldest of those with the fewest.</summary>
        private Host Emptiest() => _hosts.MinBy(static host => host.Count)!;

        /// <summary>The oldest of those with the most, of which one can be moved.</summary>
        private Host? Fullest() => _hosts.Where(static host => host.Movable.Count > 0).MaxBy(static host => host.Count);
    }

    /// <summary>A member that may have streams of a kind.</summary>
    private sealed class Host(NodeId node)
    {
        public NodeId Node { get; } = node;

        /// <summary>Streams that it has, or gets in this plan.</summary>
        public int Count { get; private set; }

        /// <summary>Of them those that balance may take away.</summary>
        public Stack<StreamId> Movable { get; } = new();

        public void Keep() => Count++;

        public void Lose() => Count--;
    }
}
