namespace LeitherCluster.Runtime;

/// <summary>
/// A message that a full mailbox never refuses: the answers an actor asked for itself, and the steps of a protocol that admits
/// one of a kind at a time. Whoever defines one says what bounds its number.
/// </summary>
public interface IControlMessage;

/// <summary>
/// A message that owns memory outside the garbage collector. Its receiver releases it; the engine does when it reaches no
/// living actor.
/// </summary>
public interface IReleasable
{
    void Release();
}

/// <summary>The watched actor has stopped for good. Comes after all that it sent.</summary>
public sealed record Terminated(IActorRef Actor) : IControlMessage;

/// <summary>No message came for the time set by <see cref="IActorContext.SetReceiveTimeout"/>.</summary>
public sealed record ReceiveTimeout : IControlMessage
{
    public static ReceiveTimeout Instance { get; } = new();
}

/// <summary>Stops its receiver when it has handled what was in the mailbox before.</summary>
public sealed record PoisonPill : IControlMessage
{
    public static PoisonPill Instance { get; } = new();
}

/// <summary>The answer to an <see cref="IActorContext.Ask"/>.</summary>
public sealed record AskReply(object Tag, object Message, IActorRef From) : IControlMessage;

/// <summary>An <see cref="IActorContext.Ask"/> found no answer in time. A later one is dropped.</summary>
public sealed record AskTimeout(object Tag, IActorRef Target) : IControlMessage;

/// <summary>Published when an actor did not know a message.</summary>
public sealed record UnhandledMessage(object Message, IActorRef Sender, IActorRef Recipient);

/// <summary>Published when a handler threw: who, on what, and what its supervisor decided. The message is gone.</summary>
public sealed record ActorFailed(IActorRef Actor, Exception Exception, object? Message, SupervisorDirective Directive);

/// <summary>Why a message reached nobody.</summary>
public enum DeadLetterReason
{
    /// <summary>The recipient has stopped, or there never was one.</summary>
    Stopped = 0,

    /// <summary>The recipient's mailbox was full.</summary>
    MailboxFull = 1,

    /// <summary>The recipient could not stash it any more.</summary>
    StashFull = 2,

    /// <summary>A shard region's buffer for an entity between two incarnations was full.</summary>
    BufferFull = 3,

    /// <summary>The recipient's node cannot be reached now, or its life is over.</summary>
    Unreachable = 4,

    /// <summary>As much waits for the recipient's node as may.</summary>
    SendQueueFull = 5,
}

/// <summary>Published when a message reached nobody.</summary>
public sealed record DeadLetter(object Message, IActorRef Sender, IActorRef Recipient, DeadLetterReason Reason);
