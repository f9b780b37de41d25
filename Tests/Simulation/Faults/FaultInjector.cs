using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Simulation.Faults;

/// <summary>Draws a run's faults, and does them: each when a certain number of pulses is committed, at a step drawn from those that the run has had.</summary>
internal sealed class FaultInjector : IStepObserver
{
    /// <summary>Fewest and most faults of a run.</summary>
    public const int CountMin = 3;
    public const int CountMax = 6;

    private static readonly TimeSpan ArmedMax = TimeSpan.FromSeconds(3);

    private readonly SimulatedCluster _cluster;
    private readonly SimulatedNode _node;
    private readonly SimulatedChance _chance;
    private readonly int _pulses;
    private readonly Queue<(int AtPulse, FaultKind Kind)> _planned = new();
    private readonly List<string> _steps = [];
    private readonly List<string> _messages = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private ArmedStep? _armed;
    private int _stepsToCrash = -1;
    private int _active;
    private int _errorIncarnation = -1;

    public FaultInjector(SimulatedCluster cluster, SimulatedNode node, SimulatedChance chance, int pulses)
    {
        _cluster = cluster;
        _node = node;
        _chance = chance;
        _pulses = pulses;
        int count = (int)chance.Between(CountMin, CountMax);
        FaultKind[] kinds = Enum.GetValues<FaultKind>();
        foreach (int at in Enumerable.Range(0, count).Select(_ => (int)chance.Between(0, pulses - 1)).Order())
        {
            _planned.Enqueue((at, kinds[chance.Next((ulong)kinds.Length)]));
        }

        Action<string, DiskOperation, string>? note = node.Disk.OnFault;
        node.Disk.OnFault = (fault, operation, file) =>
        {
            note?.Invoke(fault, operation, file);
            OnDiskFault(fault);
        };
    }

    /// <summary>Faults that came about.</summary>
    public int Met { get; private set; }

    /// <summary>Everything planned has been done and is over.</summary>
    public bool IsOver => _planned.Count == 0 && IsCalm && Met >= CountMin;

    /// <summary>Nothing stands in the way of the node just now.</summary>
    public bool IsCalm => _armed is null && _active == 0 && _stepsToCrash < 0
        && _node.Disk is { ReadsToFail: 0, WritesToFail: 0, SyncsToFail: 0 } && !_node.IsPaused;

    /// <summary>When something last stood in the way.</summary>
    public long LastTroubleTicks { get; private set; }

    /// <summary>The disk refused a read, a write or a sync of this incarnation: that its journal has failed is as it should be.</summary>
    public bool DiskHasFailed => _errorIncarnation == _node.Incarnation;

    /// <summary>An actor was made to fail in this incarnation.</summary>
    public int FailuresInIncarnation { get; private set; }

    /// <summary>Called by whoever changes the node's fate: something crashed or failed.</summary>
    public Action? OnDisturbance { get; set; }

    public void Start(int pulses)
    {
        while (_planned.TryPeek(out (int AtPulse, FaultKind Kind) next) && next.AtPulse <= pulses && _armed is null)
        {
            _planned.Dequeue();
            Begin(next.Kind);
        }

        if (pulses >= _pulses && _planned.Count == 0 && IsCalm && _node.IsUp && Met < CountMin)
        {
            // What was planned met nothing: a fault that is sure to.
            Begin(_chance.Hits(0.5) ? FaultKind.PowerLoss : FaultKind.ProcessKill);
        }

        if (!IsCalm || !_node.IsUp)
        {
            LastTroubleTicks = _cluster.NowTicks;
        }
    }

    /// <summary>All faults end; the disk works, the clock is not behind committed time.</summary>
    public void Heal(ulong committedMs)
    {
        _planned.Clear();
        _armed = null;
        _stepsToCrash = -1;
        _node.Disk.IsFull = false;
        _node.Disk.SlowFactor = 1;
        _node.Disk.ReadsToFail = _node.Disk.WritesToFail = _node.Disk.SyncsToFail = 0;
        if ((ulong)_node.Clock.UtcNowMs < committedMs)
        {
            _node.JumpClock(TimeSpan.FromMilliseconds(committedMs - (ulong)_node.Clock.UtcNowMs));
        }
    }

    public void OnBoot() => FailuresInIncarnation = 0;

    public StepVerdict OnStep(in SimulationStep step)
    {
        if (_seen.Add(step.Name))
        {
            (step.Kind == StepKind.Message ? _messages : _steps).Add(step.Name);
        }

        if (_stepsToCrash >= 0 && step.Node.IsUp && _stepsToCrash-- == 0)
        {
            return Crash(CrashKind.PowerLoss, _chance.Hits(0.5) ? StepVerdict.CrashBefore : StepVerdict.CrashAfter);
        }

        if (_armed is not { } armed || !string.Equals(armed.Step, step.Name, StringComparison.Ordinal) || armed.Passing-- > 0)
        {
            return StepVerdict.Continue;
        }

        _armed = null;
        return armed.Verdict is StepVerdict.FailBefore or StepVerdict.FailAfter ? FailActor(armed.Verdict) : Crash(armed.Crash, armed.Verdict);
    }

    private void Begin(FaultKind kind)
    {
        switch (kind)
        {
            case FaultKind.PowerLoss:
                ArmCrash(CrashKind.PowerLoss);
                break;
            case FaultKind.ProcessKill:
                ArmCrash(CrashKind.ProcessKill);
                break;
            case FaultKind.CrashInRecovery:
                CrashTwice();
                break;
            case FaultKind.Pause when !_node.IsPaused:
                Met++;
                _node.Pause(Draw(10, 3_000));
                break;
            case FaultKind.ClockForward:
                Met++;
                _node.JumpClock(_chance.Hits(0.5) ? Draw(1, 5_000) : Draw(5_000, 7_200_000));
                break;
            case FaultKind.ClockBack:
                Met++;
                _node.JumpClock(-Draw(1, 2_000));
                break;
            case FaultKind.SlowDisk:
                Met++;
                _cluster.Faults.Note("slow disk", _node.LastStep);
                _node.Disk.SlowFactor = (int)_chance.Between(10, 300);
                During(Draw(100, 3_000), () => _node.Disk.SlowFactor = 1);
                break;
            case FaultKind.DiskFull when !_node.Disk.IsFull:
                _node.Disk.IsFull = true;
                During(Draw(300, 4_000), () => _node.Disk.IsFull = false);
                break;
            case FaultKind.SyncError:
                _node.Disk.SyncsToFail = 1;
                break;
            case FaultKind.WriteError:
                _node.Disk.WritesToFail = 1;
                break;
            case FaultKind.ReadError:
                _node.Disk.ReadsToFail = 1;
                During(Draw(500, 3_000), () => _node.Disk.ReadsToFail = 0);
                break;
            case FaultKind.ActorFailure when _messages.Count > 0:
                ArmFailure();
                break;
            default:
                break;
        }
    }

    private void ArmCrash(CrashKind kind)
    {
        // Messages have many more names than the journal and the disk together: each of the two gets its half.
        List<string> names = _messages.Count == 0 || (_steps.Count != 0 && _chance.Hits(0.5)) ? _steps : _messages;
        if (names.Count == 0)
        {
            names = ["boot"];
        }

        Arm(names, _chance.Hits(0.5) ? StepVerdict.CrashBefore : StepVerdict.CrashAfter, kind);
    }

    /// <summary>Whoever gets somebody's batch takes it over before anything can fail.</summary>
    private void ArmFailure()
    {
        string message = _messages[(int)_chance.Next((ulong)_messages.Count)];
        bool carriesBatch = message is "SubmitBatch" or "BranchSlice" or "FindPlaces" or "PlacesFound" || message.StartsWith("ShardEnvelope", StringComparison.Ordinal);
        Arm([message], carriesBatch || _chance.Hits(0.5) ? StepVerdict.FailAfter : StepVerdict.FailBefore, default);
    }

    private void Arm(List<string> names, StepVerdict verdict, CrashKind kind)
    {
        var armed = new ArmedStep(names[(int)_chance.Next((ulong)names.Count)], verdict, kind) { Passing = (int)_chance.Next(4) };
        _armed = armed;
        _cluster.After(ArmedMax, () => GiveUp(armed));
    }

    /// <summary>The step did not come again: then it happens between two others.</summary>
    private void GiveUp(ArmedStep armed)
    {
        if (_armed != armed)
        {
            return;
        }

        _armed = null;
        if (armed.Verdict is StepVerdict.CrashBefore or StepVerdict.CrashAfter && _node.IsUp)
        {
            Met++;
            OnDisturbance?.Invoke();
            _node.Crash(armed.Crash, Draw(1, 2_000));
        }
    }

    private void CrashTwice()
    {
        if (!_node.IsUp)
        {
            return;
        }

        Met++;
        OnDisturbance?.Invoke();
        _node.Crash(CrashKind.PowerLoss, Draw(1, 500));
        _stepsToCrash = (int)_chance.Next(250);
    }

    private StepVerdict Crash(CrashKind kind, StepVerdict verdict)
    {
        Met++;
        OnDisturbance?.Invoke();
        _node.PlanCrash(kind, Draw(1, 2_000));
        return verdict;
    }

    private StepVerdict FailActor(StepVerdict verdict)
    {
        if (FailuresInIncarnation == 2)
        {
            return StepVerdict.Continue;
        }

        FailuresInIncarnation++;
        Met++;
        OnDisturbance?.Invoke();
        return verdict;
    }

    private void OnDiskFault(string fault)
    {
        if (fault is "disk full")
        {
            Met += _fullMet ? 0 : 1;
            _fullMet = true;
            return;
        }

        Met++;
        OnDisturbance?.Invoke();
        _errorIncarnation = _node.Incarnation;
    }

    private bool _fullMet;

    private void During(TimeSpan time, Action end)
    {
        _active++;
        _fullMet = false;
        _cluster.After(time, () =>
        {
            _active--;
            end();
        });
    }

    private TimeSpan Draw(long fromMs, long throughMs) => TimeSpan.FromMilliseconds(_chance.Between(fromMs, throughMs));

    private sealed class ArmedStep(string step, StepVerdict verdict, CrashKind crash)
    {
        public string Step { get; } = step;

        public StepVerdict Verdict { get; } = verdict;

        public CrashKind Crash { get; } = crash;

        /// <summary>So many such steps are let pass.</summary>
        public int Passing { get; set; }
    }
}
