namespace LeitherCluster.Runtime.Simulation;

/// <summary>What kind of step a node takes.</summary>
public enum StepKind
{
    /// <summary>An actor handles a message; the step's name is the message's type.</summary>
    Message = 0,

    /// <summary>The journal does something: append, commit, read, replay, snapshot, compact.</summary>
    Journal = 1,

    /// <summary>The disk does something: the operation and the kind of file.</summary>
    Disk = 2,

    /// <summary>The boot function runs.</summary>
    Boot = 3,
}

/// <summary>One step of a node, told to the observers before it is taken.</summary>
/// <param name="Number">Counts the steps of all nodes, from 1.</param>
/// <param name="Name">What the step is; one of few, so that it can head a row of a table.</param>
/// <param name="Actor">Who handles a message; null for other kinds.</param>
public readonly record struct SimulationStep(long Number, SimulatedNode Node, StepKind Kind, string Name, ActorPath? Actor);

/// <summary>What an observer wants to become of a step.</summary>
public enum StepVerdict
{
    Continue = 0,

    /// <summary>The node crashes instead of taking the step.</summary>
    CrashBefore = 1,

    /// <summary>The node crashes when it has taken the step, before anything else.</summary>
    CrashAfter = 2,

    /// <summary>The actor throws instead of handling the message. Of other steps: nothing.</summary>
    FailBefore = 3,

    /// <summary>The actor throws when it has handled the message. Of other steps: nothing.</summary>
    FailAfter = 4,
}

/// <summary>What an actor throws when an observer's verdict has it fail.</summary>
public sealed class InjectedFailureException(string step) : Exception($"Made to fail at {step}");

/// <summary>Sees every step before it is taken; counts, checks, and injects crashes.</summary>
public interface IStepObserver
{
    /// <summary>May change the node's disk, clock or network; a crash of the node itself is asked for by the verdict.</summary>
    StepVerdict OnStep(in SimulationStep step);
}

/// <summary>How a node goes down.</summary>
public enum CrashKind
{
    /// <summary>The machine goes: of what was not synced, any part survives.</summary>
    PowerLoss = 0,

    /// <summary>The process is killed: everything written is still there.</summary>
    ProcessKill = 1,
}

/// <summary>Which fault met which step, and how often.</summary>
public sealed class FaultTable
{
    private readonly SortedDictionary<(string Fault, string Step), long> _counts = new(Comparer<(string Fault, string Step)>.Create(static (a, b) =>
    {
        int order = string.CompareOrdinal(a.Fault, b.Fault);
        return order != 0 ? order : string.CompareOrdinal(a.Step, b.Step);
    }));

    /// <summary>Faults noted.</summary>
    public long Total { get; private set; }

    /// <summary>In ordinal order of fault, then step.</summary>
    public IReadOnlyDictionary<(string Fault, string Step), long> Counts => _counts;

    public void Note(string fault, string step, long count = 1)
    {
        _counts[(fault, step)] = _counts.GetValueOrDefault((fault, step)) + count;
        Total += count;
    }

    /// <summary>Adds another run's counts.</summary>
    public void Add(FaultTable other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (((string fault, string step), long count) in other._counts)
        {
            Note(fault, step, count);
        }
    }

    /// <summary>One line a pair: count, fault, step.</summary>
    public override string ToString()
        => string.Join('\n', _counts.Select(static c => $"{c.Value,8}  {c.Key.Fault,-16}  {c.Key.Step}"));
}
