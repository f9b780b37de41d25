using LeitherCluster.Runtime.Core;

namespace LeitherCluster.Runtime;

/// <summary>What became of a message that was offered to an actor.</summary>
public enum OfferOutcome
{
    /// <summary>It is in the mailbox.</summary>
    Taken = 0,

    /// <summary>The mailbox is full; there may be room later. The message is still the caller's.</summary>
    Full = 1,

    /// <summary>The actor has stopped and takes nothing any more. The message is still the caller's.</summary>
    Stopped = 2,
}

/// <summary>For those who bring messages from outside a system to its actors. From any thread.</summary>
public static class Delivery
{
    /// <summary>Like <see cref="IActorRef.TryTell"/>, but tells a full mailbox from a stopped actor.</summary>
    public static OfferOutcome Offer(this IActorRef target, object message, IActorRef? sender)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(message);
        if (target is LocalRef local)
        {
            return local.Cell.Mailbox.Post(new Envelope(message, sender)) switch
            {
                PostResult.Taken => OfferOutcome.Taken,
                PostResult.Full => OfferOutcome.Full,
                _ => OfferOutcome.Stopped,
            };
        }

        return target.TryTell(message, sender) ? OfferOutcome.Taken : OfferOutcome.Stopped;
    }

    /// <summary>
    /// The number of an actor that can be found by its path, which no other actor of its system ever has; 0 for any other reference: a question's, or
    /// nobody's.
    /// </summary>
    public static ulong NumberOf(IActorRef actor) => actor is LocalRef local ? local.Cell.Number : 0;
}
