using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Runtime.Membership;

/// <summary>Looks at the table after every change of it, and at the nodes after every step.</summary>
internal sealed class MemberWitness : IMessageInterceptor
{
    /// <summary>Trouble may show itself so much later: a heartbeat's limit, and some slow answers.</summary>
    private static readonly TimeSpan CauseMax = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(8);

    private readonly MemberCluster _cluster;
    private readonly HashSet<NodeId> _seen = [];
    private readonly Dictionary<SimulatedNode, long> _troubleTicks = [];
    private readonly Dictionary<SimulatedNode, Shadow> _shadows = [];
    private readonly Dictionary<NodeId, long> _downTicks = [];
    private readonly Dictionary<NodeId, long> _beatTicks = [];
    private readonly HashSet<NodeId> _givenUp = [];
    private long _storeTroubleTicks = long.MinValue / 2;
    private readonly Queue<string> _history = new();
    private ShardLayout _layout = ShardLayout.Empty;
    private bool _isNetworkTroubled;
    private long _networkTroubleTicks = long.MinValue / 2;

    public MemberWitness(MemberCluster cluster)
    {
        _cluster = cluster;
        cluster.Store.OnChange = OnChange;
        cluster.Database.OnLayout = OnLayout;
        cluster.Cluster.AfterStep = AfterStep;
        cluster.Cluster.Interceptor = this;
    }

    /// <summary>The changes of the table so far.</summary>
    public long Changes { get; private set; }

    public long Downs { get; private set; }

    /// <summary>The last changes, a line each: when, who, what.</summary>
    public string History => string.Join('\n', _history);

    /// <summary>Between two nodes messages are lost, or late, from now on, or until now.</summary>
    public bool IsNetworkTroubled
    {
        get => _isNetworkTroubled;
        set
        {
            _isNetworkTroubled = value;
            _networkTroubleTicks = _cluster.Cluster.NowTicks;
        }
    }

    /// <summary>Something has been done to that node: it was ended, stood still, or lost its own way to the database.</summary>
    public void Trouble(SimulatedNode node) => _troubleTicks[node] = _cluster.Cluster.NowTicks;

    /// <summary>The database answers some nodes late or never: now, and for that long.</summary>
    public void TroubleStore(TimeSpan time) => _storeTroubleTicks = Math.Max(_storeTroubleTicks, (_cluster.Cluster.Now + time).Ticks);

    /// <summary>Somebody has asked for that member to be declared down.</summary>
    public void GiveUp(NodeId node) => _givenUp.Add(node);

    /// <summary>The node has stood still: until it has read the table, it does nothing.</summary>
    public void BeginShadow(SimulatedNode node)
    {
        Trouble(node);
        if (node.IsUp)
        {
            _shadows[node] = new Shadow(node.Incarnation);
        }
    }

    public object? OnMessage(in SimulatedMessage message)
    {
        object? passed = _cluster.Mutant.OnMessage(message);
        if (_shadows.TryGetValue(message.Node, out Shadow? shadow) && message.Message is MembershipSeen seen && shadow.Ticket is { } ticket && seen.Ticket >= ticket)
        {
            _shadows.Remove(message.Node);
        }

        return passed;
    }

    /// <summary>A node asks the table for something.</summary>
    public void OnQuestion(SimulatedNode node, ulong ticket, StoreQuestion what)
    {
        if (what == StoreQuestion.Beat && _cluster[node].Self is { } self)
        {
            _beatTicks[self] = _cluster.Cluster.NowTicks;
        }

        if (!_shadows.TryGetValue(node, out Shadow? shadow) || shadow.Incarnation != node.Incarnation)
        {
            return;
        }

        Require(what == StoreQuestion.Read, MemberRule.PauseIsNoticed, $"{node.Name} stood still, and writes before it reads");
        shadow.Ticket ??= ticket;
    }

    public static void Require(bool holds, MemberRule rule, string what)
    {
        if (!holds)
        {
            throw new MemberRuleBrokenException(rule, what);
        }
    }

    private void OnChange(SimulatedNode by, MembershipView before, MembershipView after)
    {
        Changes++;
        Remember(by, before, after);
        Require(after.Table.Version == before.Table.Version + 1, MemberRule.VersionRises, $"from {before.Table.Version} to {after.Table.Version}");
        foreach (Member member in after.Table.Members)
        {
            OnRow(by, before, member, after.Table);
        }

        IEnumerable<string> living = after.Table.Members.Where(static member => member.State < MemberState.Down).Select(static member => member.Id.Name);
        Require(living.Distinct().Count() == living.Count(), MemberRule.OneLifeOfAName, string.Join(", ", living));
    }

    private void OnLayout(ShardLayout layout)
    {
        foreach ((StreamId stream, ShardOwner owner) in layout.Owners)
        {
            ShardOwner before = _layout.Owners.GetValueOrDefault(stream);
            Require(owner == before || owner.Epoch > before.Epoch, MemberRule.EpochRises, $"{stream} goes from {before} to {owner}");
        }

        _layout = layout;
    }

    private void Remember(SimulatedNode by, MembershipView before, MembershipView after)
    {
        const int LinesMax = 40;
        IEnumerable<string> rows = after.Table.Members.Where(member => before.Table.Find(member.Id)?.State != member.State).Select(static member => $"{member.Id} {member.State}");
        IEnumerable<string> cast = after.Votes.Where(vote => !before.Votes.Any(old => (old.Suspect, old.Voter) == (vote.Suspect, vote.Voter))).Select(static vote => $"vote on {vote.Suspect}");
        _history.Enqueue($"{_cluster.Cluster.Now} version {after.Table.Version} by {by.Name}: {string.Join(", ", rows.Concat(cast))}");
        if (_history.Count > LinesMax)
        {
            _history.Dequeue();
        }
    }

    private void OnRow(SimulatedNode by, MembershipView view, Member after, MemberTable table)
    {
        if (view.Table.Find(after.Id) is not { } before)
        {
            Require(_seen.Add(after.Id), MemberRule.NobodyComesBack, $"{after.Id} comes a second time");
            return;
        }

        Require(after.State >= before.State, MemberRule.NobodyComesBack, $"{after.Id} goes from {before.State} to {after.State}");
        bool isDown = after.State == MemberState.Down && before.State < MemberState.Down;
        bool isSuperseded = table.Members.Any(member => member.Id.Name == after.Id.Name && member.Id.Incarnation > after.Id.Incarnation);
        if (isDown)
        {
            Downs++;
            _downTicks[after.Id] = _cluster.Cluster.NowTicks;
        }

        if (isDown && !isSuperseded)
        {
            SimulatedNode node = _cluster.Nodes.Single(node => node.Name == after.Id.Name);
            Require(HasCause(node), MemberRule.DownHasACause, $"{by.Name} declares {after.Id} down");
            RequireVotes(by, view, after.Id);
        }
    }

    /// <summary>Judged only where it is certain who writes heartbeats, and unless the suspect has written none for long.</summary>
    private void RequireVotes(SimulatedNode by, MembershipView view, NodeId suspect)
    {
        long now = _cluster.Cluster.NowTicks;
        MembershipTiming timing = _cluster.Timing;
        if (_givenUp.Contains(suspect)
            || now - _storeTroubleTicks < CauseMax.Ticks
            || AgeMs(suspect) >= timing.HeartbeatLimitMs - (2 * timing.HeartbeatMs))
        {
            return;
        }

        NodeId[] canVote =
        [
            .. view.Table.Members
                .Where(member => member.State is MemberState.Up or MemberState.Leaving && member.Id != suspect && AgeMs(member.Id) < timing.VoterSilenceMs - timing.HeartbeatMs)
                .Select(static member => member.Id),
        ];
        int votes = canVote.Count(voter => voter == _cluster[by].Self || view.Votes.Any(vote => vote.Suspect == suspect && vote.Voter == voter));
        int needed = canVote.Length < 2 ? canVote.Length : Math.Max(2, (canVote.Length / 2) + 1);
        Require(votes >= needed, MemberRule.DownIsOutvoted, $"{by.Name} declares {suspect} down with {votes} votes of {canVote.Length}");

        long AgeMs(NodeId node) => (now - _beatTicks.GetValueOrDefault(node, now)) / TimeSpan.TicksPerMillisecond;
    }

    private bool HasCause(SimulatedNode node) =>
        IsNetworkTroubled
        || !node.IsUp
        || _cluster.Cluster.NowTicks - _networkTroubleTicks < CauseMax.Ticks
        || (_troubleTicks.TryGetValue(node, out long at) && _cluster.Cluster.NowTicks - at < CauseMax.Ticks);

    private void AfterStep()
    {
        foreach (SimulatedNode node in _cluster.Nodes)
        {
            if (_shadows.TryGetValue(node, out Shadow? shadow) && !node.IsPaused)
            {
                if (!node.IsUp || node.Incarnation != shadow.Incarnation)
                {
                    _shadows.Remove(node);
                }
                else
                {
                    Require(_cluster[node].Standing is not { IsSure: true }, MemberRule.PauseIsNoticed, $"{node.Name} stood still, and is sure of itself before it has read the table");
                }
            }

            if (node.IsUp && !node.IsPaused && _cluster[node].Self is { } self && _downTicks.TryGetValue(self, out long downTicks))
            {
                long since = Math.Max(Math.Max(downTicks, _troubleTicks.GetValueOrDefault(node)), _storeTroubleTicks);
                Require(_cluster.Cluster.NowTicks - since < StopMax.Ticks || _cluster.Store.FaultsOf(node).IsAway, MemberRule.OvertakenStops, $"{self} is down and goes on");
            }
        }
    }

    private sealed class Shadow(int incarnation)
    {
        public int Incarnation { get; } = incarnation;

        /// <summary>Of the first reading since.</summary>
        public ulong? Ticket { get; set; }
    }
}
