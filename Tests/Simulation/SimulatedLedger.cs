using LeitherCluster.Actors;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Persistence.Files;
using LeitherCluster.Persistence.Sealed;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Simulation.Checks;
using LeitherCluster.Tests.Simulation.Clients;
using LeitherCluster.Tests.Simulation.Mutants;

namespace LeitherCluster.Tests.Simulation;

/// <summary>A simulated node with a whole ledger on its disk, watched by a witness after every step.</summary>
internal sealed class SimulatedLedger : IDisposable
{
    private const int EventsMax = 64;

    private readonly Queue<string> _events = new();
    private readonly Mutant _mutant;

    /// <param name="mutant">breaks the protocol; null: nothing does</param>
    public SimulatedLedger(Scenario scenario, int traceLength = 128, Mutant? mutant = null)
    {
        _mutant = mutant ?? new Mutant();
        // Whoever waits for an answer goes on within the step that gives it, on this very thread.
        SynchronizationContext.SetSynchronizationContext(null);
        Scenario = scenario;
        Cluster = new SimulatedCluster(scenario.Seed, new SimulationOptions { TraceLength = traceLength }) { Interceptor = mutant };
        Witness = new Witness(scenario, () => Cluster.NowTicks);
        Node = Cluster.AddNode("node", Boot, new SimulatedNodeOptions { JournalBufferBytesMax = 32 << 20, LogLevel = ActorLogLevel.Error });
        Traffic = new Traffic(scenario, Cluster.Chance.Fork(), Witness, CommittedTime, () => Cluster.NowTicks);
        Cluster.AfterStep = AfterStep;
    }

    public Scenario Scenario { get; }

    public SimulatedCluster Cluster { get; }

    public SimulatedNode Node { get; }

    public Witness Witness { get; }

    public Traffic Traffic { get; }

    /// <summary>The ledger of the present incarnation; null while there is none.</summary>
    public LedgerSystem? Ledger { get; private set; }

    public LedgerStatus? Status => Ledger?.Gateway.Status;

    public bool IsRunning => Status?.State == LedgerState.Running;

    /// <summary>What the first boot finds on the disk is another run's, and is taken as it is.</summary>
    public bool IsFoundOnDisk { get; set; }

    /// <summary>Pulses that were found so.</summary>
    public int PulsesFound { get; private set; }

    /// <summary>When the node came up last.</summary>
    public long UpSinceTicks { get; private set; }

    /// <summary>Whether an actor may fail of this; by default only of what an observer injected.</summary>
    public Func<Exception, bool> IsExpected { get; set; } = static failure => failure is InjectedFailureException;

    /// <summary>Whether the boot may fail of this.</summary>
    public Func<IOException, bool> IsExpectedAtBoot { get; set; } = static _ => false;

    /// <summary>Runs after every step, before the witness is asked.</summary>
    public Action? AfterEachStep { get; set; }

    /// <summary>Runs until the condition holds; a breach of that when it does not within the time.</summary>
    public void Until(Func<bool> condition, TimeSpan timeMax, Rule rule, string what)
    {
        RunEnd end = Cluster.RunUntil(condition, timeMax);
        Witness.Require(end == RunEnd.ConditionMet, rule, $"{end}, and it never came about that {what}; the ledger says {Status}");
        ThrowIfBroken();
    }

    /// <summary>What to read when a rule is broken.</summary>
    public string Report(string breach) => $"{breach}\n{Scenario}\n{string.Join('\n', _events)}\n{Cluster.Report()}";

    public void ThrowIfBroken()
    {
        if (Witness.Violation is { } violation)
        {
            throw violation;
        }
    }

    public void Dispose() => Cluster.Dispose();

    private Timestamp CommittedTime() => Witness.AnnouncedAt.UnixMs != 0 ? Witness.AnnouncedAt : new Timestamp((ulong)Node.Clock.UtcNowMs);

    private void AfterStep()
    {
        Traffic.Poll();
        AfterEachStep?.Invoke();
        ThrowIfBroken();
    }

    private void Boot(SimulatedNode node)
    {
        UpSinceTicks = Cluster.NowTicks;
        Note($"boot {node.Incarnation}");
        node.OnDown(OnDown);
        try
        {
            FileJournal journal = FileJournal.Open(_mutant.Disk(node.Disk), node.Chance, node.Buffers, Scenario.Journal);
            WithoutFaults(() => OnOpened(journal));
            var spy = new JournalSpy(_mutant.Journal(journal), Witness);
            if (spy.AcquireEpoch(StreamId.WholeJournal, out uint epoch) == JournalOutcome.Ok)
            {
                node.AttachJournal(spy);
                StartLedger(node, _mutant.Index(SealedIndex.Open(node.Disk, node.Chance, Scenario.Index)), epoch);
            }
        }
        catch (JournalCorruptException corrupt)
        {
            Witness.Violate(Rule.OpensAgain, corrupt.Message);
        }
        catch (IOException failure) when (IsExpectedAtBoot(failure))
        {
            Note($"no ledger: {failure.Message}");
        }
    }

    private void OnOpened(FileJournal journal)
    {
        if (IsFoundOnDisk)
        {
            IsFoundOnDisk = false;
            Witness.Adopt(journal);
            PulsesFound = Witness.Pulses;
        }
        else
        {
            Witness.OnOpened(journal);
        }
    }

    private void StartLedger(SimulatedNode node, ISealedIndex index, uint epoch)
    {
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
        Ledger = LedgerSystem.Start(node.System, options, epoch);
        node.System.EventStream.Subscribe<PulseSummary>(Witness.OnAnnounced);
        node.System.EventStream.Subscribe<ActorFailed>(OnActorFailed);
        Traffic.Gateway = Ledger.Gateway;
    }

    private void OnDown()
    {
        Note("down");
        Traffic.OnDown(Ledger?.Gateway);
        Ledger?.Dispose();
        Ledger = null;
    }

    private void OnActorFailed(ActorFailed failed)
    {
        Note($"{failed.Actor.Path} failed at {failed.Message?.GetType().Name}, {failed.Directive}: {failed.Exception.Message}");
        Witness.Require(IsExpected(failed.Exception), Rule.NothingElseFails, $"{failed.Actor.Path} failed at {failed.Message}: {failed.Exception}");
    }

    private void Note(string what)
    {
        _events.Enqueue($"{Cluster.NowTicks / 10_000.0,12:F4} ms {what}");
        if (_events.Count > EventsMax)
        {
            _events.Dequeue();
        }
    }

    /// <summary>What the test itself does with the disk is no step, and meets no fault.</summary>
    private void WithoutFaults(Action action)
    {
        SimulatedDisk disk = Node.Disk;
        (Action<DiskOperation, string>? before, Action<DiskOperation, string>? after, int reads) = (disk.BeforeOperation, disk.AfterOperation, disk.ReadsToFail);
        (disk.BeforeOperation, disk.AfterOperation, disk.ReadsToFail) = (null, null, 0);
        try
        {
            action();
        }
        finally
        {
            (disk.BeforeOperation, disk.AfterOperation, disk.ReadsToFail) = (before, after, reads);
        }
    }
}
