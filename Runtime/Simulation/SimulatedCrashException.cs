using LeitherCluster.Runtime.Core;

namespace LeitherCluster.Runtime.Simulation;

/// <summary>Carries an observer's verdict from wherever the step was up to the simulation.</summary>
internal sealed class SimulatedCrashException(SimulatedNode node, string step) : HostAbortException($"{node.Name} crashes at {step}")
{
    public SimulatedNode Node { get; } = node;
}
