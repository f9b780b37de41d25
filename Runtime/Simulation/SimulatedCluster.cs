using System.Text;
using LeitherCluster.Runtime.Core;

namespace LeitherCluster.Runtime.Simulation;

/// <summary>
/// Many nodes in one thread, in virtual time, under a seed: who of those who could go next does is drawn, so that a seed is an
/// interleaving, and the same seed is the same one, to the last step. Messages between two actors keep their order; nothing else
/// does. Not thread-safe.
/// </summary>
/// <remarks>
/// A step is one message handled, one timer fired, one journal operation, one delivery over the network, or one boot. Time moves
/// by the cost of a message, or jumps to what falls due next when nobody has anything to do.
/// </remarks>
public sealed partial class SimulatedCluster : IDisposable
{
    private readonly SimulatedChance _chance;
    private readonly ScheduledHeap _heap = new();
    private readonly List<SimulatedNode> _nodes = [];
    private readonly List<IStepObserver> _observers = [];
    private readonly SimulationTrace _trace;

    public SimulatedCluster(ulong seed, SimulationOptions? options = null)
    {
        Seed = seed;
        Options = options ?? new SimulationOptions();
        _chance = new SimulatedChance(seed);
        _trace = new SimulationTrace(Options.TraceLength);
        Network = new SimulatedNetwork(this, _chance.Fork());
        Chance = _chance.Fork();
    }

    public ulong Seed { get; }

    public SimulationOptions Options { get; }

    /// <summary>For the test's own draws: its faults, its traffic. Taking from it does not shift the simulation's.</summary>
    public SimulatedChance Chance { get; }

    public SimulatedNetwork Network { get; }

    public IReadOnlyList<SimulatedNode> Nodes => _nodes;

    /// <summary>Virtual time since the start, in ticks of 100 ns.</summary>
    public long NowTicks { get; private set; }

    public TimeSpan Now => TimeSpan.FromTicks(NowTicks);

    /// <summary>Steps taken by all nodes.</summary>
    public long Steps { get; private set; }

    /// <summary>Which fault met which step.</summary>
    public FaultTable Faults { get; } = new();

    /// <summary>Hash over every step so far: who, what, when. Equal for equal runs.</summary>
    public ulong TraceHash => _trace.Hash;

    /// <summary>Stands between messages and actors; null: nobody does.</summary>
    public IMessageInterceptor? Interceptor { get; set; }

    /// <summary>Called after every step: the place for invariants. What it throws leaves the run.</summary>
    public Action? AfterStep { get; set; }

    /// <summary>Who sends now: the mailbox whose turn it is, a lane of a journal, or null.</summary>
    internal object? Current { get; set; }

    /// <summary>Adds a node that is down. <paramref name="boot"/> starts its actors, at every boot anew.</summary>
    public SimulatedNode AddNode(string name, Action<SimulatedNode> boot, SimulatedNodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(boot);
        SimulatedNode node = new(this, name, _nodes.Count, boot, options ?? new SimulatedNodeOptions(), _chance.Fork());
        _nodes.Add(node);
        return node;
    }

    public void AddObserver(IStepObserver observer) => _observers.Add(observer);

    /// <summary>Runs an action of the test at a virtual time from now.</summary>
    public void After(TimeSpan delay, Action action) => Schedule(new ScheduledAction(action), NowTicks + delay.Ticks);

    /// <summary>Takes one step. False: there is nothing that could ever happen.</summary>
    public bool Step()
    {
        if (!TryTakeStep())
        {
            return false;
        }

        AfterStep?.Invoke();
        return true;
    }

    /// <summary>Runs until the condition holds (looked at before every step) or a bound is reached.</summary>
    public RunEnd RunUntil(Func<bool> condition, TimeSpan? timeMax = null, long stepsMax = long.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(condition);
        long timeEnd = timeMax is { } limit ? NowTicks + limit.Ticks : long.MaxValue;
        long stepsEnd = stepsMax == long.MaxValue ? long.MaxValue : Steps + stepsMax;
        while (!condition())
        {
            if (Steps >= stepsEnd)
            {
                return RunEnd.StepsSpent;
            }

            if (NextDueTicks() > timeEnd && !AnyoneReady())
            {
                NowTicks = timeEnd == long.MaxValue ? NowTicks : timeEnd;
                return timeEnd == long.MaxValue ? RunEnd.Idle : RunEnd.TimeSpent;
            }

            if (NowTicks >= timeEnd)
            {
                return RunEnd.TimeSpent;
            }

            if (!Step())
            {
                return RunEnd.Idle;
            }
        }

        return RunEnd.ConditionMet;
    }

    /// <summary>Runs for a virtual time.</summary>
    public RunEnd RunFor(TimeSpan time) => RunUntil(static () => false, time);

    /// <summary>Seed, time, faults and the last steps: what a failing test prints.</summary>
    public string Report()
    {
        StringBuilder text = new();
        text.Append($"seed {Seed}, {Steps} steps, {Now} virtual\n");
        text.Append(Faults).Append('\n');
        text.Append(_trace.Describe());
        return text.ToString();
    }

    /// <summary>Takes all nodes down and frees what they held.</summary>
    public void Dispose()
    {
        foreach (SimulatedNode node in _nodes)
        {
            node.Dispose();
        }
    }

    internal void Schedule(Scheduled entry, long dueTicks)
    {
        _heap.Remove(entry);
        entry.DueTicks = Math.Max(dueTicks, NowTicks);
        entry.Order = _chance.Next();
        _heap.Add(entry);
    }

    internal ulong NextOrder() => _chance.Next();

    /// <summary>Tells the observers of a step and runs it; a verdict to crash leaves as an exception.</summary>
    internal void Observe(SimulatedNode node, StepKind kind, string name, ActorPath? actor, ulong identity, Action? body)
    {
        StepVerdict verdict = Announce(node, kind, name, actor, identity);
        body?.Invoke();
        Conclude(node, name, verdict);
    }

    internal StepVerdict Announce(SimulatedNode node, StepKind kind, string name, ActorPath? actor, ulong identity)
    {
        Steps++;
        _trace.Add(NowTicks, node, kind, name, actor, identity);
        node.LastStep = name;
        StepVerdict verdict = StepVerdict.Continue;
        if (_observers.Count > 0)
        {
            SimulationStep step = new(Steps, node, kind, name, actor);
            foreach (IStepObserver observer in _observers)
            {
                StepVerdict one = observer.OnStep(step);
                verdict = verdict == StepVerdict.Continue ? one : verdict;
            }
        }

        if (verdict == StepVerdict.CrashBefore)
        {
            Faults.Note("crash before", name);
            throw new SimulatedCrashException(node, name);
        }

        return verdict;
    }

    internal void Conclude(SimulatedNode node, string name, StepVerdict verdict)
    {
        if (verdict == StepVerdict.CrashAfter)
        {
            Faults.Note("crash after", name);
            throw new SimulatedCrashException(node, name);
        }
    }
}
