using LeitherCluster.Runtime.Core;

namespace LeitherCluster.Runtime.Simulation;

/// <summary>
/// An actor of another node as seen from one: by path, found when a message arrives, or one certain reference (a sender to answer).
/// It is gone when the incarnation is that it was made for; 0 stands for any.
/// </summary>
internal sealed class SimulatedRemoteRef(SimulatedNode from, SimulatedNode to, ActorPath path, IActorRef? exact, int incarnation) : IActorRef
{
    public SimulatedNode From { get; } = from;

    public SimulatedNode To { get; } = to;

    public ActorPath Path { get; } = path;

    private IActorRef? ExactRef => exact;

    private int ExactIncarnation => incarnation;

    /// <summary>How a sender on <paramref name="home"/> looks from <paramref name="viewer"/>: local there, remote elsewhere.</summary>
    public static IActorRef? SeenFrom(SimulatedNode viewer, SimulatedNode home, IActorRef? sender) => sender switch
    {
        null => null,
        SimulatedRemoteRef remote when remote.To == viewer => remote.Resolve() ?? ActorRefs.Nobody,
        SimulatedRemoteRef remote => new SimulatedRemoteRef(viewer, remote.To, remote.Path, remote.ExactRef, remote.ExactIncarnation),
        EngineRef when viewer == home => sender,
        EngineRef => new SimulatedRemoteRef(viewer, home, sender.Path, sender, home.Incarnation),
        _ => sender,
    };

    public void Tell(object message, IActorRef? sender = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message is not IWireMessage)
        {
            throw new NoWireMessageException(message, Path);
        }

        From.Cluster.Network.Send(this, message, sender);
    }

    /// <summary>The network takes everything; what becomes of it nobody knows.</summary>
    public bool TryTell(object message, IActorRef? sender = null)
    {
        Tell(message, sender);
        return true;
    }

    /// <summary>The actor on its own node, or null when there is none now.</summary>
    public IActorRef? Resolve()
    {
        if (!To.IsUp || (incarnation != 0 && incarnation != (exact is null ? To.NodeIncarnation : To.Incarnation)))
        {
            return null;
        }

        return exact ?? To.System.Find(Path);
    }

    public override string ToString() => $"{Path} from {From.Name}";
}
