using System.Collections.Frozen;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Runtime.Sharding;

/// <summary>Who writes to a stream, and under which epoch.</summary>
public readonly record struct ShardOwner(NodeId Node, uint Epoch);

/// <summary>A stream that gets another owner.</summary>
public readonly record struct ShardMove(StreamId Stream, NodeId To);

/// <summary>
/// The owner of every stream of a cluster's ledgers, at one version. Whoever is in the newest layout may write, and nobody else: the database of the
/// journal refuses blocks under an older epoch.
/// </summary>
/// <param name="Version">raised by every change</param>
/// <param name="Owners">by stream; a stream that is not there has never had an owner</param>
public sealed record ShardLayout(ulong Version, FrozenDictionary<StreamId, ShardOwner> Owners)
{
    /// <summary>Nobody owns anything.</summary>
    public static ShardLayout Empty { get; } = new(0, FrozenDictionary<StreamId, ShardOwner>.Empty);

    /// <summary>The next version: each stream that moves gets its new owner, under an epoch above any it had.</summary>
    public ShardLayout Moved(IEnumerable<ShardMove> moves)
    {
        var owners = new Dictionary<StreamId, ShardOwner>(Owners);
        foreach (ShardMove move in moves)
        {
            owners[move.Stream] = new ShardOwner(move.To, owners.GetValueOrDefault(move.Stream).Epoch + 1);
        }

        return new ShardLayout(Version + 1, owners.ToFrozenDictionary());
    }
}
