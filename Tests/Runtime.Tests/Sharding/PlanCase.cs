using System.Collections.Frozen;
using FsCheck;
using FsCheck.Fluent;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Tests.Runtime.Sharding;

/// <summary>Any members in any states, any layout over them and over others, and any wishes; made from a seed.</summary>
public sealed record PlanCase(int Seed, int Members, int Branches, int Roots, int MovesMax, bool HasWishes)
{
    internal static Arbitrary<PlanCase> Any { get; } = Cases(Gen.Elements(true, false));

    internal static Arbitrary<PlanCase> WithoutWishes { get; } = Cases(Gen.Constant(false));

    internal static StreamId Stream(ushort kind, int index) => new(new byte[StreamId.ScopeSize], kind, (uint)index);

    internal PlannerInput Input()
    {
        var random = new Random(Seed);
        MemberState[] states = [MemberState.Up, MemberState.Up, MemberState.Up, MemberState.Up, MemberState.Leaving, MemberState.Down, MemberState.Joining, MemberState.Removed];
        MemberRoles[] roles = [MemberRoles.All, MemberRoles.All, MemberRoles.All, MemberRoles.Branch, MemberRoles.Trunk, MemberRoles.Ingress];
        List<Member> members = [];
        for (int i = 0; i < Members; i++)
        {
            members.Add(new Member(new NodeId($"n{i}", 1 + (uint)random.Next(3)), $"n{i}:1", roles[random.Next(roles.Length)], "1", states[random.Next(states.Length)], (ulong)(Members - i)));
        }

        PlannedStream[] streams = [.. Enumerable.Range(0, Branches).Select(i => new PlannedStream(Stream(1, i), false)), .. Enumerable.Range(0, Roots).Select(i => new PlannedStream(Stream(2, i), true))];
        Dictionary<StreamId, ShardOwner> owners = [];
        foreach (PlannedStream stream in streams.Where(_ => random.Next(6) > 0))
        {
            NodeId owner = members.Count > 0 && random.Next(10) > 0 ? members[random.Next(members.Count)].Id : new NodeId("gone", 1);
            owners.Add(stream.Stream, new ShardOwner(owner, 1 + (uint)random.Next(5)));
        }

        return new PlannerInput(new MemberTable(9, members), new ShardLayout(4, owners.ToFrozenDictionary()), streams) { MovesMax = MovesMax, Wishes = Wishes(random, streams) };
    }

    private PlacementWish[] Wishes(Random random, PlannedStream[] streams)
    {
        if (!HasWishes || Members == 0)
        {
            return [];
        }

        IEnumerable<PlacementWish> pins = streams.Where(_ => random.Next(5) == 0).Select(stream => new PlacementWish.Pin(stream.Stream, $"n{random.Next(Members)}"));
        return [.. pins, new PlacementWish.Drain($"n{random.Next(Members)}")];
    }

    private static Arbitrary<PlanCase> Cases(Gen<bool> hasWishes) => (
        from seed in Gen.Choose(0, int.MaxValue)
        from members in Gen.Choose(0, 8)
        from branches in Gen.Choose(0, 40)
        from roots in Gen.Choose(0, 3)
        from movesMax in Gen.Choose(0, 9)
        from wishes in hasWishes
        select new PlanCase(seed, members, branches, roots, movesMax, wishes)).ToArbitrary();
}
