namespace LeitherCluster.Runtime.Core;

internal sealed partial class ActorCell
{
    // Whom this actor watches: true when the end is known and its message waits in the mailbox.
    private readonly Dictionary<LocalRef, bool> _watching = [];
    private readonly List<ActorCell> _watchers = [];

    public void Watch(IActorRef actor)
    {
        LocalRef target = OwnRef(actor);
        if (target != Ref && _watching.TryAdd(target, false))
        {
            target.Cell.Mailbox.PostSystem(new AddWatcher(this));
        }
    }

    public void Unwatch(IActorRef actor)
    {
        LocalRef target = OwnRef(actor);
        if (_watching.Remove(target))
        {
            target.Cell.Mailbox.PostSystem(new RemoveWatcher(this));
        }
    }

    internal void AddWatcher(ActorCell watcher)
    {
        if (_state == CellState.Terminated)
        {
            watcher.Mailbox.PostSystem(new DeathNotice(Ref));
        }
        else if (!_watchers.Contains(watcher))
        {
            _watchers.Add(watcher);
        }
    }

    internal void RemoveWatcher(ActorCell watcher) => _watchers.Remove(watcher);

    /// <summary>Queues the Terminated message behind what the dead actor had sent.</summary>
    internal void OnDeathNotice(LocalRef actor)
    {
        if (_watching.TryGetValue(actor, out bool known) && !known && _state != CellState.Terminated)
        {
            _watching[actor] = true;
            Mailbox.Post(new Envelope(new DeathMessage(actor), null));
        }
    }

    private void NotifyWatchers()
    {
        foreach (ActorCell watcher in _watchers)
        {
            watcher.Mailbox.PostSystem(new DeathNotice(Ref));
        }

        _watchers.Clear();
        foreach (LocalRef watched in _watching.Keys)
        {
            watched.Cell.Mailbox.PostSystem(new RemoveWatcher(this));
        }

        _watching.Clear();
    }

    private static LocalRef OwnRef(IActorRef actor)
        => actor as LocalRef ?? throw new ArgumentException($"{actor?.Path} is no actor of this process and cannot be watched", nameof(actor));

    private sealed class DeathMessage(LocalRef actor) : EngineMessage
    {
        public override ActorCell ComesAfter => actor.Cell;

        public override object? Unwrap(ActorCell receiver) => receiver._watching.Remove(actor) ? new Terminated(actor) : null;
    }
}
