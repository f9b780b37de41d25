using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Runtime.Core;

/// <summary>Stands between a message and its handler: may throw <see cref="HostAbortException"/> before or after it.</summary>
internal interface IStepGate
{
    void Handle(ActorCell cell, object message, Actor actor);
}

/// <summary>What all hosts' systems have in common.</summary>
internal abstract class ActorSystemCore : IActorSystem
{
    private ActorCell _guardian = null!;
    private readonly TaskCompletionSource _terminated;
    private readonly IJournal? _journal;
    private Exception? _failure;
    private long _deadLetters;
    private long _restarts;

    protected ActorSystemCore(ActorSystemOptions options, IClock clock, IChance chance, IScheduler scheduler, TaskCreationOptions continuations)
    {
        ArgumentNullException.ThrowIfNull(options);
        Name = options.Name;
        LogLevel = options.LogLevel;
        Clock = clock;
        Chance = chance;
        Scheduler = scheduler;
        ContinuationOptions = continuations;
        _journal = options.Journal;
        _terminated = new TaskCompletionSource(continuations);
        Root = ActorPath.Root(options.Name);
        TempPath = Root.Child("temp");
        DeadLetters = new DeadLetterRef(this, Root.Child("dead-letters"));
        CoordinatedShutdown = new CoordinatedShutdown(options.ShutdownPhases, EventStream, (delay, action) => Schedule(delay, () => RunOutside(action)), continuations);
        CoordinatedShutdown.AddTask(CoordinatedShutdown.StopActors, "actors", StopAll);
    }

    public string Name { get; }

    public IActorRef DeadLetters { get; }

    public EventStream EventStream { get; } = new();

    public CoordinatedShutdown CoordinatedShutdown { get; }

    public IClock Clock { get; }

    public IChance Chance { get; }

    public virtual IJournal Journal => _journal ?? throw new InvalidOperationException($"The actor system {Name} was made without a journal");

    public Task WhenTerminated => _terminated.Task;

    public SystemMetrics Metrics
    {
        get
        {
            (long processed, long waiting) = Register.Sum();
            return new SystemMetrics(Register.Live, Register.Started, Interlocked.Read(ref _restarts), processed, Interlocked.Read(ref _deadLetters), waiting);
        }
    }

    internal ActorPath Root { get; }

    internal ActorPath TempPath { get; }

    internal IScheduler Scheduler { get; }

    /// <summary>Stands between every message and its handler in a host that watches them; null elsewhere.</summary>
    internal IStepGate? Steps { get; init; }

    internal CellRegister Register { get; } = new();

    internal ActorLogLevel LogLevel { get; }

    /// <summary>Where continuations of this system's tasks run: inline in the simulated host, elsewhere on the pool.</summary>
    internal TaskCreationOptions ContinuationOptions { get; }

    public IActorRef Spawn(Props props, string name) => _guardian.SpawnChild(props, name);

    public void Stop(IActorRef actor)
    {
        if (actor is not LocalRef local || local.System != this)
        {
            throw new ArgumentException($"{actor?.Path} is no actor of {Name}", nameof(actor));
        }

        local.Cell.Mailbox.PostSystem(new StopActor());
    }

    public IActorRef? Find(ActorPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        ActorCell? cell = FindCell(path);
        return cell is { IsTerminated: false } ? cell.Ref : null;
    }

    public IReadOnlyList<ActorInfo> Walk()
    {
        List<ActorInfo> found = [];
        Stack<ActorCell> open = new([_guardian]);
        while (open.TryPop(out ActorCell? cell))
        {
            found.Add(cell.Info);
            ActorCell[] children = cell.ChildCells();
            for (int i = children.Length - 1; i >= 0; i--)
            {
                open.Push(children[i]);
            }
        }

        return found;
    }

    internal abstract Mailbox CreateMailbox(ActorCell cell);

    /// <summary>Runs work that may take its time, and is no actor's, away from the thread that fires what is due.</summary>
    protected abstract void RunOutside(Action work);

    /// <summary>Runs an action after a delay of the node's time.</summary>
    internal ScheduledAction Schedule(TimeSpan delay, Action action)
    {
        ScheduledAction entry = new(action);
        Scheduler.Schedule(entry, Clock.MonotonicTicks + delay.Ticks);
        return entry;
    }

    internal void PublishDeadLetter(object message, IActorRef? sender, IActorRef recipient, DeadLetterReason reason)
        => PublishDeadLetter(new DeadLetter(message, sender ?? ActorRefs.Nobody, recipient, reason));

    internal void PublishDeadLetter(DeadLetter letter)
    {
        Interlocked.Increment(ref _deadLetters);
        EventStream.Publish(letter);
        (letter.Message as IReleasable)?.Release();
    }

    internal void CountRestart() => Interlocked.Increment(ref _restarts);

    /// <summary>A failure was escalated beyond the top: the system stops, and the exception is its evidence.</summary>
    internal void OnTopFailed(Exception exception)
    {
        Interlocked.CompareExchange(ref _failure, exception, null);
        _guardian.Mailbox.PostSystem(new StopActor());
    }

    internal void OnTopTerminated()
    {
        if (_failure is { } failure)
        {
            _terminated.TrySetException(failure);
        }
        else
        {
            _terminated.TrySetResult();
        }
    }

    /// <summary>To be called by a host's constructor when everything is in place.</summary>
    protected void StartGuardian()
    {
        _guardian = new ActorCell(this, null, Props.Create(static () => new Guardian()), Root.Child("user"));
        Register.Add(_guardian);
        _guardian.Mailbox.PostSystem(new CreateActor());
    }

    private Task StopAll()
    {
        _guardian.Mailbox.PostSystem(new StopActor());
        return _terminated.Task;
    }

    private ActorCell? FindCell(ActorPath path)
    {
        if (path.Equals(_guardian.Ref.Path))
        {
            return _guardian;
        }

        return path.Parent is { } parent ? FindCell(parent)?.FindChild(path.Name)?.Cell : null;
    }

    /// <summary>The parent of all top-level actors. A failure escalated to it ends the system.</summary>
    private sealed class Guardian : Actor
    {
        protected override void Receive(object message) => Unhandled(message);
    }
}
