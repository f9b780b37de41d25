namespace LeitherCluster.Runtime.Core;

/// <summary>
/// One actor's life, the same in every host: it owns the instance, the children, the timers, and hands over one message at a
/// time. Everything here but the constructor runs in the cell's turn, unless it says otherwise.
/// </summary>
/// <remarks>
/// <code>
/// Starting ── created ──► Running ── throws ──► Failed ── RestartActor ──► Restarting ── children gone ──► Running
///     │ throws ─► Failed     │                     │                           │
///     └──────────────────────┴──── StopActor ──────┴───────────────────────────┴──► Stopping ── children gone ──► Terminated
/// </code>
/// User messages are handled in Running only; in Terminated they become dead letters.
/// </remarks>
internal sealed partial class ActorCell
{
    private Actor? _actor;
    private volatile CellState _state = CellState.Starting;
    private IActorRef _sender = ActorRefs.Nobody;
    private long _processed;
    private int _restarts;

    public ActorCell(ActorSystemCore system, ActorCell? parent, Props props, ActorPath path)
    {
        Core = system;
        ParentCell = parent;
        Props = props;
        Ref = new LocalRef(system, path, this);
        Mailbox = system.CreateMailbox(this);
        _timers = new ActorTimers(this);
        _stash = new ActorStash(this, props.Mailbox.StashCapacity);
    }

    private enum CellState
    {
        Starting,
        Running,
        Failed,
        Restarting,
        Stopping,
        Terminated,
    }

    public ActorSystemCore Core { get; }

    public ActorCell? ParentCell { get; }

    public Props Props { get; }

    public LocalRef Ref { get; }

    public Mailbox Mailbox { get; }

    /// <summary>Counts instances; tells answers to an older one apart.</summary>
    public int Incarnation { get; private set; }

    /// <summary>User messages may be handled now.</summary>
    public bool IsRunnable => _state == CellState.Running;

    /// <summary>From any thread.</summary>
    public bool IsTerminated => _state == CellState.Terminated;

    /// <summary>Messages handled. From any thread.</summary>
    public long Processed => Volatile.Read(ref _processed);

    /// <summary>From any thread.</summary>
    public ActorInfo Info => new(Ref.Path, Props.ActorType, Mailbox.Count, _stash.Count, Volatile.Read(ref _restarts));

    /// <summary>From 1, in the order of starting: no other actor of this system has it, not even one of the same path.</summary>
    public ulong Number { get; internal set; }

    /// <summary>Slot in the system's register. The register's own.</summary>
    internal int RegisterSlot { get; set; } = -1;

    /// <summary>Handles one user message: from the unstashed ones first, then from the mailbox. False: there was none.</summary>
    public bool HandleNext()
    {
        if (!_stash.TryTakeUnstashed(out Envelope envelope) && !Mailbox.TryTake(out envelope))
        {
            return false;
        }

        Handle(envelope);
        return true;
    }

    /// <summary>There is an unstashed message to handle.</summary>
    public bool HasUnstashed => _stash.UnstashedCount > 0;

    /// <summary>Makes dead letters of all that waits; the cell is terminated.</summary>
    public void DrainToDeadLetters()
    {
        while (_stash.TryTakeAny(out Envelope envelope) || Mailbox.TryTake(out envelope))
        {
            if (envelope.Message is not EngineMessage and not PoisonPill)
            {
                Core.PublishDeadLetter(envelope.Message, envelope.Sender, Ref, DeadLetterReason.Stopped);
            }
        }
    }

    private void Handle(in Envelope envelope)
    {
        object? message = envelope.Message;
        if (message is EngineMessage engine)
        {
            message = engine.Unwrap(this);
            if (message is null)
            {
                return;
            }
        }
        else if (message is PoisonPill)
        {
            BeginStop();
            return;
        }

        _sender = envelope.Sender ?? ActorRefs.Nobody;
        _current = new Envelope(message, envelope.Sender);
        NoteReceived(message);
        try
        {
            if (Core.Steps is { } steps)
            {
                steps.Handle(this, message, _actor!);
            }
            else
            {
                _actor!.Invoke(message);
            }
        }
        catch (Exception e) when (e is not HostAbortException)
        {
            Fail(e, message);
        }
        finally
        {
            Volatile.Write(ref _processed, _processed + 1);
            _sender = ActorRefs.Nobody;
            _current = default;
        }
    }
}
