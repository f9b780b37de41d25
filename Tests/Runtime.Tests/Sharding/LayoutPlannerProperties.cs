using System.Collections.Frozen;
using FsCheck;
using FsCheck.Fluent;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Tests.Runtime.Sharding;

/// <summary>What holds of every plan, for any members, layout and wishes.</summary>
public sealed class LayoutPlannerProperties
{
    [Fact]
    public void Plan_AnyInput_MovesEachStreamOnceToAnotherMemberAtWorkWithItsRole() => Prop.ForAll(PlanCase.Any, plan =>
    {
        PlannerInput input = plan.Input();
        IReadOnlyList<ShardMove> moves = LayoutPlanner.Plan(input);
        return moves.Select(static move => move.Stream).Distinct().Count() == moves.Count
            && moves.All(move => input.Members.Find(move.To) is { State: MemberState.Up } member
                && member.Roles.HasFlag(RoleOf(input, move.Stream))
                && (!input.Layout.Owners.TryGetValue(move.Stream, out ShardOwner owner) || owner.Node != move.To));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Plan_AnyInput_PlacesAllThatHaveNoLivingOwnerAndMovesNoMoreThanAllowedBesides() => Prop.ForAll(PlanCase.Any, plan =>
    {
        PlannerInput input = plan.Input();
        HashSet<StreamId> moved = [.. LayoutPlanner.Plan(input).Select(static move => move.Stream)];
        StreamId[] orphans = [.. input.Streams.Where(stream => !IsOwned(input, stream.Stream) && Hosts(input, stream.IsRoot).Length > 0).Select(static stream => stream.Stream)];
        return orphans.All(moved.Contains) && moved.Count - orphans.Length <= input.MovesMax;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Plan_SameInputInAnyOrder_IsTheSamePlan() => Prop.ForAll(PlanCase.Any, plan =>
    {
        PlannerInput input = plan.Input();
        var random = new Random(plan.Seed + 1);
        Member[] members = [.. input.Members.Members];
        PlannedStream[] streams = [.. input.Streams];
        random.Shuffle(members);
        random.Shuffle(streams);
        PlannerInput shuffled = input with
        {
            Members = input.Members with { Members = members },
            Streams = streams,
            Layout = input.Layout with { Owners = input.Layout.Owners.Reverse().ToFrozenDictionary() },
        };
        return LayoutPlanner.Plan(input).SequenceEqual(LayoutPlanner.Plan(shuffled));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Plan_RoundAfterRound_EndsBalancedWithAsFewMovesAsThatTakes() => Prop.ForAll(PlanCase.WithoutWishes, plan =>
    {
        PlannerInput input = plan.Input() with { MovesMax = 1 + plan.MovesMax };
        long fewest = FewestMoves(input, isRoot: true) + FewestMoves(input, isRoot: false);
        long made = 0;
        for (IReadOnlyList<ShardMove> moves = LayoutPlanner.Plan(input); moves.Count > 0 && made <= fewest; moves = LayoutPlanner.Plan(input))
        {
            made += moves.Count;
            input = Apply(input, moves);
        }

        return made == fewest && IsBalanced(input, isRoot: true) && IsBalanced(input, isRoot: false);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Plan_RoundAfterRound_WishesAreFulfilledAndThenNothingMoves() => Prop.ForAll(PlanCase.Any, plan =>
    {
        PlannerInput input = plan.Input() with { MovesMax = 1 + plan.MovesMax };
        for (int round = 0; LayoutPlanner.Plan(input) is { Count: > 0 } moves; round++)
        {
            if (round > input.Streams.Count)
            {
                return false;
            }

            input = Apply(input, moves);
        }

        string drained = input.Wishes.OfType<PlacementWish.Drain>().SingleOrDefault()?.Node ?? "";
        return input.Streams.All(stream =>
        {
            Member[] hosts = Hosts(input, stream.IsRoot);
            Member[] wanted = [.. hosts.Where(host => host.Id.Name != drained)];
            Member[] allowed = wanted.Length > 0 ? wanted : hosts;
            string? pin = input.Wishes.OfType<PlacementWish.Pin>().LastOrDefault(pin => pin.Stream == stream.Stream)?.Node;
            NodeId owner = input.Layout.Owners.GetValueOrDefault(stream.Stream).Node;
            return allowed.Length == 0
                || (allowed.Any(host => host.Id == owner) && (!allowed.Any(host => host.Id.Name == pin) || owner.Name == pin));
        });
    }).QuickCheckThrowOnFailure();

    private static PlannerInput Apply(PlannerInput input, IReadOnlyList<ShardMove> moves)
    {
        Dictionary<StreamId, ShardOwner> owners = new(input.Layout.Owners);
        foreach (ShardMove move in moves)
        {
            owners[move.Stream] = new ShardOwner(move.To, owners.GetValueOrDefault(move.Stream).Epoch + 1);
        }

        return input with { Layout = new ShardLayout(input.Layout.Version + 1, owners.ToFrozenDictionary()) };
    }

    private static MemberRoles RoleOf(PlannerInput input, StreamId stream) =>
        input.Streams.Single(planned => planned.Stream == stream).IsRoot ? MemberRoles.Trunk : MemberRoles.Branch;

    private static Member[] Hosts(PlannerInput input, bool isRoot) =>
        [.. input.Members.Members.Where(member => member.State == MemberState.Up && member.Roles.HasFlag(isRoot ? MemberRoles.Trunk : MemberRoles.Branch))];

    private static bool IsOwned(PlannerInput input, StreamId stream) =>
        input.Layout.Owners.TryGetValue(stream, out ShardOwner owner) && input.Members.Find(owner.Node) is { State: MemberState.Up or MemberState.Leaving };

    /// <summary>Streams on members that may keep them stay as far as an even share allows; the largest shares go to who has most.</summary>
    private static long FewestMoves(PlannerInput input, bool isRoot)
    {
        Member[] hosts = Hosts(input, isRoot);
        StreamId[] streams = [.. input.Streams.Where(stream => stream.IsRoot == isRoot).Select(static stream => stream.Stream)];
        if (hosts.Length == 0)
        {
            return 0;
        }

        int[] has = [.. hosts.Select(host => streams.Count(stream => input.Layout.Owners.GetValueOrDefault(stream).Node == host.Id)).OrderDescending()];
        int stays = has.Select((count, i) => Math.Min(count, (streams.Length / hosts.Length) + (i < streams.Length % hosts.Length ? 1 : 0))).Sum();
        return streams.Length - stays;
    }

    private static bool IsBalanced(PlannerInput input, bool isRoot)
    {
        int[] has = [.. Hosts(input, isRoot).Select(host => input.Streams.Count(stream => stream.IsRoot == isRoot && input.Layout.Owners.GetValueOrDefault(stream.Stream).Node == host.Id))];
        return has.Length == 0 || (has.Max() - has.Min() <= 1 && has.Sum() == input.Streams.Count(stream => stream.IsRoot == isRoot));
    }
}
