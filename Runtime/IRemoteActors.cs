using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Runtime;

/// <summary>Reaches the actors of other nodes.</summary>
public interface IRemoteActors
{
    /// <summary>
    /// A reference to whatever actor stands at <paramref name="path"/> (its root bears the node's name) on another node when a message arrives there.
    /// It takes an <see cref="IWireMessage"/> and nothing else, delivers it at most once and in order (an <see cref="IBulkMessage"/> in order among its
    /// like), and drops what is told to a life of a node that is over, an earlier one of this node
    /// among them. Making one costs no traffic; two for the same actor are the same to use.
    /// </summary>
    /// <exception cref="ArgumentException">The node is this life of this one: its actors are told directly.</exception>
    IActorRef Ref(NodeId node, ActorPath path);
}

/// <summary>Something was told to another node that is no <see cref="IWireMessage"/>.</summary>
public sealed class NoWireMessageException(object message, ActorPath to)
    : Exception($"{message?.GetType().Name} cannot go to {to} on another node: it is no wire message");
