using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Simulation.Faults;

/// <summary>Waits for a step by name, and gives its verdict there: once, or as long as it is told to.</summary>
internal sealed class StepTrap(string name, StepVerdict verdict) : IStepObserver
{
    /// <summary>So many such steps are let pass first.</summary>
    public int Passing { get; set; }

    /// <summary>Nothing happens before it is set.</summary>
    public bool IsSet { get; set; } = true;

    /// <summary>Part of the actor's path; empty: any actor, or none.</summary>
    public string Actor { get; init; } = "";

    /// <summary>How often it has snapped.</summary>
    public int Snapped { get; private set; }

    public StepVerdict OnStep(in SimulationStep step)
    {
        if (!IsSet
            || !string.Equals(step.Name, name, StringComparison.Ordinal)
            || !(step.Actor?.ToString() ?? "").Contains(Actor, StringComparison.Ordinal)
            || Passing-- > 0)
        {
            return StepVerdict.Continue;
        }

        IsSet = false;
        Snapped++;
        return verdict;
    }
}
