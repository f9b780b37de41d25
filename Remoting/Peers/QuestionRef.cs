using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime;

namespace LeitherCluster.Remoting.Peers;

/// <summary>A question of this node that comes back to it as the sender of a message that another node forwarded.</summary>
internal sealed class QuestionRef(RemotingCore core, ActorPath path, ulong number) : IActorRef
{
    /// <summary>Stands for a question's path, which nobody looks for.</summary>
    public const string PathName = "question";

    public ActorPath Path { get; } = path;

    public void Tell(object message, IActorRef? sender = null)
    {
        if (!TryTell(message, sender))
        {
            core.System.DeadLetters.Tell(new DeadLetter(message, sender ?? ActorRefs.Nobody, this, DeadLetterReason.Stopped));
        }
    }

    public bool TryTell(object message, IActorRef? sender = null)
        => core.Questions.Take(number & ~FrameHeader.QuestionBit) is { } asker && asker.TryTell(message, sender);

    public override string ToString() => Path.ToString();
}
