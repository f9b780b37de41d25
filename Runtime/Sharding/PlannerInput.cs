using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Runtime.Sharding;

/// <summary>A stream that must have an owner.</summary>
/// <param name="IsRoot">whether it needs a node that may keep roots and trunks; otherwise one that keeps branches</param>
public readonly record struct PlannedStream(StreamId Stream, bool IsRoot);

/// <summary>What an operator wants otherwise than balance would have it. It holds for the plans that it is given to.</summary>
public abstract record PlacementWish
{
    private PlacementWish()
    {
    }

    /// <summary>The stream is to live on the node of that name, if that one is at work and may have it.</summary>
    public sealed record Pin(StreamId Stream, string Node) : PlacementWish;

    /// <summary>The node of that name is to have nothing, as far as there is another one that may.</summary>
    public sealed record Drain(string Node) : PlacementWish;
}

/// <summary>All that a plan depends on.</summary>
/// <param name="Members">who is there</param>
/// <param name="Layout">who owns what now</param>
/// <param name="Streams">everything that must have an owner, each once; what the layout knows besides is left alone</param>
public sealed record PlannerInput(MemberTable Members, ShardLayout Layout, IReadOnlyCollection<PlannedStream> Streams)
{
    /// <summary>
    /// Most moves of streams whose owner lives. 0 while a pulse is open, in which nobody who lives may lose a stream. Streams without an owner
    /// that lives are placed at once, however many there are.
    /// </summary>
    public int MovesMax { get; init; } = 16;

    /// <summary>What operators want.</summary>
    public IReadOnlyCollection<PlacementWish> Wishes { get; init; } = [];
}
