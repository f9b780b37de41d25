using LeitherCluster.Actors;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Tests.Simulation.Cluster;

/// <summary>Never content: streams without a living owner go where <see cref="PlainPlanner"/> puts them; when there are none, four branches and now and then the root move on.</summary>
internal static class RestlessPlanner
{
    private const int AtOnce = 4;
    private const ulong RootMovesEvery = 8;

    public static IReadOnlyList<ShardMove> Plan(MemberTable table, ShardLayout layout, IReadOnlyList<StreamId> streams)
    {
        NodeId[] up = [.. table.Up.Select(static member => member.Id)];
        if (up.Length < 2 || !streams.All(stream => layout.Owners.TryGetValue(stream, out ShardOwner owner) && up.Contains(owner.Node)))
        {
            return PlainPlanner.Plan(table, layout, streams);
        }

        StreamId[] branches = [.. streams.Where(static stream => stream.Kind == LedgerStreams.BranchKind)];
        IEnumerable<StreamId> moving = Enumerable.Range(0, AtOnce).Select(i => branches[(int)((layout.Version * AtOnce) + (ulong)i) % branches.Length]).Distinct();
        if (layout.Version % RootMovesEvery == 0)
        {
            moving = moving.Append(streams[0]);
        }

        return [.. moving.Select(stream => new ShardMove(stream, up[(Array.IndexOf(up, layout.Owners[stream].Node) + 1) % up.Length]))];
    }
}
