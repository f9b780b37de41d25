namespace LeitherCluster.Runtime;

/// <summary>The recipe for an actor: immutable, used again for every restart.</summary>
public sealed record Props
{
    private Props(Type actorType, Func<Actor> factory)
    {
        ActorType = actorType;
        Factory = factory;
    }

    /// <summary>The actor's class as the recipe declares it, for displays.</summary>
    public Type ActorType { get; }

    /// <summary>Makes a fresh instance, one for each incarnation. It must not hand out the same object twice.</summary>
    public Func<Actor> Factory { get; }

    public MailboxOptions Mailbox { get; init; } = MailboxOptions.Default;

    /// <summary>How the parent treats failures of this actor; null leaves it to the parent's own strategy.</summary>
    public SupervisorStrategy? Supervision { get; init; }

    /// <summary>
    /// The name of a thread of its own, for an actor that computes for milliseconds at a time: the system's other actors then share the processors with it, and
    /// do not wait for its turns to end. Null, the default, where actors share the host's threads. A host without threads has none to give.
    /// </summary>
    public string? ThreadName { get; init; }

    public static Props Create<TActor>(Func<TActor> factory)
        where TActor : Actor
    {
        ArgumentNullException.ThrowIfNull(factory);
        return new Props(typeof(TActor), factory);
    }
}

/// <summary>
/// The bounds of one actor's queues. A full mailbox refuses: <see cref="IActorRef.TryTell"/> says false, and
/// <see cref="IActorRef.Tell"/> makes a dead letter (<see cref="DeadLetterReason.MailboxFull"/>). An
/// <see cref="IControlMessage"/> is never refused.
/// </summary>
/// <param name="Capacity">Most messages waiting; at least 1.</param>
/// <param name="StashCapacity">Most messages stashed; at least 1.</param>
public sealed record MailboxOptions(int Capacity = MailboxOptions.DefaultCapacity, int StashCapacity = MailboxOptions.DefaultStashCapacity)
{
    public const int DefaultCapacity = 16_384;
    public const int DefaultStashCapacity = 1_024;

    public static MailboxOptions Default { get; } = new();

    public int Capacity { get; init => field = AtLeastOne(value, nameof(Capacity)); } = AtLeastOne(Capacity, nameof(Capacity));

    public int StashCapacity { get; init => field = AtLeastOne(value, nameof(StashCapacity)); } = AtLeastOne(StashCapacity, nameof(StashCapacity));

    private static int AtLeastOne(int value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, name);
        return value;
    }
}
