namespace LeitherCluster.Runtime.Core;

internal sealed partial class ActorCell
{
    // Failures of this cell within its supervisor's window; touched in the supervisor's turn only.
    private readonly Queue<long> _recentFailures = new();
    private (Exception Exception, object? Message) _failure;

    /// <summary>Decides on a failed child.</summary>
    internal void Supervise(ActorCell child, Exception exception, object? message)
    {
        SupervisorStrategy strategy;
        SupervisorDirective directive;
        try
        {
            strategy = child.Props.Supervision ?? _actor?.StrategyForChildren ?? SupervisorStrategy.Default;
            directive = strategy.Decide(exception);
        }
        catch (Exception e) when (e is not HostAbortException)
        {
            // A supervisor that cannot decide has failed itself; its restart or stop settles the child.
            Fail(e, null);
            return;
        }

        int restartNumber = 0;
        if (directive == SupervisorDirective.Restart)
        {
            restartNumber = child.CountFailure(strategy);
            directive = restartNumber > strategy.RestartsMax ? strategy.WhenExhausted : directive;
        }

        Core.EventStream.Publish(new ActorFailed(child.Ref, exception, message, directive));
        switch (directive)
        {
            case SupervisorDirective.Restart:
                RestartLater(child, strategy.Backoff(restartNumber));
                break;
            case SupervisorDirective.Stop:
                child.Mailbox.PostSystem(new StopActor());
                break;
            default:
                Fail(exception, message);
                break;
        }
    }

    private int CountFailure(SupervisorStrategy strategy)
    {
        long now = Core.Clock.MonotonicTicks;
        while (_recentFailures.TryPeek(out long oldest) && now - oldest > strategy.Window.Ticks)
        {
            _recentFailures.Dequeue();
        }

        _recentFailures.Enqueue(now);
        return _recentFailures.Count;
    }

    private void RestartLater(ActorCell child, TimeSpan backoff)
    {
        if (backoff <= TimeSpan.Zero)
        {
            child.Mailbox.PostSystem(new RestartActor());
            return;
        }

        Core.Schedule(backoff, () => child.Mailbox.PostSystem(new RestartActor()));
    }
}
