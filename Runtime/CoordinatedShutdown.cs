namespace LeitherCluster.Runtime;

/// <summary>One step of a shutdown. Its tasks run side by side; the next phase begins when all ended or the limit passed.</summary>
public sealed record ShutdownPhase(string Name, TimeSpan Limit);

/// <summary>What became of one phase.</summary>
public enum ShutdownPhaseResult
{
    Completed = 0,
    TimedOut = 1,

    /// <summary>A task failed; the others were still waited for, and the next phase followed.</summary>
    Failed = 2,
}

/// <summary>Published on the event stream when a phase is over.</summary>
public sealed record ShutdownPhaseEnded(string Phase, ShutdownPhaseResult Result, Exception? Exception);

/// <summary>
/// The orderly way down, phase by phase. Runs once, however often it is asked for; a phase that fails or runs out of its limit
/// is reported and never keeps the later ones from running. The last phase, <see cref="StopActors"/>, stops the actor tree.
/// </summary>
public sealed class CoordinatedShutdown
{
    /// <summary>Stop taking new work: unbind sockets, refuse submissions.</summary>
    public const string StopAccepting = "stop-accepting";

    /// <summary>Let what is under way finish: the open pulse, waiting answers.</summary>
    public const string Drain = "drain";

    /// <summary>Make everything durable, close what stands outside the actors.</summary>
    public const string Flush = "flush";

    /// <summary>Stop all actors, leaves first.</summary>
    public const string StopActors = "stop-actors";

    /// <summary>What the actors stood on: the journal, files.</summary>
    public const string Release = "release";

    private readonly Lock _gate = new();
    private readonly ShutdownPhase[] _phases;
    private readonly List<(string Phase, string Name, Func<Task> Task)> _tasks = [];
    private readonly EventStream _events;
    private readonly Action<TimeSpan, Action> _schedule;
    private readonly TaskCompletionSource _done;
    private bool _started;

    /// <param name="phases">In their order.</param>
    /// <param name="events">Where ends of phases are announced.</param>
    /// <param name="schedule">Runs an action after a delay of the host's time.</param>
    /// <param name="continuations">Where whoever waits for the end goes on.</param>
    internal CoordinatedShutdown(IEnumerable<ShutdownPhase> phases, EventStream events, Action<TimeSpan, Action> schedule, TaskCreationOptions continuations)
    {
        _done = new TaskCompletionSource(continuations);
        _phases = [.. phases];
        _events = events;
        _schedule = schedule;
    }

    /// <summary>The phases that a system has unless its options say otherwise.</summary>
    public static IReadOnlyList<ShutdownPhase> DefaultPhases { get; } =
    [
        new(StopAccepting, TimeSpan.FromSeconds(5)),
        new(Drain, TimeSpan.FromSeconds(10)),
        new(Flush, TimeSpan.FromSeconds(10)),
        new(StopActors, TimeSpan.FromSeconds(10)),
        new(Release, TimeSpan.FromSeconds(5)),
    ];

    public IReadOnlyList<ShutdownPhase> Phases => _phases;

    public bool IsStarted
    {
        get
        {
            lock (_gate)
            {
                return _started;
            }
        }
    }

    /// <summary>Adds a task to a phase. Throws when the phase is unknown or the shutdown has begun.</summary>
    public void AddTask(string phase, string name, Func<Task> task)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (!Array.Exists(_phases, p => string.Equals(p.Name, phase, StringComparison.Ordinal)))
        {
            throw new ArgumentException($"There is no shutdown phase '{phase}'", nameof(phase));
        }

        lock (_gate)
        {
            if (_started)
            {
                throw new InvalidOperationException($"Shutdown has begun; task '{name}' comes too late");
            }

            _tasks.Add((phase, name, task));
        }
    }

    /// <summary>Begins the shutdown, or joins the one under way. The task completes when the last phase is over; it never fails.</summary>
    public Task Run()
    {
        bool first;
        lock (_gate)
        {
            first = !_started;
            _started = true;
        }

        if (first)
        {
            RunPhase(0);
        }

        return _done.Task;
    }

    private void RunPhase(int index)
    {
        if (index == _phases.Length)
        {
            _done.SetResult();
            return;
        }

        ShutdownPhase phase = _phases[index];
        Task[] tasks = [.. _tasks.Where(t => string.Equals(t.Phase, phase.Name, StringComparison.Ordinal)).Select(t => Start(t.Task))];
        int ended = 0;
        Task all = Task.WhenAll(tasks);
        _ = all.ContinueWith(
            t => End(t.IsFaulted || t.IsCanceled ? ShutdownPhaseResult.Failed : ShutdownPhaseResult.Completed, t.Exception?.InnerException),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        if (!all.IsCompleted)
        {
            _schedule(phase.Limit, () => End(ShutdownPhaseResult.TimedOut, null));
        }

        void End(ShutdownPhaseResult result, Exception? exception)
        {
            if (Interlocked.Exchange(ref ended, 1) == 0)
            {
                _events.Publish(new ShutdownPhaseEnded(phase.Name, result, exception));
                RunPhase(index + 1);
            }
        }
    }

    private static Task Start(Func<Task> task)
    {
        try
        {
            return task();
        }
        catch (Exception e)
        {
            return Task.FromException(e);
        }
    }
}
