using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Runtime.Simulation;

/// <summary>How a simulated database behaves towards one node. Probabilities are per question, from 0 to 1.</summary>
public sealed record StoreFaults
{
    public static StoreFaults None { get; } = new();

    /// <summary>A question takes from a tenth of this up to this to get there, and its answer as long.</summary>
    public TimeSpan LatencyMax { get; init; } = TimeSpan.FromMilliseconds(3);

    /// <summary>Nothing reaches the database; that shows after a time of up to <see cref="AwayAnswerMax"/>.</summary>
    public bool IsAway { get; init; }

    public TimeSpan AwayAnswerMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The question takes effect, and its answer is lost: the node hears that the database is away.</summary>
    public double AnswerLost { get; init; }

    /// <summary>The question takes effect, and no answer comes at all.</summary>
    public double AnswerSwallowed { get; init; }
}

/// <summary>
/// The table of members in the memory of a simulation, shared by its nodes: it outlives them, and each reaches it over a connection of its own, with
/// that connection's faults. What a node asked before it crashed may still take effect.
/// </summary>
public sealed class SimulatedMembershipStore(SimulatedCluster cluster)
{
    private readonly SimulatedChance _chance = cluster.Chance.Fork();
    private readonly Dictionary<(NodeId Suspect, NodeId Voter), long> _expiries = [];
    private MembershipView _stored = MembershipView.Empty;

    /// <summary>How the database behaves towards a node; by default without faults.</summary>
    public Func<SimulatedNode, StoreFaults> FaultsOf { get; set; } = static _ => StoreFaults.None;

    /// <summary>Called with every change that is made, before and after, and who asked for it.</summary>
    public Action<SimulatedNode, MembershipView, MembershipView>? OnChange { get; set; }

    /// <summary>The table as of now.</summary>
    public MembershipView View => _stored with
    {
        Votes =
        [
            .. _stored.Votes
                .Select(vote => vote with { LifetimeMs = (int)((_expiries[(vote.Suspect, vote.Voter)] - cluster.NowTicks) / TimeSpan.TicksPerMillisecond) })
                .Where(static vote => vote.LifetimeMs > 0),
        ],
    };

    /// <summary>The table as one node reaches it.</summary>
    public IMembershipStore For(SimulatedNode node) => new Connection(this, node);

    private MembershipAnswer Change(SimulatedNode node, ulong ticket, ulong expectedVersion, MembershipChange change)
    {
        if (_stored.Table.Version != expectedVersion)
        {
            return new MembershipConflict(ticket, View);
        }

        MembershipView before = View;
        _stored = change.ApplyTo(before);
        foreach (SuspicionVote vote in change.Votes)
        {
            _expiries[(vote.Suspect, vote.Voter)] = cluster.NowTicks + (vote.LifetimeMs * TimeSpan.TicksPerMillisecond);
        }

        OnChange?.Invoke(node, before, _stored);
        return new MembershipWritten(ticket, View);
    }

    private MembershipRead Beat(ulong ticket, NodeId node)
    {
        if (_stored.Table.Find(node) is { State: < MemberState.Down })
        {
            _stored = _stored with { Heartbeats = [.. _stored.Heartbeats.Select(beat => beat.Node == node ? beat with { Number = beat.Number + 1 } : beat)] };
        }

        return new MembershipRead(ticket, View);
    }

    private sealed class Connection(SimulatedMembershipStore store, SimulatedNode node) : IMembershipStore
    {
        public void Read(ulong ticket, IActorRef replyTo) => Ask("read members", ticket, replyTo, () => new MembershipRead(ticket, store.View));

        public void Change(ulong ticket, ulong expectedVersion, MembershipChange change, IActorRef replyTo) =>
            Ask("change members", ticket, replyTo, () => store.Change(node, ticket, expectedVersion, change));

        public void Beat(ulong ticket, NodeId self, IActorRef replyTo) => Ask("heartbeat", ticket, replyTo, () => store.Beat(ticket, self));

        private void Ask(string what, ulong ticket, IActorRef replyTo, Func<MembershipAnswer> effect)
        {
            int incarnation = node.Incarnation;
            node.Cluster.After(Latency(), () =>
            {
                StoreFaults faults = store.FaultsOf(node);
                MembershipAnswer answer = Effect(what, ticket, faults, effect, out TimeSpan delay);
                if (store._chance.Hits(faults.AnswerSwallowed))
                {
                    node.Cluster.Faults.Note("answer swallowed", what);
                    return;
                }

                node.Cluster.After(delay, () =>
                {
                    if (node.IsUp && node.Incarnation == incarnation)
                    {
                        replyTo.Tell(answer);
                    }
                });
            });
        }

        private MembershipAnswer Effect(string what, ulong ticket, StoreFaults faults, Func<MembershipAnswer> effect, out TimeSpan delay)
        {
            delay = faults.IsAway ? TimeSpan.FromTicks(store._chance.Between(0, faults.AwayAnswerMax.Ticks)) : Latency();
            if (faults.IsAway)
            {
                node.Cluster.Faults.Note("database away", what);
                return new MembershipUnavailable(ticket, "the simulated database is away");
            }

            MembershipAnswer answer = effect();
            if (!store._chance.Hits(faults.AnswerLost))
            {
                return answer;
            }

            node.Cluster.Faults.Note("answer lost", what);
            return new MembershipUnavailable(ticket, "the connection broke");
        }

        private TimeSpan Latency()
        {
            long max = store.FaultsOf(node).LatencyMax.Ticks;
            return TimeSpan.FromTicks(store._chance.Between(max / 10, max));
        }
    }
}
