using System.Collections.Frozen;
using LeitherCluster.Actors;
using LeitherCluster.Hosting.Operators.Palettes;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Tests.Hosting.Operators;

public sealed class ClusterTailTests
{
    private static readonly NodeId s_a = new("a", 1);
    private static readonly NodeId s_b = new("b", 1);

    [Fact]
    public void Differences_NothingChanged_AreNone() => Assert.Empty(ClusterTail.Differences(Seen(1, MemberState.Up, true), Seen(1, MemberState.Up, true)));

    [Fact]
    public void Differences_MemberDies_SayThatItIsUnreachableThenDownAndWhatMoved()
    {
        Assert.Equal(["b#1 cannot be reached"], Texts(Seen(1, MemberState.Up, true), Seen(1, MemberState.Up, false)));
        Assert.Equal(
            ["b#1 at h:2 is down", "layout 2: a#1 has 2 branches and the root"],
            Texts(Seen(1, MemberState.Up, false), Seen(2, MemberState.Down, true)));
    }

    [Fact]
    public void Differences_FirstLook_SayAllThereIs() => Assert.Equal(
        ["a#1 at h:1 is up", "b#1 at h:2 is up", "a#1 leads", "layout 1: a#1 has 1 branches and the root, b#1 has 1 branches"],
        Texts(ClusterTail.Look.None, Seen(1, MemberState.Up, true)));

    private static string[] Texts(ClusterTail.Look before, ClusterTail.Look now) => [.. ClusterTail.Differences(before, now).Select(difference => difference.Text)];

    private static ClusterTail.Look Seen(ulong layout, MemberState other, bool isReachable)
    {
        var table = new MemberTable(3, [new Member(s_a, "h:1", MemberRoles.All, "1", MemberState.Up, 1), new Member(s_b, "h:2", MemberRoles.All, "1", other, 2)]);
        var owners = new Dictionary<StreamId, ShardOwner>
        {
            [Stream(LedgerStreams.RootKind, 0)] = new(s_a, 1),
            [Stream(LedgerStreams.BranchKind, 0)] = new(s_a, 1),
            [Stream(LedgerStreams.BranchKind, 1)] = new(other == MemberState.Up ? s_b : s_a, 1),
        };
        return new ClusterTail.Look(new MembershipStatus(s_a, table, isReachable ? [] : [s_b], [], true, true), new ShardLayout(layout, owners.ToFrozenDictionary()));
    }

    private static StreamId Stream(ushort kind, uint index) => new(new byte[StreamId.ScopeSize], kind, index);
}
