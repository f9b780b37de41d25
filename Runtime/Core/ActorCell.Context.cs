using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Runtime.Core;

internal sealed partial class ActorCell : IActorContext
{
    private readonly ActorTimers _timers;
    private readonly ActorStash _stash;
    // The envelope at hand, for the stash.
    private Envelope _current;
    private ReceiveTimeoutTimer? _receiveTimeout;

    IActorRef IActorContext.Self => Ref;

    IActorRef IActorContext.Sender => _sender;

    IActorRef IActorContext.Parent => ParentCell?.Ref ?? ActorRefs.Nobody;

    IActorSystem IActorContext.System => Core;

    IReadOnlyCollection<IActorRef> IActorContext.Children => Array.ConvertAll(ChildCells(), static c => (IActorRef)c.Ref);

    ITimers IActorContext.Timers => _timers;

    IStash IActorContext.Stash => _stash;

    IClock IActorContext.Clock => Core.Clock;

    IChance IActorContext.Chance => Core.Chance;

    IJournal IActorContext.Journal => Core.Journal;

    IActorLog IActorContext.Log => Log;

    private ActorLog Log => field ??= new ActorLog(Core, Ref.Path);

    internal ref readonly Envelope Current => ref _current;

    IActorRef IActorContext.Spawn(Props props, string name) => SpawnChild(props, name);

    IActorRef? IActorContext.Child(string name) => FindChild(name);

    void IActorContext.Stop(IActorRef actor) => Core.Stop(actor);

    void IActorContext.Forward(IActorRef target, object message)
    {
        ArgumentNullException.ThrowIfNull(target);
        target.Tell(message, _sender);
    }

    void IActorContext.Ask(IActorRef target, object message, TimeSpan timeout, object replyTag)
    {
        ArgumentNullException.ThrowIfNull(target);
        AskRef ask = new(this, target, replyTag);
        Core.Scheduler.Schedule(ask.Timeout, Core.Clock.MonotonicTicks + timeout.Ticks);
        target.Tell(message, ask);
    }

    void IActorContext.SetReceiveTimeout(TimeSpan? timeout)
    {
        _receiveTimeout?.Cancel();
        _receiveTimeout = timeout is { } length ? new ReceiveTimeoutTimer(this, length) : null;
    }

    private void NoteReceived(object message)
    {
        if (_receiveTimeout is { } timer && message is not ReceiveTimeout)
        {
            timer.LastMessageTicks = Core.Clock.MonotonicTicks;
        }
    }

    /// <summary>Fires at the earliest possible time, then for what is left of the silence; a message costs one clock reading.</summary>
    private sealed class ReceiveTimeoutTimer : EngineMessage
    {
        private readonly ActorCell _cell;
        private readonly long _lengthTicks;
        private readonly ScheduledAction _tick;

        public ReceiveTimeoutTimer(ActorCell cell, TimeSpan length)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(length, TimeSpan.FromMilliseconds(1));
            _cell = cell;
            _lengthTicks = length.Ticks;
            _tick = new ScheduledAction(() => cell.Mailbox.Post(new Envelope(this, null)));
            LastMessageTicks = cell.Core.Clock.MonotonicTicks;
            cell.Core.Scheduler.Schedule(_tick, LastMessageTicks + _lengthTicks);
        }

        public long LastMessageTicks { get; set; }

        public void Cancel() => _cell.Core.Scheduler.Cancel(_tick);

        public override object? Unwrap(ActorCell receiver)
        {
            if (receiver._receiveTimeout != this)
            {
                return null;
            }

            long now = receiver.Core.Clock.MonotonicTicks;
            bool silent = now - LastMessageTicks >= _lengthTicks;
            if (silent)
            {
                LastMessageTicks = now;
            }

            receiver.Core.Scheduler.Schedule(_tick, LastMessageTicks + _lengthTicks);
            return silent ? ReceiveTimeout.Instance : null;
        }
    }
}
