using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Simulation.Mutants;

/// <summary>Changes, swallows or forges messages.</summary>
/// <param name="change">what the actor is to handle in the message's stead; null: nothing</param>
internal sealed class MessageMutant(Func<SimulatedMessage, object?> change) : Mutant
{
    public override object? OnMessage(in SimulatedMessage message) => change(message);
}
