namespace LeitherCluster.Runtime.Membership;

/// <summary>
/// Who is probed, and who does not answer. Probes go out in rounds: one that was not answered, directly or through a third node, when the next round
/// begins has been missed. No time is kept here; rounds are the time.
/// </summary>
internal sealed class ProbeBook(int missedMax)
{
    private readonly SortedDictionary<NodeId, Target> _targets = new(NodeOrder.Instance);
    private ulong _sequence;

    /// <summary>Those that missed as many probes in a row as make a suspicion.</summary>
    public IEnumerable<NodeId> Suspects => _targets.Where(target => target.Value.Missed >= missedMax).Select(static target => target.Key);

    /// <summary>Those that missed their last probe at least.</summary>
    public bool IsDoubtful(NodeId node) => _targets.TryGetValue(node, out Target? target) && target.Missed > 0;

    public bool IsSuspect(NodeId node) => _targets.TryGetValue(node, out Target? target) && target.Missed >= missedMax;

    /// <summary>Whether the node has answered this one itself since it is probed.</summary>
    public bool WasReached(NodeId node) => _targets.TryGetValue(node, out Target? target) && target.IsReached;

    /// <summary>From now on exactly these are probed; what is known of those that stay is kept.</summary>
    public void Probe(IReadOnlySet<NodeId> nodes)
    {
        foreach (NodeId gone in _targets.Keys.Where(node => !nodes.Contains(node)).ToArray())
        {
            _targets.Remove(gone);
        }

        foreach (NodeId node in nodes)
        {
            _targets.TryAdd(node, new Target());
        }
    }

    /// <summary>Begins a round, and says whom to ping with which number.</summary>
    public IReadOnlyList<ProbeStep> BeginRound()
    {
        List<ProbeStep> steps = new(_targets.Count);
        foreach ((NodeId node, Target target) in _targets)
        {
            target.Missed = target.IsOpen ? Math.Min(target.Missed + 1, missedMax) : target.Missed;
            target.IsOpen = true;
            target.Previous = target.Sequence;
            target.Sequence = ++_sequence;
            steps.Add(new ProbeStep(node, target.Sequence, target.Missed > 0));
        }

        return steps;
    }

    /// <summary>An answer to the newest probe of the node, or to the one before it; older ones say nothing of now.</summary>
    public void Heard(NodeId node, ulong sequence, bool directly)
    {
        if (_targets.TryGetValue(node, out Target? target) && (sequence == target.Sequence || (sequence == target.Previous && sequence > 0)))
        {
            target.IsOpen = false;
            target.Missed = 0;
            target.IsReached |= directly;
        }
    }

    /// <summary>This node stood still: what it has not heard says nothing.</summary>
    public void Forgive()
    {
        foreach (Target target in _targets.Values)
        {
            target.IsOpen = false;
            target.Missed = 0;
        }
    }

    private sealed class Target
    {
        public ulong Sequence { get; set; }

        public ulong Previous { get; set; }

        public bool IsOpen { get; set; }

        public int Missed { get; set; }

        public bool IsReached { get; set; }
    }
}

/// <summary>One probe to be sent.</summary>
/// <param name="AlsoIndirectly">whether third nodes are to be asked too</param>
internal readonly record struct ProbeStep(NodeId Node, ulong Sequence, bool AlsoIndirectly);
