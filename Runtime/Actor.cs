namespace LeitherCluster.Runtime;

/// <summary>
/// One actor: it handles one message at a time, synchronously, and touches the world only through <see cref="Context"/>.
/// An exception that leaves a handler means a bug or corruption: the instance is thrown away, the message dropped and
/// published as <see cref="ActorFailed"/>, and the supervisor decides (normally: a new instance after a back-off; the
/// mailbox is kept).
/// </summary>
public abstract class Actor
{
    private IActorContext? _context;

    /// <summary>The actor's window on the world. Bound by the host before <see cref="PreStart"/>, hence not there in a constructor.</summary>
    protected IActorContext Context => _context ?? throw new InvalidOperationException("An actor has no context before PreStart");

    protected IActorRef Self => Context.Self;

    /// <summary>Who sent the message at hand; <see cref="ActorRefs.Nobody"/> when it came without a sender.</summary>
    protected IActorRef Sender => Context.Sender;

    /// <summary>How failures of this actor's children are treated, unless a child's <see cref="Props.Supervision"/> says otherwise.</summary>
    protected virtual SupervisorStrategy SupervisorStrategy => SupervisorStrategy.Default;

    /// <summary>Handles one message. What is not known goes to <see cref="Unhandled"/>.</summary>
    protected abstract void Receive(object message);

    /// <summary>Runs before the first message.</summary>
    protected virtual void PreStart()
    {
    }

    /// <summary>Runs after the last message, when all children have stopped.</summary>
    protected virtual void PostStop()
    {
    }

    /// <summary>Runs on the failed instance before its replacement is made; calls <see cref="PostStop"/>. The children have been stopped.</summary>
    protected virtual void PreRestart(Exception reason, object? message) => PostStop();

    /// <summary>Runs on the fresh instance after a failure; calls <see cref="PreStart"/>.</summary>
    protected virtual void PostRestart(Exception reason) => PreStart();

    /// <summary>Publishes the message as <see cref="UnhandledMessage"/> on the event stream.</summary>
    protected void Unhandled(object message) => Context.System.EventStream.Publish(new UnhandledMessage(message, Sender, Self));

    internal SupervisorStrategy StrategyForChildren => SupervisorStrategy;

    internal void Bind(IActorContext context) => _context = context;

    internal void Invoke(object message) => Receive(message);

    internal void Start() => PreStart();

    internal void End() => PostStop();

    internal void Replace(Exception reason, object? message) => PreRestart(reason, message);

    internal void StartAgain(Exception reason) => PostRestart(reason);

    /// <summary>Called by the host on every fresh instance, before PreStart or PostRestart.</summary>
    internal virtual void Starting()
    {
    }
}
