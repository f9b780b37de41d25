using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Runtime.Simulation;

/// <summary>
/// The layout in the shared database, as one life of a node reaches it. A question takes its time on the way there and back; what has been asked for may
/// happen after the node is gone.
/// </summary>
internal sealed class SimulatedLayoutStore(SimulatedDatabase database, SimulatedNode node, SimulatedChance chance) : ILayoutStore
{
    private static readonly TimeSpan WayMax = TimeSpan.FromMilliseconds(2);

    private readonly int _incarnation = node.Incarnation;

    public void Read(IActorRef replyTo) => Later(() => Answer(
        replyTo,
        database.IsReachedBy(node.Name) ? new LayoutRead(database.Layout) : Unavailable("read layout")));

    public void Advance(ulong expectedVersion, IReadOnlyList<ShardMove> moves, IActorRef replyTo)
    {
        ShardMove[] copy = [.. moves];
        Later(() =>
        {
            if (!database.IsReachedBy(node.Name))
            {
                Answer(replyTo, Unavailable("advance layout"));
                return;
            }

            bool advanced = database.TryAdvance(expectedVersion, copy);
            object answer = advanced ? new LayoutAdvanced(database.Layout) : new LayoutConflict(database.Layout);
            Answer(replyTo, advanced && database.LosesAnswer("advance layout") ? new LayoutUnavailable("The connection was cut") : answer);
        });
    }

    private LayoutUnavailable Unavailable(string what)
    {
        database.Cluster.Faults.Note("database away", what);
        return new LayoutUnavailable("The database is away");
    }

    private void Answer(IActorRef replyTo, object answer) => Later(() =>
    {
        if (node.IsUp && node.Incarnation == _incarnation)
        {
            replyTo.Tell(answer);
        }
    });

    private void Later(Action action) => database.Cluster.After(TimeSpan.FromTicks(chance.Between(1, WayMax.Ticks) * Math.Max(1, node.Disk.SlowFactor)), action);
}
