using LeitherCluster.Runtime;

namespace LeitherCluster.Tests.Runtime.Kit;

/// <summary>An actor whose behaviour is given by the test, with the protected parts laid open.</summary>
internal sealed class ScriptedActor(Action<ScriptedActor, object> receive) : Actor
{
    public IActorContext Ctx => Context;

    public new IActorRef Self => base.Self;

    public new IActorRef Sender => base.Sender;

    public SupervisorStrategy Strategy { get; init; } = SupervisorStrategy.Default;

    public Action<ScriptedActor>? OnPreStart { get; init; }

    public Action<ScriptedActor>? OnPostStop { get; init; }

    public Action<ScriptedActor, Exception, object?>? OnPreRestart { get; init; }

    public Action<ScriptedActor, Exception>? OnPostRestart { get; init; }

    protected override SupervisorStrategy SupervisorStrategy => Strategy;

    public static Props Props(Action<ScriptedActor, object> receive) => LeitherCluster.Runtime.Props.Create(() => new ScriptedActor(receive));

    public void NotKnown(object message) => Unhandled(message);

    protected override void PreStart() => OnPreStart?.Invoke(this);

    protected override void PostStop() => OnPostStop?.Invoke(this);

    protected override void PreRestart(Exception reason, object? message)
    {
        OnPreRestart?.Invoke(this, reason, message);
        base.PreRestart(reason, message);
    }

    protected override void PostRestart(Exception reason)
    {
        OnPostRestart?.Invoke(this, reason);
        base.PostRestart(reason);
    }

    protected override void Receive(object message) => receive(this, message);
}

/// <summary>The exception that tests throw on purpose.</summary>
internal sealed class DeliberateException(string message) : Exception(message);
