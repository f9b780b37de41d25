using LeitherCluster.Actors;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Simulation.Cluster;

/// <summary>Draws a cluster's faults, and does them: each when a certain number of pulses is committed, at a step drawn from those that the run has had.</summary>
internal sealed class ClusterFaults : IStepObserver
{
    /// <summary>Fewest and most faults of a run.</summary>
    public const int CountMin = 3;
    public const int CountMax = 6;

    private static readonly TimeSpan ArmedMax = TimeSpan.FromSeconds(3);

    private readonly SimulatedLedgerCluster _run;
    private readonly SimulatedCluster _cluster;
    private readonly SimulatedChance _chance;
    private readonly int _pulses;
    private readonly double _partMissed;
    private readonly Queue<(int AtPulse, ClusterFaultKind Kind)> _planned = new();
    private readonly List<string> _steps = [];
    private readonly List<string> _messages = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<SimulatedNode, int> _failedIncarnation = [];
    private ArmedStep? _armed;
    private int _active;
    private int _partitions;

    public ClusterFaults(SimulatedLedgerCluster run, SimulatedChance chance, int pulses, double partMissed)
    {
        _run = run;
        _cluster = run.Cluster;
        _chance = chance;
        _pulses = pulses;
        _partMissed = partMissed;
        run.Database.MissesPart = MissPart;
        int count = (int)chance.Between(CountMin, CountMax);
        ClusterFaultKind[] kinds = Enum.GetValues<ClusterFaultKind>();
        foreach (int at in Enumerable.Range(0, count).Select(_ => (int)chance.Between(0, pulses - 1)).Order())
        {
            _planned.Enqueue((at, kinds[chance.Next((ulong)kinds.Length)]));
        }
    }

    /// <summary>Faults that came about.</summary>
    public int Met { get; private set; }

    /// <summary>Everything planned has been done and is over.</summary>
    public bool IsOver => _planned.Count == 0 && IsCalm && Met >= CountMin;

    /// <summary>Nothing stands in the way just now.</summary>
    public bool IsCalm => _armed is null && _active == 0 && _run.Nodes.All(static node => node.IsUp && !node.IsPaused);

    /// <summary>When something last stood in the way.</summary>
    public long LastTroubleTicks { get; private set; }

    public void Start(int pulses)
    {
        while (_planned.TryPeek(out (int AtPulse, ClusterFaultKind Kind) next) && next.AtPulse <= pulses && _armed is null)
        {
            _planned.Dequeue();
            Begin(next.Kind);
        }

        if (pulses >= _pulses && _planned.Count == 0 && IsCalm && Met < CountMin)
        {
            // What was planned met nothing: a fault that is sure to.
            Crash(AnyNode(), _chance.Hits(0.5) ? CrashKind.PowerLoss : CrashKind.ProcessKill);
        }

        if (!IsCalm)
        {
            LastTroubleTicks = _cluster.NowTicks;
        }
    }

    /// <summary>All faults end.</summary>
    public void Heal()
    {
        _planned.Clear();
        _armed = null;
        _cluster.Network.Heal();
        _cluster.Network.Default = LinkFaults.None;
        _run.Database.IsAway = false;
        _run.Database.CutOff.Clear();
        _run.Database.AnswersToLose = 0;
        _run.Database.MissesPart = null;
        foreach (SimulatedNode node in _run.Nodes)
        {
            node.Disk.SlowFactor = 1;
        }
    }

    public StepVerdict OnStep(in SimulationStep step)
    {
        if (_seen.Add(step.Name))
        {
            (step.Kind == StepKind.Message ? _messages : _steps).Add(step.Name);
        }

        if (_armed is not { } armed || !string.Equals(armed.Step, step.Name, StringComparison.Ordinal) || (armed.Node is not null && armed.Node != step.Node) || armed.Passing-- > 0)
        {
            return StepVerdict.Continue;
        }

        _armed = null;
        if (armed.Verdict is StepVerdict.FailBefore or StepVerdict.FailAfter)
        {
            return FailActor(step.Node, armed.Verdict);
        }

        Note(step.Node);
        step.Node.PlanCrash(armed.Crash, Draw(10, 6_000));
        return armed.Verdict;
    }

    private void Begin(ClusterFaultKind kind)
    {
        switch (kind)
        {
            case ClusterFaultKind.PowerLoss:
                ArmCrash(CrashKind.PowerLoss, null);
                break;
            case ClusterFaultKind.ProcessKill:
                ArmCrash(CrashKind.ProcessKill, null);
                break;
            case ClusterFaultKind.RootKill:
                ArmCrash(CrashKind.ProcessKill, RootNode());
                break;
            case ClusterFaultKind.Pause:
                Pause(AnyNode());
                break;
            case ClusterFaultKind.Partition:
                Partition(AnyNode(), oneWay: false);
                break;
            case ClusterFaultKind.OneWayPartition:
                Partition(AnyNode(), oneWay: true);
                break;
            case ClusterFaultKind.BadNetwork:
                Met++;
                _cluster.Network.Default = new LinkFaults
                {
                    Loss = _chance.Next(200) / 1_000.0, Repeat = _chance.Next(200) / 1_000.0, Reorder = _chance.Next(300) / 1_000.0, DelayMax = Draw(1, 200),
                };
                During(Draw(300, 4_000), () => _cluster.Network.Default = LinkFaults.None);
                break;
            case ClusterFaultKind.DatabaseAway when !_run.Database.IsAway:
                Met++;
                _run.Database.IsAway = true;
                During(Draw(100, 4_000), () => _run.Database.IsAway = false);
                break;
            case ClusterFaultKind.DatabaseCutOff:
                CutOff(AnyNode());
                break;
            case ClusterFaultKind.DatabaseSlow:
                Met++;
                _cluster.Faults.Note("slow database", "all");
                SetSlow((int)_chance.Between(5, 150));
                During(Draw(100, 3_000), () => SetSlow(1));
                break;
            case ClusterFaultKind.AnswersLost:
                Met++;
                _run.Database.AnswersToLose = (int)_chance.Between(1, 3);
                break;
            case ClusterFaultKind.ActorFailure when _messages.Count > 0:
                ArmFailure();
                break;
            case ClusterFaultKind.ClockJump:
                Met++;
                AnyNode().JumpClock(_chance.Hits(0.5) ? Draw(1, 60_000) : -Draw(1, 2_000));
                break;
            default:
                break;
        }
    }

    private void Pause(SimulatedNode node)
    {
        if (!node.IsUp || node.IsPaused)
        {
            return;
        }

        Note(node);
        node.Pause(Draw(10, 6_000));
        int incarnation = node.Incarnation;
        _run.Members.Suspect(node, () => node.IsPaused && node.Incarnation == incarnation);
    }

    private void Partition(SimulatedNode node, bool oneWay)
    {
        if (!node.IsUp)
        {
            return;
        }

        Note(node);
        SimulatedNode[] others = [.. _run.Nodes.Where(other => other != node)];
        bool isHeard = oneWay && _chance.Hits(0.5);
        if (!oneWay)
        {
            _cluster.Network.Partition([node], others);
        }
        else
        {
            foreach (SimulatedNode other in others)
            {
                _cluster.Network.Block(isHeard ? other : node, isHeard ? node : other);
            }
        }

        int number = ++_partitions;
        int incarnation = node.Incarnation;
        _run.Members.Suspect(node, () => _partitions == number && node.Incarnation == incarnation);
        During(Draw(200, 5_000), () =>
        {
            _cluster.Network.Heal();
            _partitions++;
        });
    }

    private void CutOff(SimulatedNode node)
    {
        if (!node.IsUp || !_run.Database.CutOff.Add(node.Name))
        {
            return;
        }

        Note(node);
        int incarnation = node.Incarnation;
        _run.Members.Suspect(node, () => _run.Database.CutOff.Contains(node.Name) && node.Incarnation == incarnation);
        During(Draw(100, 5_000), () => _run.Database.CutOff.Remove(node.Name));
    }

    /// <summary>A part of the journal misses a group now and then, and often its writer dies before it can try again.</summary>
    private bool MissPart(string writer)
    {
        if (!_chance.Hits(_partMissed))
        {
            return false;
        }

        _run.Witness.Disturbances++;
        if (_chance.Hits(0.5))
        {
            SimulatedNode node = _run.Nodes.First(one => one.Name == writer);
            _cluster.After(Draw(0, 200), () => Crash(node, CrashKind.ProcessKill));
        }

        return true;
    }

    private void ArmCrash(CrashKind kind, SimulatedNode? node)
    {
        // Messages have many more names than the journal and the disk together: each of the two gets its half.
        List<string> names = _messages.Count == 0 || (_steps.Count != 0 && _chance.Hits(0.4)) ? _steps : _messages;
        if (names.Count == 0)
        {
            names = ["boot"];
        }

        Arm(names, _chance.Hits(0.5) ? StepVerdict.CrashBefore : StepVerdict.CrashAfter, kind, node);
    }

    /// <summary>Whoever gets somebody's batch takes it over before anything can fail.</summary>
    private void ArmFailure()
    {
        string message = _messages[(int)_chance.Next((ulong)_messages.Count)];
        bool carriesBatch = message is "SubmitBatch" or "BranchSlice" or "FindPlaces" or "PlacesFound" or "RetryBatch" || message.StartsWith("ShardEnvelope", StringComparison.Ordinal);
        Arm([message], carriesBatch || _chance.Hits(0.5) ? StepVerdict.FailAfter : StepVerdict.FailBefore, default, null);
    }

    private void Arm(List<string> names, StepVerdict verdict, CrashKind kind, SimulatedNode? node)
    {
        var armed = new ArmedStep(names[(int)_chance.Next((ulong)names.Count)], verdict, kind, node) { Passing = (int)_chance.Next(6) };
        _armed = armed;
        _cluster.After(ArmedMax, () => GiveUp(armed));
    }

    /// <summary>The step did not come again: then it happens between two others.</summary>
    private void GiveUp(ArmedStep armed)
    {
        if (_armed == armed)
        {
            _armed = null;
            if (armed.Verdict is StepVerdict.CrashBefore or StepVerdict.CrashAfter)
            {
                Crash(armed.Node ?? AnyNode(), armed.Crash);
            }
        }
    }

    private void Crash(SimulatedNode node, CrashKind kind)
    {
        if (node.IsUp)
        {
            Note(node);
            node.Crash(kind, Draw(10, 6_000));
        }
    }

    private StepVerdict FailActor(SimulatedNode node, StepVerdict verdict)
    {
        if (_failedIncarnation.GetValueOrDefault(node) == node.Incarnation)
        {
            return StepVerdict.Continue;
        }

        _failedIncarnation[node] = node.Incarnation;
        Note(node);
        return verdict;
    }

    private void Note(SimulatedNode node)
    {
        Met++;
        _run.Witness.Disturbances++;
        _run.Note($"fault at {node.Name}");
    }

    private SimulatedNode AnyNode() => _run.Nodes[(int)_chance.Next((ulong)_run.Nodes.Count)];

    private SimulatedNode RootNode()
    {
        NodeId root = _run.Database.Layout.Owners.GetValueOrDefault(LedgerStreams.Root(_run.Scenario.Parameters.Ledger)).Node;
        return _run.Nodes.FirstOrDefault(node => node.Name == root.Name) ?? AnyNode();
    }

    private void SetSlow(int factor)
    {
        foreach (SimulatedNode node in _run.Nodes)
        {
            node.Disk.SlowFactor = factor;
        }
    }

    private void During(TimeSpan time, Action end)
    {
        _active++;
        _run.Witness.Disturbances++;
        _cluster.After(time, () =>
        {
            _active--;
            end();
        });
    }

    private TimeSpan Draw(long fromMs, long throughMs) => TimeSpan.FromMilliseconds(_chance.Between(fromMs, throughMs));

    private sealed class ArmedStep(string step, StepVerdict verdict, CrashKind crash, SimulatedNode? node)
    {
        public string Step { get; } = step;

        public StepVerdict Verdict { get; } = verdict;

        public CrashKind Crash { get; } = crash;

        /// <summary>Null: any node's.</summary>
        public SimulatedNode? Node { get; } = node;

        /// <summary>So many such steps are let pass.</summary>
        public int Passing { get; set; }
    }
}
