using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Runtime;

/// <summary>
/// The tree of actors on one node. Hosts differ in where threads, time, chance and disk come from, never in what an actor sees.
/// </summary>
public interface IActorSystem
{
    string Name { get; }

    /// <summary>Starts a top-level actor, a child of the guardian <c>/user</c>. From any thread.</summary>
    IActorRef Spawn(Props props, string name);

    /// <summary>Stops an actor and all below it. From any thread.</summary>
    void Stop(IActorRef actor);

    /// <summary>The living actor at <paramref name="path"/> of this system, or null. From any thread.</summary>
    IActorRef? Find(ActorPath path);

    /// <summary>Whatever is told here is counted and published as a <see cref="DeadLetter"/>; a DeadLetter is published as it is.</summary>
    IActorRef DeadLetters { get; }

    EventStream EventStream { get; }

    CoordinatedShutdown CoordinatedShutdown { get; }

    IClock Clock { get; }

    IChance Chance { get; }

    /// <summary>The node's journal. Throws when the system was made without one.</summary>
    IJournal Journal { get; }

    /// <summary>
    /// Completes when the last actor has stopped; faulted with the exception when a failure was escalated beyond the top.
    /// </summary>
    Task WhenTerminated { get; }

    /// <summary>The counters as of now; takes no lock.</summary>
    SystemMetrics Metrics { get; }

    /// <summary>The living actors, parents before their children. From any thread; a snapshot that need not be of one moment.</summary>
    IReadOnlyList<ActorInfo> Walk();
}

/// <summary>Counters of a system since its start, and the number of messages waiting now.</summary>
public readonly record struct SystemMetrics(
    long LiveActors,
    long ActorsStarted,
    long Restarts,
    long MessagesProcessed,
    long DeadLetters,
    long MailboxDepth);

/// <summary>One living actor.</summary>
public sealed record ActorInfo(ActorPath Path, Type ActorType, int MailboxDepth, int StashDepth, int Restarts);
