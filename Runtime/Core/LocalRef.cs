namespace LeitherCluster.Runtime.Core;

/// <summary>A reference that knows its system, so that hosts can ask through it.</summary>
internal abstract class EngineRef(ActorSystemCore system, ActorPath path) : IActorRef
{
    public ActorSystemCore System { get; } = system;

    public ActorPath Path { get; } = path;

    public abstract void Tell(object message, IActorRef? sender = null);

    public abstract bool TryTell(object message, IActorRef? sender = null);

    public sealed override string ToString() => Path.ToString();
}

/// <summary>Reference of an actor of this system: one object for the cell's whole life.</summary>
internal sealed class LocalRef(ActorSystemCore system, ActorPath path, ActorCell cell) : EngineRef(system, path)
{
    public ActorCell Cell { get; } = cell;

    public override void Tell(object message, IActorRef? sender = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        PostResult result = Cell.Mailbox.Post(new Envelope(message, sender));
        if (result != PostResult.Taken)
        {
            System.PublishDeadLetter(message, sender, this, ReasonOf(result));
        }
    }

    public override bool TryTell(object message, IActorRef? sender = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Cell.Mailbox.Post(new Envelope(message, sender)) == PostResult.Taken;
    }

    private static DeadLetterReason ReasonOf(PostResult result)
        => result == PostResult.Full ? DeadLetterReason.MailboxFull : DeadLetterReason.Stopped;
}

/// <summary>Where messages to nobody go.</summary>
internal sealed class DeadLetterRef(ActorSystemCore system, ActorPath path) : EngineRef(system, path)
{
    public override void Tell(object message, IActorRef? sender = null)
        => System.PublishDeadLetter(message as DeadLetter ?? new DeadLetter(message, sender ?? ActorRefs.Nobody, this, DeadLetterReason.Stopped));

    public override bool TryTell(object message, IActorRef? sender = null) => false;
}
