using LeitherCluster.Runtime.Core;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Runtime.Simulation;

/// <summary>
/// One machine of a simulation: a disk and clocks that outlive the process, and the process that boots, crashes and boots again.
/// </summary>
/// <remarks>
/// Down ── Boot ──► up ── Crash, ShutDown ──► down. While paused (a stopped process, a long collection) nothing of the node moves,
/// but its clocks do. At every boot the monotonic clock starts anew from an arbitrary value.
/// </remarks>
public sealed partial class SimulatedNode : IDisposable
{
    private readonly Action<SimulatedNode> _boot;
    private readonly SimulatedNodeOptions _options;
    private readonly List<SimulatedMailbox> _ready = [];
    private readonly List<Action> _onDown = [];
    private readonly NodeClock _clock;
    private SimulatedActorSystem? _system;
    private SimulatedJournal? _journal;
    private JournalBufferPool? _buffers;
    private int _pauses;
    private CrashKind _crashKind;
    private TimeSpan? _restartAfterCrash;

    internal SimulatedNode(SimulatedCluster cluster, string name, int index, Action<SimulatedNode> boot, SimulatedNodeOptions options, SimulatedChance chance)
    {
        Cluster = cluster;
        Name = name;
        Index = index;
        _boot = boot;
        _options = options;
        RemoteActors = new SimulatedRemoteActors(this);
        Chance = chance.Fork();
        InterleavingChance = chance.Fork();
        Disk = new SimulatedDisk(chance.Fork(), options.DiskCapacityBytes)
        {
            BeforeOperation = BeforeDisk,
            AfterOperation = AfterDisk,
            OnFault = NoteDiskFault,
        };
        _clock = new NodeClock(this) { OffsetTicks = options.ClockSkew.Ticks };
    }

    public SimulatedCluster Cluster { get; }

    public string Name { get; }

    /// <summary>Place among the simulation's nodes.</summary>
    public int Index { get; }

    public bool IsUp => _system is not null;

    public bool IsPaused => _pauses > 0;

    /// <summary>Boots so far.</summary>
    public int Incarnation { get; private set; }

    /// <summary>The number by which other nodes know this incarnation: its count of boots, unless the node has got another one since it booted.</summary>
    public uint NodeIncarnation
    {
        get => field == 0 ? (uint)Incarnation : field;
        set;
    }

    public SimulatedDisk Disk { get; }

    /// <summary>What the node's actors draw from.</summary>
    public SimulatedChance Chance { get; }

    public IClock Clock => _clock;

    /// <summary>Name of the step that the node took last; what a fault between two steps is noted with.</summary>
    public string LastStep { get; internal set; } = "before boot";

    /// <summary>The actors of this incarnation. Throws when the node is down.</summary>
    public IActorSystem System => Running;

    /// <summary>This incarnation's journal, when the boot function has attached one.</summary>
    public IJournal Journal => _journal ?? throw new InvalidOperationException($"Node {Name} has no journal");

    /// <summary>This incarnation's journal buffers; freed when it goes down.</summary>
    public JournalBufferPool Buffers => _buffers ?? throw new InvalidOperationException($"Node {Name} is down");

    /// <summary>The other nodes' actors as this node reaches them.</summary>
    public IRemoteActors RemoteActors { get; }

    internal SimulatedChance InterleavingChance { get; }

    internal ScheduledHeap Timeline { get; private set; } = new();

    internal int ReadyCount => IsPaused ? 0 : _ready.Count;

    internal SimulatedActorSystem Running => _system ?? throw new InvalidOperationException($"Node {Name} is down");

    /// <summary>Boots the node as its own step, after a delay. Nothing happens when it is up by then.</summary>
    public void Boot(TimeSpan delay = default) => Cluster.After(delay, BootNow);

    /// <summary>
    /// Makes the journal of this incarnation over a store; to be called by the boot function. The store is disposed when the node
    /// goes down, after its disk has become unreachable.
    /// </summary>
    public IJournal AttachJournal(IJournalStore store, JournalOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        if (_journal is not null)
        {
            throw new InvalidOperationException($"Node {Name} has a journal already");
        }

        _journal = new SimulatedJournal(this, store, options ?? new JournalOptions());
        return _journal;
    }

    /// <summary>Runs when this incarnation goes down, however: the place to free what its actors held outside the garbage collector.</summary>
    public void OnDown(Action action) => _onDown.Add(action);

    /// <summary>Jumps the wall clock, forwards or backwards.</summary>
    public void JumpClock(TimeSpan by)
    {
        _clock.OffsetTicks += by.Ticks;
        Cluster.Faults.Note("clock jump", LastStep);
    }

    /// <summary>Stops the node for a while: nothing of it moves, and nothing of it is lost.</summary>
    public void Pause(TimeSpan time)
    {
        _pauses++;
        Cluster.Faults.Note("pause", LastStep);
        Cluster.After(time, () => _pauses--);
    }

    /// <summary>
    /// Ends the node between two steps, and boots it again after a time (null: it stays down). In the middle of a step an observer's
    /// verdict does it; see <see cref="PlanCrash"/>.
    /// </summary>
    public void Crash(CrashKind kind = CrashKind.PowerLoss, TimeSpan? restartAfter = null)
    {
        Cluster.Faults.Note(kind == CrashKind.PowerLoss ? "power loss" : "process kill", LastStep);
        GoDown(kind);
        if (restartAfter is { } delay)
        {
            Boot(delay);
        }
    }

    /// <summary>How the next crash by verdict happens, and after what time the node boots again (null: it stays down).</summary>
    public void PlanCrash(CrashKind kind, TimeSpan? restartAfter)
    {
        _crashKind = kind;
        _restartAfterCrash = restartAfter;
    }

    /// <summary>Begins the coordinated shutdown; the node is down when it is over.</summary>
    public void ShutDown()
    {
        int incarnation = Incarnation;
        _ = System.CoordinatedShutdown.Run().ContinueWith(
            _ => Cluster.After(TimeSpan.Zero, () =>
            {
                if (IsUp && Incarnation == incarnation)
                {
                    _journal?.Close();
                    _journal = null;
                    GoDown(CrashKind.ProcessKill);
                }
            }),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>A reference to an actor of another node, found by its path when a message arrives there.</summary>
    public IActorRef RefTo(SimulatedNode other, ActorPath path)
    {
        ArgumentNullException.ThrowIfNull(other);
        ArgumentNullException.ThrowIfNull(path);
        return new SimulatedRemoteRef(this, other, path, null, 0);
    }

    internal void CrashFromStep()
    {
        GoDown(_crashKind);
        if (_restartAfterCrash is { } delay)
        {
            Boot(delay);
        }
    }

    /// <summary>Takes the node down if it is up, and frees what it held.</summary>
    public void Dispose()
    {
        if (IsUp)
        {
            GoDown(CrashKind.ProcessKill);
        }
    }

    internal void SetReady(SimulatedMailbox mailbox, bool ready)
    {
        if (ready == (mailbox.ReadyIndex >= 0))
        {
            return;
        }

        if (ready)
        {
            mailbox.ReadyIndex = _ready.Count;
            _ready.Add(mailbox);
            return;
        }

        SimulatedMailbox last = _ready[^1];
        _ready[mailbox.ReadyIndex] = last;
        last.ReadyIndex = mailbox.ReadyIndex;
        _ready.RemoveAt(_ready.Count - 1);
        mailbox.ReadyIndex = -1;
    }

    internal void RunReady(int index) => _ready[index].RunTurn();

    private void BootNow()
    {
        if (IsUp)
        {
            return;
        }

        Incarnation++;
        NodeIncarnation = 0;
        _clock.Restart((long)Chance.Next(1UL << 50));
        _buffers = new JournalBufferPool(_options.JournalBufferBytesMax);
        ActorSystemOptions options = new() { Name = Name, LogLevel = _options.LogLevel };
        _system = new SimulatedActorSystem(this, options, _clock, new NodeScheduler(this));
        Cluster.Observe(this, StepKind.Boot, "boot", null, (ulong)Incarnation, () => _boot(this));
    }

    private void GoDown(CrashKind kind)
    {
        SimulatedActorSystem gone = Running;
        gone.IsGone = true;
        _system = null;
        _ready.ForEach(static m => m.ReadyIndex = -1);
        _ready.Clear();
        Timeline = new ScheduledHeap();
        if (kind == CrashKind.PowerLoss)
        {
            Disk.LosePower();
        }
        else
        {
            Disk.DropHandles();
        }

        _journal?.Abandon();
        _journal = null;
        _onDown.ForEach(static a => a());
        _onDown.Clear();
        _buffers!.Dispose();
        _buffers = null;
    }
}
