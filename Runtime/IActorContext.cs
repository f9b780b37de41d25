using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Runtime;

/// <summary>
/// All that an actor may touch besides its own state. Belongs to one actor and may be used from its handlers only.
/// </summary>
public interface IActorContext
{
    IActorRef Self { get; }

    /// <summary>Sender of the message at hand; <see cref="ActorRefs.Nobody"/> without one.</summary>
    IActorRef Sender { get; }

    IActorRef Parent { get; }

    IActorSystem System { get; }

    /// <summary>Starts a child. Throws <see cref="InvalidActorNameException"/> when a living child has the name.</summary>
    IActorRef Spawn(Props props, string name);

    /// <summary>The living child with that name, or null.</summary>
    IActorRef? Child(string name);

    /// <summary>The living children in the order in which they were spawned.</summary>
    IReadOnlyCollection<IActorRef> Children { get; }

    /// <summary>
    /// Stops an actor of this system after the message it is handling; what its mailbox holds becomes dead letters.
    /// Its children stop first.
    /// </summary>
    void Stop(IActorRef actor);

    /// <summary>Asks for a <see cref="Terminated"/> message when the actor has stopped for good (at once if it has already).</summary>
    void Watch(IActorRef actor);

    /// <summary>Takes <see cref="Watch"/> back; after it no Terminated of that actor arrives any more.</summary>
    void Unwatch(IActorRef actor);

    /// <summary>Tells <paramref name="message"/> on behalf of the present sender.</summary>
    void Forward(IActorRef target, object message);

    /// <summary>
    /// Sends <paramref name="message"/> with a sender of its own; the first answer comes back as <see cref="AskReply"/>, or
    /// after <paramref name="timeout"/> comes <see cref="AskTimeout"/>, never both. Neither reaches a later incarnation.
    /// </summary>
    void Ask(IActorRef target, object message, TimeSpan timeout, object replyTag);

    /// <summary>
    /// From now on a <see cref="ReceiveTimeout"/> message arrives whenever no other message did for that long; null switches it off.
    /// </summary>
    void SetReceiveTimeout(TimeSpan? timeout);

    ITimers Timers { get; }

    IStash Stash { get; }

    IClock Clock { get; }

    IChance Chance { get; }

    IJournal Journal { get; }

    IActorLog Log { get; }
}
