namespace LeitherCluster.Runtime.Core;

/// <summary>The sender of one question of an actor. The first of answer and time limit goes to the asker, nothing after it.</summary>
internal sealed class AskRef : EngineRef
{
    private readonly ActorCell _asker;
    private readonly int _incarnation;
    private readonly IActorRef _target;
    private readonly object _tag;
    private int _answered;

    public AskRef(ActorCell asker, IActorRef target, object tag)
        : base(asker.Core, asker.Ref.Path.Child("$ask"))
    {
        ArgumentNullException.ThrowIfNull(tag);
        _asker = asker;
        _incarnation = asker.Incarnation;
        _target = target;
        _tag = tag;
        Timeout = new ScheduledAction(OnTimeout);
    }

    public Scheduled Timeout { get; }

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
        if (Interlocked.Exchange(ref _answered, 1) != 0)
        {
            return false;
        }

        System.Scheduler.Cancel(Timeout);
        return Post(new AskReply(_tag, message, sender ?? ActorRefs.Nobody), sender);
    }

    private void OnTimeout()
    {
        if (Interlocked.Exchange(ref _answered, 1) == 0)
        {
            Post(new AskTimeout(_tag, _target), null);
        }
    }

    private bool Post(object answer, IActorRef? sender)
        => _asker.Mailbox.Post(new Envelope(new Answer(_incarnation, answer), sender)) == PostResult.Taken;

    private sealed class Answer(int incarnation, object message) : EngineMessage
    {
        public override object? Unwrap(ActorCell receiver)
        {
            if (receiver.Incarnation == incarnation)
            {
                return message;
            }

            ((message as AskReply)?.Message as IReleasable)?.Release();
            return null;
        }
    }
}
