namespace LeitherCluster.Runtime.Sharding;

/// <summary>A message for one entity, sent to its region; the entity gets <paramref name="Message"/> with the original sender.</summary>
public sealed record ShardEnvelope<TId>(TId EntityId, object Message) : IReleasable
    where TId : notnull, IEquatable<TId>
{
    /// <summary>It reaches no region: what is in it is released.</summary>
    public void Release() => (Message as IReleasable)?.Release();
}

/// <summary>
/// An entity's wish to leave memory, told to its parent, the region. The region stops passing messages on, sends the entity
/// <paramref name="StopMessage"/> (on which it stops itself), and buffers what arrives meanwhile for the next incarnation.
/// </summary>
public sealed record Passivate(object StopMessage) : IControlMessage;

/// <summary>Tells the region to stop an entity (as in <see cref="Passivate"/>, with the region's stop message).</summary>
public sealed record StopEntity<TId>(TId EntityId) : IControlMessage
    where TId : notnull, IEquatable<TId>;

/// <summary>Asks a region for <see cref="ShardRegionStats"/>.</summary>
public sealed record GetShardRegionStats : IControlMessage
{
    public static GetShardRegionStats Instance { get; } = new();
}

/// <summary>What a region holds and has done since it started.</summary>
/// <param name="Live">Entities in memory.</param>
/// <param name="Passivating">Of them on their way out.</param>
/// <param name="Buffered">Messages waiting for a next incarnation.</param>
/// <param name="Started">Entities started.</param>
/// <param name="Passivated">Entities that left memory.</param>
/// <param name="Refused">Messages that found a buffer full.</param>
public sealed record ShardRegionStats(int Live, int Passivating, int Buffered, long Started, long Passivated, long Refused);

/// <summary>Decides where an entity lives. Must say the same for an id until its home moves.</summary>
public interface IShardPlacement<TId>
    where TId : notnull, IEquatable<TId>
{
    /// <summary>The region of another node that is the entity's home; null when it is this region.</summary>
    IActorRef? RemoteHome(TId entityId);
}

/// <summary>One node: every entity lives here.</summary>
public sealed class LocalPlacement<TId> : IShardPlacement<TId>
    where TId : notnull, IEquatable<TId>
{
    public static LocalPlacement<TId> Instance { get; } = new();

    public IActorRef? RemoteHome(TId entityId) => null;
}

/// <summary>The shape and bounds of a region.</summary>
public sealed record ShardRegionOptions<TId>
    where TId : notnull, IEquatable<TId>
{
    /// <summary>The recipe for an entity. The entity's name is its id as text.</summary>
    public required Func<TId, Props> EntityProps { get; init; }

    public IShardPlacement<TId> Placement { get; init; } = LocalPlacement<TId>.Instance;

    /// <summary>What an entity is sent on passivation that the region decided; it must stop itself on it. Default: <see cref="PoisonPill"/>.</summary>
    public object StopMessage { get; init; } = PoisonPill.Instance;

    /// <summary>An entity without a message for that long is passivated; null: never.</summary>
    public TimeSpan? IdleAfter { get; init; }

    /// <summary>Most entities in memory; beyond it the least recently used is passivated.</summary>
    public int LiveMax { get; init; } = int.MaxValue;

    /// <summary>An entity that has not stopped that long after its stop message is stopped by force.</summary>
    public TimeSpan StopWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most messages buffered for one entity between two incarnations; beyond it they become dead letters.</summary>
    public int BufferPerEntityMax { get; init; } = 1_024;

    /// <summary>Most messages buffered in the whole region.</summary>
    public int BufferMax { get; init; } = 65_536;
}
