namespace LeitherCluster.Runtime;

/// <summary>
/// A system's announcements: dead letters, failures, log entries, and whatever its actors publish. Subscribers get all events
/// that are of their type or derived from it, in the order published by each publisher. Observers are called on the
/// publisher's thread and must be quick and not throw; actors get a message without sender.
/// </summary>
public sealed class EventStream
{
    private readonly Lock _gate = new();
    private volatile Subscription[] _subscriptions = [];

    /// <summary>Tells every event of type <typeparamref name="T"/> to the actor until disposed.</summary>
    public IDisposable Subscribe<T>(IActorRef actor)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(actor);
        return Add(new Subscription(this, static (e, target) => ((IActorRef)target).Tell(e), actor, static e => e is T));
    }

    /// <summary>Hands every event of type <typeparamref name="T"/> to the observer until disposed.</summary>
    public IDisposable Subscribe<T>(IObserver<T> observer)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(observer);
        return Add(new Subscription(this, static (e, target) => ((IObserver<T>)target).OnNext((T)e), observer, static e => e is T));
    }

    /// <summary>Calls <paramref name="onEvent"/> with every event of type <typeparamref name="T"/> until disposed.</summary>
    public IDisposable Subscribe<T>(Action<T> onEvent)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(onEvent);
        return Add(new Subscription(this, static (e, target) => ((Action<T>)target)((T)e), onEvent, static e => e is T));
    }

    public void Publish(object e)
    {
        ArgumentNullException.ThrowIfNull(e);
        foreach (Subscription subscription in _subscriptions)
        {
            subscription.Offer(e);
        }
    }

    private Subscription Add(Subscription subscription)
    {
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions, subscription];
        }

        return subscription;
    }

    private void Remove(Subscription subscription)
    {
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions.Where(s => s != subscription)];
        }
    }

    private sealed class Subscription(EventStream owner, Action<object, object> deliver, object target, Func<object, bool> matches) : IDisposable
    {
        public void Offer(object e)
        {
            if (matches(e))
            {
                deliver(e, target);
            }
        }

        public void Dispose() => owner.Remove(this);
    }
}
