namespace LeitherCluster.Runtime;

/// <summary>
/// The only handle on an actor. One actor has one reference for its whole life, restarts included, so references
/// compare by identity; an actor spawned later under the same name has another one.
/// Delivery is at most once and in order per sender and receiver.
/// </summary>
public interface IActorRef
{
    /// <summary>Where the actor stands in its system's tree.</summary>
    ActorPath Path { get; }

    /// <summary>
    /// Puts <paramref name="message"/> into the actor's mailbox and returns at once. What cannot be delivered (stopped actor,
    /// full mailbox) becomes a <see cref="DeadLetter"/> that names the reason. <paramref name="sender"/> is who gets the answer.
    /// </summary>
    void Tell(object message, IActorRef? sender = null);

    /// <summary>
    /// Like <see cref="Tell"/>, but a full mailbox or a stopped actor is answered with false, nothing is published, and the
    /// message stays the caller's: the way to be pushed back.
    /// </summary>
    bool TryTell(object message, IActorRef? sender = null);
}
