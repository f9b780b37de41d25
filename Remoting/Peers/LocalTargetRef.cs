using LeitherCluster.Runtime;

namespace LeitherCluster.Remoting.Peers;

/// <summary>An actor of this node that comes back to it as the sender of a message that another node forwarded.</summary>
internal sealed class LocalTargetRef(RemotingCore core, LocalTarget target) : IActorRef
{
    public ActorPath Path => target.Path;

    public void Tell(object message, IActorRef? sender = null)
    {
        if (target.FindAgain() is { } actor)
        {
            actor.Tell(message, sender);
        }
        else
        {
            core.System.DeadLetters.Tell(new DeadLetter(message, sender ?? ActorRefs.Nobody, this, DeadLetterReason.Stopped));
        }
    }

    public bool TryTell(object message, IActorRef? sender = null) => target.FindAgain() is { } actor && actor.TryTell(message, sender);

    public override string ToString() => Path.ToString();
}
