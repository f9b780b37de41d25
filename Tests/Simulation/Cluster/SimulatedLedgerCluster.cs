using LeitherCluster.Actors;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Actors.Nodes;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Persistence.Sealed;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Simulation.Checks;
using LeitherCluster.Tests.Simulation.Clients;
using LeitherCluster.Tests.Simulation.Mutants;

namespace LeitherCluster.Tests.Simulation.Cluster;

/// <summary>Several simulated nodes with one ledger in a database that they share, watched by a witness after every step.</summary>
internal sealed class SimulatedLedgerCluster : IDisposable, IMessageInterceptor
{
    private const int EventsMax = 96;

    private readonly Queue<string> _events = new();
    private readonly Dictionary<SimulatedNode, LedgerSystem> _ledgers = [];
    private readonly Dictionary<string, BeatNumber> _announced = [];
    private readonly Dictionary<BeatNumber, PulseSummary> _told = [];
    private readonly ClusterMutant _mutant;
    private Term _term;
    private SimulatedNode? _cutOffNext;

    public SimulatedLedgerCluster(Scenario scenario, int nodeCount, int traceLength = 128, ClusterMutant? mutant = null, int parts = 1)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        _mutant = mutant ?? new ClusterMutant();
        Scenario = scenario;
        Cluster = new SimulatedCluster(scenario.Seed, new SimulationOptions { TraceLength = traceLength }) { Interceptor = this };
        Witness = new Witness(scenario, () => Cluster.NowTicks);
        Database = new SimulatedDatabase(Cluster, Cluster.Chance.Fork())
        {
            IsFenced = _mutant.IsFenced,
            Parts = parts,
            OnGroup = OnGroup,
            OnLayout = OnLayout,
        };
        Members = new ClusterMembers(Cluster, Cluster.Chance.Fork()) { OnGivenUp = OnGivenUp, IsDatabaseAway = () => Database!.IsAway };
        for (int i = 0; i < nodeCount; i++)
        {
            Cluster.AddNode($"n{i}", Boot, new SimulatedNodeOptions { JournalBufferBytesMax = 32 << 20, LogLevel = ActorLogLevel.Error });
        }

        Traffic = new Traffic(scenario, Cluster.Chance.Fork(), Witness, CommittedTime, () => Cluster.NowTicks);
        Cluster.AfterStep = AfterStep;
    }

    public Scenario Scenario { get; }

    public SimulatedCluster Cluster { get; }

    public SimulatedDatabase Database { get; }

    public ClusterMembers Members { get; }

    public IReadOnlyList<SimulatedNode> Nodes => Cluster.Nodes;

    public Witness Witness { get; }

    public Traffic Traffic { get; }

    /// <summary>Whether an actor may fail of this; by default only of what an observer injected, and of having been overtaken.</summary>
    public Func<Exception, bool> IsExpected { get; set; } =
        static failure => failure is InjectedFailureException or JournalFailedException { Outcome: JournalOutcome.Fenced };

    /// <summary>Runs after every step, before the witness is asked.</summary>
    public Action? AfterEachStep { get; set; }

    /// <summary>What should move, as the leader sees it.</summary>
    public PlanMoves Plan { get; init; } = PlainPlanner.Plan;

    /// <summary>Shown every message that an actor is about to handle.</summary>
    public Action<object>? OnTold { get; set; }

    /// <summary>Told of every layout as it becomes durable.</summary>
    public Action<Runtime.Sharding.ShardLayout>? OnMoved { get; set; }

    /// <summary>Called when a node that was given up stops.</summary>
    public Action<SimulatedNode>? OnStopped { get; set; }

    public bool AllRun => Nodes.All(node => node.IsUp && GatewayOf(node)?.Status.State == LedgerState.Running);

    public LedgerGateway? GatewayOf(SimulatedNode node) => _ledgers.GetValueOrDefault(node)?.Gateway;

    public bool IsRoot(SimulatedNode node) => Database.Layout.Owners.GetValueOrDefault(LedgerStreams.Root(Scenario.Parameters.Ledger)).Node == ClusterMembers.IdOf(node);

    /// <summary>Asks the root to pause, as a coordinator does.</summary>
    public void PauseRoot()
    {
        SimulatedNode root = Nodes.First(IsRoot);
        _ledgers[root].Guardian.Tell(new PausePulse(Database.Layout.Version));
    }

    /// <summary>A node does not reach the database any more as soon as the next windows that it seals are in it.</summary>
    public void CutOffWhenSealed(SimulatedNode node) => _cutOffNext = node;

    /// <summary>Runs until the condition holds; a breach of that when it does not within the time.</summary>
    public void Until(Func<bool> condition, TimeSpan timeMax, Rule rule, string what)
    {
        RunEnd end = Cluster.RunUntil(condition, timeMax);
        Witness.Require(end == RunEnd.ConditionMet, rule, $"{end}, and it never came about that {what}; {DescribeNodes()}");
        ThrowIfBroken();
    }

    public string DescribeNodes() => string.Join("; ", Nodes.Select(node => $"{node.Name}#{node.Incarnation} {(node.IsUp ? GatewayOf(node)?.Status.State.ToString() : "down")} {GatewayOf(node)?.Status.Reason}"));

    /// <summary>What to read when a rule is broken.</summary>
    public string Report(string breach) => $"{breach}\n{Scenario}\n{Describe(Database.Layout)}\n{string.Join('\n', _events)}\n{Cluster.Report()}";

    public void ThrowIfBroken()
    {
        if (Witness.Violation is { } violation)
        {
            throw violation;
        }
    }

    public void Note(string what)
    {
        _events.Enqueue($"{Cluster.NowTicks / 10_000.0,12:F4} ms {what}");
        if (_events.Count > EventsMax)
        {
            _events.Dequeue();
        }
    }

    /// <summary>A term that begins finishes what is sealed: branches that had not sealed yet do so in the next beat, whatever was due.</summary>
    public object? OnMessage(in SimulatedMessage message)
    {
        if (message.Message is JoinTerm join && join.Term > _term)
        {
            _term = join.Term;
            Witness.Disturbances++;
        }

        OnTold?.Invoke(message.Message);
        return _mutant.OnMessage(message);
    }

    public void Dispose() => Cluster.Dispose();

    private string Describe(Runtime.Sharding.ShardLayout layout) =>
        string.Join(", ", LedgerLayout.StreamsOf(Scenario.Parameters).Select(stream => $"{stream.Kind}.{stream.Index}:{layout.Owners.GetValueOrDefault(stream).Node}/{layout.Owners.GetValueOrDefault(stream).Epoch}"));

    private Timestamp CommittedTime() => Witness.AnnouncedAt.UnixMs != 0 ? Witness.AnnouncedAt : new Timestamp((ulong)Nodes[0].Clock.UtcNowMs);

    private void AfterStep()
    {
        Traffic.Poll();
        AfterEachStep?.Invoke();
        ThrowIfBroken();
    }

    /// <summary>A branch that moved with a beat open may have closed that beat as empty.</summary>
    private void OnLayout(Runtime.Sharding.ShardLayout layout)
    {
        Note($"layout {layout.Version}: {Describe(layout)}");
        Witness.Disturbances++;
        OnMoved?.Invoke(layout);
    }

    private void OnGroup(string writer, IReadOnlyList<CommittedBlock> group)
    {
        foreach (CommittedBlock block in group)
        {
            Runtime.Sharding.ShardOwner owner = Database.Layout.Owners.GetValueOrDefault(block.Key.Stream);
            Witness.Require(
                owner.Node.Name == writer && owner.Epoch == block.Epoch, Rule.OneOwner, $"{writer} wrote {block.Key} under epoch {block.Epoch}, which {owner} owns");
        }

        Witness.OnGroup(group);
        if (_cutOffNext is { } node && node.Name == writer && group.Any(static block => block.Key.Kind == LedgerStreams.SealedBlock))
        {
            _cutOffNext = null;
            Database.CutOff.Add(node.Name);
        }
    }

    private void Boot(SimulatedNode node)
    {
        Note($"boot {node.Name}#{node.Incarnation}");
        node.OnDown(() => OnDown(node));
        IJournalStore journal = _mutant.Journal(Database.OpenJournal(node.Name, node.Buffers));
        node.AttachJournal(journal);
        Members.Join(node);
        ISealedIndex index = SealedIndex.Open(node.Disk, node.Chance, Scenario.Index);
        var options = new LedgerOptions
        {
            Parameters = Scenario.Parameters,
            Bookkeeper = Parties.OfThread.Bookkeeper,
            Committee = Parties.OfThread.Committee,
            Places = index,
            Node = node.Name,
            PulseCycle = Scenario.Cycle,
            IngressCount = Scenario.IngressCount,
            Signatures = Scenario.Signatures,
            PulsesPerSnapshot = Scenario.PulsesPerSnapshot,
            PulsesPerCompaction = Scenario.PulsesPerSnapshot,
            PulsesRetained = Scenario.PulsesRetained,
            WindowFramesMax = Scenario.WindowFramesMax,
        };
        var seat = new ClusterSeat
        {
            Node = ClusterMembers.IdOf(node),
            Remote = node.RemoteActors,
            Layouts = _mutant.Layouts(Database.OpenLayout(node)),
            Plan = Plan,
            Members = Members.Table,
        };
        LedgerSystem ledger = LedgerSystem.Join(node.System, options, seat);
        _ledgers[node] = ledger;
        node.System.EventStream.Subscribe<PulseSummary>(pulse => OnAnnounced(node, pulse));
        node.System.EventStream.Subscribe<ActorFailed>(failed => OnActorFailed(node, failed));
    }

    /// <summary>
    /// Every node tells of beats in rising order. What the root tells is checked against what is durable, unless it only passes on what the root before it told.
    /// </summary>
    private void OnAnnounced(SimulatedNode node, PulseSummary pulse)
    {
        string life = ClusterMembers.IdOf(node).ToString();
        Witness.Require(pulse.Beat > _announced.GetValueOrDefault(life), Rule.BeatsRise, $"{life} announces beat {pulse.Beat} after {_announced.GetValueOrDefault(life)}");
        _announced[life] = pulse.Beat;
        bool isOldNews = _told.TryGetValue(pulse.Beat, out PulseSummary? told) && told == pulse;
        if (IsRoot(node) && !isOldNews)
        {
            Witness.OnAnnounced(pulse);
        }

        _told.TryAdd(pulse.Beat, pulse);
    }

    private void OnDown(SimulatedNode node)
    {
        Note($"down {node.Name}");
        if (_ledgers.Remove(node, out LedgerSystem? ledger))
        {
            Traffic.OnDown(ledger.Gateway);
            ledger.Dispose();
        }

        Members.Suspect(node, () => true);
    }

    private void OnGivenUp(SimulatedNode node)
    {
        Note($"{node.Name}#{node.Incarnation} hears that it is down");
        OnStopped?.Invoke(node);
    }

    private void OnActorFailed(SimulatedNode node, ActorFailed failed)
    {
        Note($"{failed.Actor.Path} failed at {failed.Message?.GetType().Name}, {failed.Directive}: {failed.Exception.Message}");
        Witness.Require(IsExpected(failed.Exception), Rule.NothingElseFails, $"{node.Name}: {failed.Actor.Path} failed at {failed.Message}: {failed.Exception}");
    }
}
