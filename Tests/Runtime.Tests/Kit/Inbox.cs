using System.Collections.Concurrent;
using LeitherCluster.Runtime;

namespace LeitherCluster.Tests.Runtime.Kit;

/// <summary>A reference of no actor: what is told to it waits to be taken. From any thread.</summary>
internal sealed class Inbox : IActorRef
{
    private readonly ConcurrentQueue<object> _received = new();

    public ActorPath Path { get; } = ActorPath.Root("inbox");

    public bool IsEmpty => _received.IsEmpty;

    public void Tell(object message, IActorRef? sender = null) => _received.Enqueue(message);

    public bool TryTell(object message, IActorRef? sender = null)
    {
        Tell(message, sender);
        return true;
    }

    /// <summary>The oldest message; there is one.</summary>
    public object Take() => _received.TryDequeue(out object? message) ? message : throw new InvalidOperationException("Nothing was told");
}
