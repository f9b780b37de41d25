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
        Cluster.RunFor(TimeSpan.FromMilliseconds(50));
    }

    public SimulatedCluster Cluster { get; }

    public SimulatedNode Node { get; }

    public IActorSystem System => Node.System;

    public List<object> Events { get; } = [];

    /// <summary>Spawns a top-level actor with that behaviour.</summary>
    public IActorRef Spawn(string name, Action<ScriptedActor, object> receive) => System.Spawn(ScriptedActor.Props(receive), name);

    /// <summary>Spawns a top-level actor that writes its messages into the list.</summary>
    public IActorRef Probe(string name, List<object> received) => Spawn(name, (_, m) => received.Add(m));

    /// <summary>
    /// Runs 50 ms of virtual time: whatever is to be done at the present moment is done then. An actor that failed with anything
    /// but a <see cref="DeliberateException"/> fails the test.
    /// </summary>
    public void Settle()
    {
        Cluster.RunFor(TimeSpan.FromMilliseconds(50));
        ActorFailed? failed = Events.OfType<ActorFailed>().FirstOrDefault(f => f.Exception is not DeliberateException);
        if (failed is not null)
        {
            Assert.Fail($"{failed.Actor.Path} failed on {failed.Message}: {failed.Exception}\n{Cluster.Report()}");
        }
    }

    public void Dispose() => Cluster.Dispose();
}
