using LeitherCluster.Runtime.Core;

namespace LeitherCluster.Runtime.Simulation;

/// <summary>How one direction between two nodes behaves. Probabilities are per message, from 0 to 1.</summary>
public sealed record LinkFaults
{
    public static LinkFaults None { get; } = new();

    public TimeSpan DelayMin { get; init; } = TimeSpan.FromTicks(1_000);

    public TimeSpan DelayMax { get; init; } = TimeSpan.FromMilliseconds(1);

    public double Loss { get; init; }

    public double Repeat { get; init; }

    /// <summary>Such a message may overtake those before it; the others keep their order.</summary>
    public double Reorder { get; init; }
}

/// <summary>
/// What lies between the nodes. Without faults it delivers at most once, in order per direction, after a drawn delay; to a node
/// that is down it delivers nothing. Faults are per direction, so that partitions may be one-way.
/// </summary>
public sealed class SimulatedNetwork
{
    private readonly SimulatedCluster _cluster;
    private readonly SimulatedChance _chance;
    private readonly Dictionary<(int From, int To), Link> _links = [];

    internal SimulatedNetwork(SimulatedCluster cluster, SimulatedChance chance)
    {
        _cluster = cluster;
        _chance = chance;
    }

    /// <summary>How directions without faults of their own behave.</summary>
    public LinkFaults Default { get; set; } = LinkFaults.None;

    /// <summary>Messages on their way.</summary>
    public int InFlight { get; private set; }

    /// <summary>Sets how one direction behaves; null: the default.</summary>
    public void SetLink(SimulatedNode from, SimulatedNode to, LinkFaults? faults) => LinkOf(from, to).Faults = faults;

    /// <summary>From now on nothing gets from one node to the other; what is on its way arrives.</summary>
    public void Block(SimulatedNode from, SimulatedNode to)
    {
        LinkOf(from, to).Blocked = true;
        _cluster.Faults.Note("one-way partition", "network");
    }

    /// <summary>Cuts two groups off from each other, both ways.</summary>
    public void Partition(IReadOnlyCollection<SimulatedNode> some, IReadOnlyCollection<SimulatedNode> others)
    {
        ArgumentNullException.ThrowIfNull(some);
        ArgumentNullException.ThrowIfNull(others);
        foreach (SimulatedNode a in some)
        {
            foreach (SimulatedNode b in others)
            {
                LinkOf(a, b).Blocked = true;
                LinkOf(b, a).Blocked = true;
            }
        }

        _cluster.Faults.Note("partition", "network");
    }

    /// <summary>Ends all partitions; the links' other faults stay.</summary>
    public void Heal()
    {
        foreach (Link link in _links.Values)
        {
            link.Blocked = false;
        }
    }

    internal void Send(SimulatedRemoteRef target, object message, IActorRef? sender)
    {
        Link link = LinkOf(target.From, target.To);
        LinkFaults faults = link.Faults ?? Default;
        object senderLane = _cluster.Current ?? target.From;
        IActorRef? answerTo = SimulatedRemoteRef.SeenFrom(target.To, target.From, sender);
        if (link.Blocked || _chance.Hits(faults.Loss))
        {
            _cluster.Faults.Note(link.Blocked ? "message blocked" : "message lost", message.GetType().Name);
            (message as IReleasable)?.Release();
            return;
        }

        Deliver(link, faults, target, message, answerTo, senderLane);
        if (message is not IReleasable && _chance.Hits(faults.Repeat))
        {
            _cluster.Faults.Note("message repeated", message.GetType().Name);
            Deliver(link, faults, target, message, answerTo, senderLane);
        }
    }

    private void Deliver(Link link, LinkFaults faults, SimulatedRemoteRef target, object message, IActorRef? sender, object senderLane)
    {
        long arrival = _cluster.NowTicks + _chance.Between(faults.DelayMin.Ticks, faults.DelayMax.Ticks);
        if (_chance.Hits(faults.Reorder))
        {
            _cluster.Faults.Note("message reordered", message.GetType().Name);
        }
        else
        {
            // One tick later than the one before: what is due at the same tick has no order.
            arrival = Math.Max(arrival, link.LastArrivalTicks + 1);
            link.LastArrivalTicks = arrival;
        }

        InFlight++;
        _cluster.Schedule(
            new ScheduledAction(() =>
            {
                InFlight--;
                Arrive(target, message, sender, senderLane);
            }),
            arrival);
    }

    private void Arrive(SimulatedRemoteRef target, object message, IActorRef? sender, object senderLane)
    {
        if (target.Resolve() is not { } actor)
        {
            _cluster.Faults.Note("node down", message.GetType().Name);
            (message as IReleasable)?.Release();
            return;
        }

        if (actor is LocalRef local)
        {
            PostResult result = ((SimulatedMailbox)local.Cell.Mailbox).Post(new Envelope(message, sender), senderLane);
            if (result != PostResult.Taken)
            {
                local.System.PublishDeadLetter(message, sender, local, result == PostResult.Full ? DeadLetterReason.MailboxFull : DeadLetterReason.Stopped);
            }
        }
        else
        {
            actor.Tell(message, sender);
        }
    }

    private Link LinkOf(SimulatedNode from, SimulatedNode to)
    {
        if (!_links.TryGetValue((from.Index, to.Index), out Link? link))
        {
            link = new Link();
            _links.Add((from.Index, to.Index), link);
        }

        return link;
    }

    private sealed class Link
    {
        public LinkFaults? Faults { get; set; }

        public bool Blocked { get; set; }

        public long LastArrivalTicks { get; set; } = -1;
    }
}
