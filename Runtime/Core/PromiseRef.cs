namespace LeitherCluster.Runtime.Core;

/// <summary>The sender of a question from outside: its first message completes a task.</summary>
internal sealed class PromiseRef<T> : EngineRef
{
    private readonly TaskCompletionSource<T> _answer;
    private readonly ScheduledAction _timeout;

    public PromiseRef(ActorSystemCore system, ActorPath target, TimeSpan timeout)
        : base(system, system.TempPath)
    {
        _answer = new TaskCompletionSource<T>(System.ContinuationOptions);
        _timeout = System.Schedule(timeout, () => _answer.TrySetException(new AskTimeoutException($"{target} gave no answer within {timeout.TotalMilliseconds} ms")));
    }

    public Task<T> Task => _answer.Task;

    public void Fail(Exception exception)
    {
        System.Scheduler.Cancel(_timeout);
        _answer.TrySetException(exception);
    }

    public override void Tell(object message, IActorRef? sender = null)
    {
        if (!TryTell(message, sender))
        {
            System.PublishDeadLetter(message, sender, this, DeadLetterReason.Stopped);
        }
    }

    public override bool TryTell(object message, IActorRef? sender = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        System.Scheduler.Cancel(_timeout);
        return message is T answer
            ? _answer.TrySetResult(answer)
            : _answer.TrySetException(new AskFailedException($"{sender?.Path} answered with {message.GetType().Name}, not with {typeof(T).Name}"));
    }
}
