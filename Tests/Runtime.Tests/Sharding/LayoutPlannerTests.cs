using System.Collections.Frozen;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;
using static LeitherCluster.Tests.Runtime.Sharding.PlanCase;

namespace LeitherCluster.Tests.Runtime.Sharding;

public sealed class LayoutPlannerTests
{
    private static readonly StreamId s_root = Stream(2, 0);

    [Fact]
    public void Plan_EmptyLayout_GivesTheRootToTheOldestAndEachTheSameOfBranches()
    {
        PlannerInput input = Input([Up("b", 2), Up("a", 1), Up("c", 3)], [], branches: 8) with { MovesMax = 0 };
        IReadOnlyList<ShardMove> moves = LayoutPlanner.Plan(input);
        Assert.Equal("a", moves.Single(static move => move.Stream == s_root).To.Name);
        Assert.Equal([3, 3, 2], moves.Where(static move => move.Stream != s_root).GroupBy(static move => move.To.Name).OrderBy(static g => g.Key).Select(static g => g.Count()));
    }

    [Fact]
    public void Plan_NodeDownWhileAPulseIsOpen_MovesItsStreamsAndNoOther()
    {
        Member dead = Up("c", 3) with { State = MemberState.Down };
        PlannerInput input = Input([Up("a", 1), Up("b", 2), dead], [("a", [0, 1, 2, 3]), ("b", []), ("c", [4, 5])], branches: 6) with { MovesMax = 0 };
        Assert.Equal([(s_root.Index, "a"), (4U, "b"), (5U, "b")], LayoutPlanner.Plan(input).Select(static move => (move.Stream.Index, move.To.Name)));
    }

    [Fact]
    public void Plan_NodeBack_GetsItsShareAFewAtATime()
    {
        PlannerInput input = Input([Up("a", 1), Up("b", 2)], [("a", [0, 1, 2, 3, 4, 5])], branches: 6, root: "a") with { MovesMax = 2 };
        Assert.Equal([(5U, "b"), (4U, "b")], LayoutPlanner.Plan(input).Select(static move => (move.Stream.Index, move.To.Name)));
    }

    [Fact]
    public void Plan_OwnersEarlierLife_IsAsGoodAsDead()
    {
        PlannerInput input = Input([Up("a", 1), Up("b", 2) with { Id = new NodeId("b", 2) }], [("a", [0, 1]), ("b", [2, 3])], branches: 4, root: "a");
        Assert.Equal([(2U, 2U), (3U, 2U)], LayoutPlanner.Plan(input).Select(static move => (move.Stream.Index, move.To.Incarnation)));
    }

    [Fact]
    public void Plan_NodeLeaving_EmptiesItWithinTheBoundBeforeBalancing()
    {
        Member leaving = Up("c", 3) with { State = MemberState.Leaving };
        PlannerInput input = Input([Up("a", 1), Up("b", 2), leaving], [("a", [0, 1, 2]), ("b", []), ("c", [3, 4, 5])], branches: 6, root: "c") with { MovesMax = 3 };
        Assert.Equal([(s_root, "a"), (Stream(1, 3), "b"), (Stream(1, 4), "b")], LayoutPlanner.Plan(input).Select(static move => (move.Stream, move.To.Name)));
    }

    [Fact]
    public void Plan_NobodyKeepsRoots_RootStaysAndBranchesGoOn()
    {
        Member dead = Up("b", 2) with { State = MemberState.Down };
        PlannerInput input = Input([Up("a", 1) with { Roles = MemberRoles.Branch }, dead], [("a", [0]), ("b", [1])], branches: 2, root: "b");
        Assert.Equal([Stream(1, 1)], LayoutPlanner.Plan(input).Select(static move => move.Stream));
    }

    [Fact]
    public void Plan_PinAndDrain_AreFulfilledThoughBalanceWouldHaveItOtherwise()
    {
        PlannerInput input = Input([Up("a", 1), Up("b", 2), Up("c", 3)], [("a", [0, 1]), ("b", [2, 3]), ("c", [4, 5])], branches: 6, root: "a");
        ShardMove pinned = Assert.Single(LayoutPlanner.Plan(input with { MovesMax = 1, Wishes = [new PlacementWish.Pin(Stream(1, 0), "b")] }));
        Assert.Equal((Stream(1, 0), "b"), (pinned.Stream, pinned.To.Name));
        Assert.Equal(
            [(Stream(1, 4), "a"), (Stream(1, 5), "b")],
            LayoutPlanner.Plan(input with { Wishes = [new PlacementWish.Drain("c")] }).Select(static move => (move.Stream, move.To.Name)));
    }

    private static Member Up(string name, ulong joinedAt) => new(new NodeId(name, 1), $"{name}:1", MemberRoles.All, "1", MemberState.Up, joinedAt);

    private static PlannerInput Input(Member[] members, (string Node, int[] Branches)[] owners, int branches, string? root = null)
    {
        Dictionary<StreamId, ShardOwner> layout = owners
            .SelectMany(static owner => owner.Branches.Select(branch => (Stream: Stream(1, branch), owner.Node)))
            .ToDictionary(static owned => owned.Stream, static owned => new ShardOwner(new NodeId(owned.Node, 1), 1));
        if (root is not null)
        {
            layout.Add(s_root, new ShardOwner(new NodeId(root, 1), 1));
        }

        PlannedStream[] streams = [new(s_root, true), .. Enumerable.Range(0, branches).Select(static branch => new PlannedStream(Stream(1, branch), false))];
        return new PlannerInput(new MemberTable(1, members), new ShardLayout(1, layout.ToFrozenDictionary()), streams);
    }
}
