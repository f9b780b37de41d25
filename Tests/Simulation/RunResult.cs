using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Simulation.Checks;

namespace LeitherCluster.Tests.Simulation;

/// <summary>How a seed's run ended.</summary>
/// <param name="Broken">the rule that it broke; null: none</param>
/// <param name="Report">what to read when it broke one; else empty</param>
internal sealed record RunResult(ulong Seed, Rule? Broken, string Report, int Pulses, int Faults, int Transfers, long Steps, ulong TraceHash, FaultTable Table)
{
    public override string ToString() => $"seed {Seed}: {Pulses} pulses, {Faults} faults, {Transfers} transfers, {Steps} steps, trace {TraceHash:x16}";
}
