namespace LeitherCluster.Runtime.Core;

internal enum PostResult
{
    Taken = 0,
    Full = 1,
    Stopped = 2,
}

/// <summary>
/// A cell's queue: a user lane, bounded but for control messages, and a system lane that goes first. Hosts differ in how a
/// waiting cell gets its turn.
/// </summary>
internal abstract class Mailbox
{
    /// <summary>Puts a user message in, from any thread.</summary>
    public abstract PostResult Post(in Envelope envelope);

    /// <summary>Puts a system message in, from any thread.</summary>
    public abstract void PostSystem(SystemMessage message);

    /// <summary>Next user message, in the cell's turn.</summary>
    public abstract bool TryTake(out Envelope envelope);

    /// <summary>User messages waiting.</summary>
    public abstract int Count { get; }

    /// <summary>The cell has become runnable again or has unstashed: see that it gets a turn. In the cell's turn.</summary>
    public abstract void Wake();
}
