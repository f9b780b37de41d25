using LeitherCluster.Runtime.Core;

namespace LeitherCluster.Runtime;

/// <summary>Asking from outside the actors: for hosts and tests. An actor asks by <see cref="IActorContext.Ask"/>.</summary>
public static class AskExtensions
{
    /// <summary>
    /// Sends a message and completes with the first answer. Fails with <see cref="AskTimeoutException"/>, or with
    /// <see cref="AskFailedException"/> when the answer is of another type or the target takes no message.
    /// </summary>
    public static Task<T> Ask<T>(this IActorRef target, object message, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(target);
        PromiseRef<T> promise = new(SystemOf(target), target.Path, timeout);
        if (!target.TryTell(message, promise))
        {
            promise.Fail(new AskFailedException($"{target.Path} took no message of type {message.GetType().Name}: it has stopped or its mailbox is full"));
        }

        return promise.Task;
    }

    private static ActorSystemCore SystemOf(IActorRef target) => (target, (target as IRemoteRef)?.SeenFrom.DeadLetters) switch
    {
        (EngineRef own, _) => own.System,
        (_, EngineRef own) => own.System,
        _ => throw new ArgumentException($"{target.Path} belongs to no actor system", nameof(target)),
    };
}

/// <summary>No answer came in time.</summary>
public sealed class AskTimeoutException(string message) : TimeoutException(message);

/// <summary>The question reached nobody, or its answer was of another type.</summary>
public sealed class AskFailedException(string message) : Exception(message);
