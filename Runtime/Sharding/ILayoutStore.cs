namespace LeitherCluster.Runtime.Sharding;

/// <summary>
/// Where the layout is kept: in the database that holds the journal, since the epochs in it are the fence of what is written there. Answers come by
/// message; a lost answer is followed by a read.
/// </summary>
public interface ILayoutStore
{
    /// <summary>Reads the layout: <see cref="LayoutRead"/> or <see cref="LayoutUnavailable"/>.</summary>
    void Read(IActorRef replyTo);

    /// <summary>
    /// Gives the streams their new owners, each under an epoch above any it had, and raises the version, all at once, if the version is still
    /// <paramref name="expectedVersion"/>: <see cref="LayoutAdvanced"/>, <see cref="LayoutConflict"/> or <see cref="LayoutUnavailable"/>. After the last
    /// one it may or may not have happened.
    /// </summary>
    void Advance(ulong expectedVersion, IReadOnlyList<ShardMove> moves, IActorRef replyTo);
}

/// <summary>The layout as it is.</summary>
public sealed record LayoutRead(ShardLayout Layout) : IControlMessage;

/// <summary>The layout after the change.</summary>
public sealed record LayoutAdvanced(ShardLayout Layout) : IControlMessage;

/// <summary>Somebody else changed it first; nothing was done.</summary>
public sealed record LayoutConflict(ShardLayout Current) : IControlMessage;

/// <summary>The database did not answer.</summary>
public sealed record LayoutUnavailable(string Reason) : IControlMessage;
