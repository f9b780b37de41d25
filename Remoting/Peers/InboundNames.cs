using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Remoting.Peers;

/// <summary>An actor of this node that the other has a number for.</summary>
/// <param name="number">the actor's own number; 0 for whoever is at the path</param>
internal sealed class LocalTarget(IActorSystem system, ActorPath path, ulong number)
{
    private IActorRef? _found;

    public ActorPath Path { get; } = path;

    /// <summary>Its mailbox was full for too long; until it takes a message again nothing waits for it.</summary>
    public bool IsStuck { get; set; }

    /// <summary>The actor as last found, or looked for now; null when there is none.</summary>
    public IActorRef? Find() => _found ??= Look();

    /// <summary>Looks again: the one found before has stopped.</summary>
    public IActorRef? FindAgain() => _found = Look();

    private IActorRef? Look() => system.Find(Path) is { } actor && (number == 0 || Delivery.NumberOf(actor) == number) ? actor : null;
}

/// <summary>What a number stands for: an actor to tell to, or one that sends, or both.</summary>
internal readonly record struct InboundName(LocalTarget? Target, IActorRef? Sender);

/// <summary>The numbers that another node has given to actors on one connection.</summary>
internal sealed class InboundNames(RemotingCore core, Peer peer)
{
    private readonly List<InboundName> _names = [];

    /// <summary>Takes a definition in. False when it is malformed, or out of turn.</summary>
    public bool TryDefine(in FrameHeader header, ReadOnlySpan<byte> body)
    {
        if (header.Target != (ulong)_names.Count + 1 || _names.Count >= core.Options.NamesMax || !NameBody.TryRead(body, out ActorHome home, out NodeId other, out string path))
        {
            return false;
        }

        bool isQuestion = (header.Sender & FrameHeader.QuestionBit) != 0;
        if (!TryPath(home, other, isQuestion, path, out ActorPath? whole))
        {
            return false;
        }

        _names.Add(home switch
        {
            ActorHome.Writer => new InboundName(null, peer.RefTo(whole!, header.Sender)),
            ActorHome.Other when other != core.Own => new InboundName(null, new RemoteRef(core, other, whole!, header.Sender, core.Peers.Find(other))),
            _ when isQuestion => new InboundName(null, new QuestionRef(core, whole!, header.Sender)),
            _ => Own(whole!, header.Sender),
        });
        return true;
    }

    public void Forget() => _names.Clear();

    /// <summary>What a number stands for; null when it stands for nothing.</summary>
    public InboundName? Find(ulong number) => number - 1 < (ulong)_names.Count ? _names[(int)number - 1] : null;

    private bool TryPath(ActorHome home, NodeId other, bool isQuestion, string path, out ActorPath? whole)
    {
        ActorPath root = core.Root;
        if (home == ActorHome.Writer)
        {
            root = ActorPath.Root(peer.Id.Name);
        }
        else if (home == ActorHome.Other)
        {
            if (!Certificates.ClusterName.IsValid(other.Name))
            {
                whole = null;
                return false;
            }

            root = ActorPath.Root(other.Name);
        }

        return RelativePath.TryUnder(root, isQuestion ? QuestionRef.PathName : path, out whole);
    }

    private InboundName Own(ActorPath path, ulong number)
    {
        LocalTarget target = new(core.System, path, number);
        return new InboundName(target, new LocalTargetRef(core, target));
    }
}
