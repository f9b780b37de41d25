using LeitherCluster.Runtime.Core;

namespace LeitherCluster.Runtime.Local;

/// <summary>What a local system is made with.</summary>
public sealed record LocalActorSystemOptions : ActorSystemOptions
{
    /// <summary>Most messages that an actor handles before it lets others onto its thread.</summary>
    public int MessagesPerTurnMax { get; init; } = 64;
}

/// <summary>
/// Actors on this process's thread pool, with real time and chance. Disposing runs the coordinated shutdown and ends the timers'
/// thread.
/// </summary>
public sealed class LocalActorSystem : IActorSystem, IAsyncDisposable
{
    private readonly LocalScheduler _scheduler = new();
    private readonly Core _core;

    public LocalActorSystem(LocalActorSystemOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MessagesPerTurnMax, 1, nameof(options));
        _core = new Core(options, _scheduler);
    }

    public string Name => _core.Name;

    public IActorRef DeadLetters => _core.DeadLetters;

    public EventStream EventStream => _core.EventStream;

    public CoordinatedShutdown CoordinatedShutdown => _core.CoordinatedShutdown;

    public IClock Clock => _core.Clock;

    public IChance Chance => _core.Chance;

    public Journaling.IJournal Journal => _core.Journal;

    public Task WhenTerminated => _core.WhenTerminated;

    public SystemMetrics Metrics => _core.Metrics;

    public IActorRef Spawn(Props props, string name) => _core.Spawn(props, name);

    public void Stop(IActorRef actor) => _core.Stop(actor);

    public IActorRef? Find(ActorPath path) => _core.Find(path);

    public IReadOnlyList<ActorInfo> Walk() => _core.Walk();

    public async ValueTask DisposeAsync()
    {
        await _core.CoordinatedShutdown.Run().ConfigureAwait(false);
        _scheduler.Dispose();
    }

    private sealed class Core : ActorSystemCore
    {
        private readonly int _messagesPerTurnMax;

        public Core(LocalActorSystemOptions options, LocalScheduler scheduler)
            : base(options, LocalClock.Instance, LocalChance.Instance, scheduler, TaskCreationOptions.RunContinuationsAsynchronously)
        {
            _messagesPerTurnMax = options.MessagesPerTurnMax;
            StartGuardian();
        }

        internal override Mailbox CreateMailbox(ActorCell cell) => new LocalMailbox(cell, _messagesPerTurnMax);

        protected override void RunOutside(Action work) => ThreadPool.QueueUserWorkItem(static w => w(), work, preferLocal: false);
    }
}
