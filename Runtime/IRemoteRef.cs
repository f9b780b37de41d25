using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Runtime;

/// <summary>A reference to an actor of another node.</summary>
public interface IRemoteRef : IActorRef
{
    /// <summary>Where the actor is.</summary>
    NodeId Node { get; }

    /// <summary>The system that has this reference.</summary>
    IActorSystem SeenFrom { get; }
}
