namespace LeitherCluster.Actors.Nodes;

/// <summary>
/// How long ago this node surely owned its branches: when it reported in a beat that the root then ended. A node that was taken for dead, and knows nothing of it
/// yet, must refuse nobody from a state that is not the newest; what it accepts, the fence stops. Written by the exchange, read by the branches.
/// </summary>
/// <param name="freshForTicks">shorter than it takes the members to give up a silent node; null on a single node, which is always fresh</param>
public sealed class Freshness(long? freshForTicks)
{
    private long _confirmedTicks = long.MinValue / 2;

    /// <summary>Whether the node may refuse at this time of its monotonic clock.</summary>
    public bool IsFresh(long nowTicks) => freshForTicks is not { } freshFor || nowTicks - Interlocked.Read(ref _confirmedTicks) < freshFor;

    internal void Confirm(long ticks) => Interlocked.Exchange(ref _confirmedTicks, ticks);
}
