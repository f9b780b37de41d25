using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Remoting.Peers;

/// <summary>
/// An actor of another node: whoever is at its path when a message comes there; or, when it was a sender, the very one that sent; or a question.
/// </summary>
/// <param name="number">0 for whoever is at the path; the actor's number; with <see cref="FrameHeader.QuestionBit"/> a question's</param>
internal sealed class RemoteRef(RemotingCore core, NodeId node, ActorPath path, ulong number, Peer? peer) : IRemoteRef, IEquatable<RemoteRef>
{
    private readonly int _hashCode = HashCode.Combine(node, path, number);
    private Peer? _peer = peer;

    public NodeId Node { get; } = node;

    public ActorPath Path { get; } = path;

    public ulong Number { get; } = number;

    public bool IsQuestion => (Number & FrameHeader.QuestionBit) != 0;

    public IActorSystem SeenFrom => core.System;

    public void Tell(object message, IActorRef? sender = null)
    {
        switch (Post(message, sender))
        {
            case PostOutcome.Unreachable:
                core.System.DeadLetters.Tell(new DeadLetter(message, sender ?? ActorRefs.Nobody, this, DeadLetterReason.Unreachable));
                break;
            case PostOutcome.Full:
                core.System.DeadLetters.Tell(new DeadLetter(message, sender ?? ActorRefs.Nobody, this, DeadLetterReason.SendQueueFull));
                break;
        }
    }

    public bool TryTell(object message, IActorRef? sender = null) => Post(message, sender) == PostOutcome.Taken;

    public bool Equals(RemoteRef? other)
        => ReferenceEquals(this, other) || (other is not null && Node == other.Node && Number == other.Number && Path.Equals(other.Path));

    public override bool Equals(object? obj) => Equals(obj as RemoteRef);

    public override int GetHashCode() => _hashCode;

    public override string ToString() => $"{Path} on {Node}";

    private PostOutcome Post(object message, IActorRef? sender)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message is not IWireMessage)
        {
            throw new NoWireMessageException(message, Path);
        }

        // One of a third node is looked up when it is first used: its node may not be known yet.
        _peer ??= core.Peers.Find(Node);
        PostOutcome outcome = _peer?.Post(this, message, sender) ?? PostOutcome.Unreachable;
        if (outcome == PostOutcome.Taken)
        {
            (message as IReleasable)?.Release();
        }

        return outcome;
    }
}

/// <summary>What became of a message for another node.</summary>
internal enum PostOutcome
{
    /// <summary>It is written down and waits to be sent.</summary>
    Taken = 0,

    /// <summary>As much waits for that node as may.</summary>
    Full = 1,

    /// <summary>That node's life is over, its address is not known, or it could not be reached a moment ago.</summary>
    Unreachable = 2,
}
