namespace LeitherCluster.Runtime.Core;

/// <summary>What a mailbox holds: a message and who sent it.</summary>
internal readonly struct Envelope(object message, IActorRef? sender)
{
    public readonly object Message = message;
    public readonly IActorRef? Sender = sender;
}

/// <summary>
/// An entry of the user lane that the cell turns into the message to deliver, or into nothing when it has gone stale in the
/// mailbox: a cancelled timer's tick, an answer to an older incarnation, the end of an actor no longer watched.
/// Never refused: each is bounded by what the actor itself asked for.
/// </summary>
internal abstract class EngineMessage : IControlMessage
{
    /// <summary>The actor behind whose messages this one must come; null when the order does not matter.</summary>
    public virtual ActorCell? ComesAfter => null;

    /// <summary>Runs in the receiver's turn. Null: nothing to deliver.</summary>
    public abstract object? Unwrap(ActorCell receiver);
}

/// <summary>
/// Thrown by a host through an actor's handler to end the node at this very step; no supervision sees it.
/// </summary>
internal abstract class HostAbortException(string message) : Exception(message);
