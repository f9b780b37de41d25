namespace LeitherCluster.Runtime.Membership;

/// <content>Asking others whether they are there, for oneself and for others.</content>
public sealed partial class NodeMembership
{
    private readonly ProbeBook _probes;
    private readonly Queue<Relay> _relays = new();
    private ulong _relaySequence = RelayBit;
    private long _probeDueMs;

    /// <summary>The probes for others are numbered apart from the own ones.</summary>
    private const ulong RelayBit = 1UL << 63;

    /// <summary>
    /// Whom this node probes: the members that follow it in the order of names, and all that somebody votes against, so that the others' opinion is formed
    /// at once. While it joins, everybody at work.
    /// </summary>
    private void ChooseTargets()
    {
        if (_self is not { } self)
        {
            return;
        }

        Member[] others = [.. _view.Table.Members.Where(member => member.State < MemberState.Down && member.Id != self).OrderBy(static member => member.Id, NodeOrder.Instance)];
        bool isJoining = _view.Table.Find(self)!.State == MemberState.Joining;
        IEnumerable<Member> following = others.Where(member => NodeOrder.Instance.Compare(member.Id, self) > 0)
            .Concat(others.Where(member => NodeOrder.Instance.Compare(member.Id, self) < 0));
        HashSet<NodeId> targets =
        [
            .. following.Where(member => !isJoining || member.State != MemberState.Joining)
                .Take(isJoining ? int.MaxValue : Timing.ProbeTargetsCount)
                .Select(static member => member.Id),
            .. _view.Votes.Select(static vote => vote.Suspect).Where(suspect => suspect != self),
        ];
        _probes.Probe(targets);
    }

    private void BeginProbes()
    {
        int suspects = _probes.Suspects.Count();
        foreach (ProbeStep step in _probes.BeginRound())
        {
            RefOf(step.Node).Tell(new Ping(step.Node, step.Sequence, _view.Table.Version), Self);
            if (step.AlsoIndirectly)
            {
                AskThirdNodes(step);
            }
        }

        if (_probes.Suspects.Count() > suspects)
        {
            // A vote is cast on a table that is read now.
            Read();
        }
    }

    private void AskThirdNodes(ProbeStep step)
    {
        NodeId[] thirds = [.. _view.Table.Members
            .Where(member => member.State is MemberState.Up or MemberState.Leaving && member.Id != step.Node && member.Id != _self && !_probes.IsDoubtful(member.Id))
            .Select(static member => member.Id)];
        int asked = Math.Min(Timing.IndirectProbesCount, thirds.Length);
        for (int i = 0; i < asked; i++)
        {
            int drawn = i + (int)Context.Chance.Next((ulong)(thirds.Length - i));
            (thirds[i], thirds[drawn]) = (thirds[drawn], thirds[i]);
            RefOf(thirds[i]).Tell(new ProbeFor(step.Node, step.Sequence), Self);
        }
    }

    private void OnPing(Ping ping)
    {
        if (ping.To == _self)
        {
            Sender.Tell(new Pong(ping.To, ping.Sequence, _view.Table.Version), Self);
        }

        ReadIfNewer(ping.Version);
    }

    private void OnPong(Pong pong)
    {
        ReadIfNewer(pong.Version);
        if (pong.Sequence < RelayBit)
        {
            _probes.Heard(pong.From, pong.Sequence, directly: true);
            if (_self is { } self && _view.Table.Find(self)?.State == MemberState.Joining && Unreached().Count == 0)
            {
                Read();
            }

            return;
        }

        if (_relays.FirstOrDefault(relay => relay.Sequence == pong.Sequence && relay.Target == pong.From) is { } relay)
        {
            relay.Asker.Tell(new ProbeHeard(relay.Target, relay.AskersSequence), Self);
        }
    }

    private void OnProbeFor(ProbeFor probe)
    {
        if (_isInDoubt || _self is not { } self || probe.Target == self || _view.Table.Find(probe.Target) is not { State: < MemberState.Down })
        {
            return;
        }

        if (_relays.Count == _options.RelaysMax)
        {
            _relays.Dequeue();
        }

        _relays.Enqueue(new Relay(++_relaySequence, probe.Target, Sender, probe.Sequence));
        RefOf(probe.Target).Tell(new Ping(probe.Target, _relaySequence, _view.Table.Version), Self);
    }

    /// <summary>All that the table knows hear of its new version, those that are down too: they stop then.</summary>
    private void TellNews(MemberTable table)
    {
        foreach (Member member in table.Members.Where(member => member.State < MemberState.Removed && member.Id.Name != _options.Name))
        {
            RefOf(member.Id).Tell(new MembershipNews(table.Version), Self);
        }
    }

    private IActorRef RefOf(NodeId node) => _others.Ref(node, ActorPath.Root(node.Name).Child("user").Child(ActorName));

    private sealed record Relay(ulong Sequence, NodeId Target, IActorRef Asker, ulong AskersSequence);
}
