namespace LeitherCluster.Runtime.Core;

/// <summary>
/// What the engine tells a cell about its life. Goes before every user message. Not bounded by number, but each is caused by one
/// spawn, stop, failure or watch.
/// </summary>
internal abstract class SystemMessage
{
    /// <summary>Link of the mailbox's intrusive list. A message is posted once.</summary>
    internal SystemMessage? Next;

    public abstract void Apply(ActorCell cell);
}

internal sealed class CreateActor : SystemMessage
{
    public override void Apply(ActorCell cell) => cell.Create();
}

internal sealed class StopActor : SystemMessage
{
    public override void Apply(ActorCell cell) => cell.BeginStop();
}

internal sealed class RestartActor : SystemMessage
{
    public override void Apply(ActorCell cell) => cell.BeginRestart();
}

internal sealed class ChildFailed(ActorCell child, Exception exception, object? message) : SystemMessage
{
    public override void Apply(ActorCell cell) => cell.Supervise(child, exception, message);
}

internal sealed class ChildGone : SystemMessage
{
    public override void Apply(ActorCell cell) => cell.OnChildGone();
}

internal sealed class AddWatcher(ActorCell watcher) : SystemMessage
{
    public override void Apply(ActorCell cell) => cell.AddWatcher(watcher);
}

internal sealed class RemoveWatcher(ActorCell watcher) : SystemMessage
{
    public override void Apply(ActorCell cell) => cell.RemoveWatcher(watcher);
}

internal sealed class DeathNotice(LocalRef actor) : SystemMessage
{
    public override void Apply(ActorCell cell) => cell.OnDeathNotice(actor);
}
