using LeitherCluster.Actors;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Tests.Simulation.Cluster;

/// <summary>
/// The simplest plan that keeps the rules: root and acceptances go to the oldest member, branches to whoever has fewest; what has a living owner moves one
/// branch at a time, from whoever has two more than another.
/// </summary>
internal static class PlainPlanner
{
    public static IReadOnlyList<ShardMove> Plan(MemberTable table, ShardLayout layout, IReadOnlyList<StreamId> streams)
    {
        NodeId[] up = [.. table.Up.Select(static member => member.Id)];
        if (up.Length == 0)
        {
            return [];
        }

        var counts = up.ToDictionary(static node => node, static _ => 0);
        var orphans = new List<StreamId>();
        foreach (StreamId stream in streams)
        {
            if (!layout.Owners.TryGetValue(stream, out ShardOwner owner) || !counts.TryGetValue(owner.Node, out int count))
            {
                orphans.Add(stream);
            }
            else if (stream.Kind == LedgerStreams.BranchKind)
            {
                counts[owner.Node] = count + 1;
            }
        }

        var moves = new List<ShardMove>();
        foreach (StreamId stream in orphans)
        {
            NodeId to = stream.Kind == LedgerStreams.BranchKind ? up.MinBy(node => counts[node]) : up[0];
            counts[to] += stream.Kind == LedgerStreams.BranchKind ? 1 : 0;
            moves.Add(new ShardMove(stream, to));
        }

        return moves.Count != 0 ? moves : Balance(layout, streams, up, counts);
    }

    private static ShardMove[] Balance(ShardLayout layout, IReadOnlyList<StreamId> streams, NodeId[] up, Dictionary<NodeId, int> counts)
    {
        NodeId fullest = up.MaxBy(node => counts[node]);
        NodeId emptiest = up.MinBy(node => counts[node]);
        return counts[fullest] < counts[emptiest] + 2
            ? []
            : [new ShardMove(streams.First(stream => stream.Kind == LedgerStreams.BranchKind && layout.Owners[stream].Node == fullest), emptiest)];
    }
}
