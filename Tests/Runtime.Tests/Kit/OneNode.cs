using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Runtime.Kit;

/// <summary>A simulated node that is up, and what its event stream said.</summary>
internal sealed class OneNode : IDisposable
{
    public OneNode(ulong seed = 1, Action<SimulatedNode>? boot = null, SimulationOptions? options = null)
    {
        Cluster = new SimulatedCluster(seed, options);
        Node = Cluster.AddNode("node", n =>
        {
            n.System.EventStream.Subscribe<object>(Events.Add);
            boot?.Invoke(n);
        });
        Node.Boot();
        Settle();
    }

    public SimulatedCluster Cluster { get; }

    public SimulatedNode Node { get; }

    public IActorSystem System => Node.System;

    public List<object> Events { get; } = [];

    /// <summary>Spawns a top-level actor with that behaviour.</summary>
    public IActorRef Spawn(string name, Action<ScriptedActor, object> receive) => System.Spawn(ScriptedActor.Props(receive), name);

    /// <summary>Spawns a top-level actor that writes its messages into the list.</summary>
    public IActorRef Probe(string name, List<object> received) => Spawn(name, (_, m) => received.Add(m));

    /// <summary>Runs while there is anything to do at the present moment, at most 50 ms of virtual time.</summary>
    public void Settle() => Cluster.RunFor(TimeSpan.FromMilliseconds(50));

    public void Dispose() => Cluster.Dispose();
}
