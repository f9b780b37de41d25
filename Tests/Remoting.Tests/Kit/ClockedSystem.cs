using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Tests.Remoting.Kit;

/// <summary>A system with another clock.</summary>
internal sealed class ClockedSystem(IActorSystem system, IClock clock) : IActorSystem
{
    public string Name => system.Name;

    public IActorRef DeadLetters => system.DeadLetters;

    public EventStream EventStream => system.EventStream;

    public CoordinatedShutdown CoordinatedShutdown => system.CoordinatedShutdown;

    public IClock Clock => clock;

    public IChance Chance => system.Chance;

    public IJournal Journal => system.Journal;

    public Task WhenTerminated => system.WhenTerminated;

    public SystemMetrics Metrics => system.Metrics;

    public IActorRef Spawn(Props props, string name) => system.Spawn(props, name);

    public void Stop(IActorRef actor) => system.Stop(actor);

    public IActorRef? Find(ActorPath path) => system.Find(path);

    public IReadOnlyList<ActorInfo> Walk() => system.Walk();
}
