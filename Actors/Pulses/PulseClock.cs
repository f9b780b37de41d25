using LeitherCluster.Actors.Nodes;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Actors.Pulses;

/// <summary>
/// Gives the ledger its beats: one every cycle, numbered and stamped, told to the top trunk. One beat is open at a time; ticks that come
/// meanwhile are skipped and counted, and the next beat opens as soon as that one has ended. A beat that gets no end within
/// <see cref="AskAgainAfter"/> is told again, which is harmless.
/// </summary>
/// <remarks>
/// Over several nodes a beat is open until each has said that its credits are durable too (<see cref="BeatSettled"/>). So no branch ever lacks credits of more
/// than one beat, and the windows that they come from are still at hand.
/// <para>Beats are numbered (epoch, counter) and stamped with the node's clock, held monotone over those before. When the node before left a beat
/// sealed and not committed, that one is finished first, under its own number and timestamp.</para>
/// </remarks>
/// <param name="options">cycle and where to go on</param>
/// <param name="topTrunk">is told the beats</param>
/// <param name="opened">told of each number before it is used, so that a restart within the epoch goes on above it</param>
public sealed class PulseClock(PulseClockOptions options, IActorRef topTrunk, Action<BeatNumber> opened) : Actor
{
    /// <summary>How long a beat may stay open before it is told again.</summary>
    public static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(2);

    private static readonly object TickKey = "tick";
    private static readonly object AgainKey = "again";

    private BeatNumber _last = options.After;
    private Timestamp _lastAt = options.LastAt;
    private TimeSequence _sequence = options.Sequence;
    private readonly HashSet<NodeId> _settled = [];
    private OpenBeat? _open;
    private bool _hasEnded;
    private bool _isPaused;
    private bool _isOverdue;
    private long _skipped;

    protected override void PreStart()
    {
        if (options.Unfinished is { } unfinished)
        {
            Open(unfinished);
        }
        else
        {
            OnTick();
        }

        Context.Timers.StartPeriodic(TickKey, Tick.Instance, options.Cycle);
    }

    protected override void Receive(object message)
    {
        switch (message)
        {
            case Tick:
                OnTick();
                break;
            case TellAgain when _open is not null:
                Open(_open);
                break;
            case TellAgain:
                break;
            case BeatEnded ended when _open is not null && ended.Beat == _open.Beat:
                _hasEnded = true;
                _sequence = ended.Sequence;
                CloseWhenSettled();
                break;
            case BeatSettled settled when settled.Beat == _open?.Beat:
                _settled.Add(settled.Node);
                CloseWhenSettled();
                break;
            case BeatEnded or BeatSettled:
                break;
            case PauseClock:
                _isPaused = true;
                TellWhenPaused();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void CloseWhenSettled()
    {
        if (_hasEnded && options.Nodes.All(_settled.Contains))
        {
            _open = null;
            Context.Timers.Cancel(AgainKey);
            TellWhenPaused();
            if (_isOverdue)
            {
                // Waiting for the next tick, transfers of two cycles would gather, and take too long again.
                OnTick();
            }
        }
    }

    private void TellWhenPaused()
    {
        if (_isPaused && _open is null)
        {
            Context.Parent.Tell(ClockPaused.Instance, Self);
        }
    }

    private void OnTick()
    {
        if (_isPaused && _open is null)
        {
            return;
        }

        if (_open is not null)
        {
            _isOverdue = true;
            _skipped++;
            Context.System.EventStream.Publish(new BeatSkipped(_open.Beat, _skipped));
            return;
        }

        _isOverdue = false;
        _last = _last.Next();
        ulong now = (ulong)Math.Max(0, Context.Clock.UtcNowMs);
        _lastAt = new Timestamp(Math.Max(now, _lastAt.UnixMs));
        opened(_last);
        Open(new OpenBeat(_last, _lastAt, _sequence.Next(), Finish: false, options.Term));
    }

    private void Open(OpenBeat beat)
    {
        if (beat != _open)
        {
            _hasEnded = false;
            _settled.Clear();
        }

        _open = beat;
        topTrunk.Tell(beat, Self);
        Context.Timers.Start(AgainKey, TellAgain.Instance, AskAgainAfter);
    }

    private sealed record Tick : IControlMessage
    {
        public static readonly Tick Instance = new();
    }

    private sealed record TellAgain : IControlMessage
    {
        public static readonly TellAgain Instance = new();
    }
}

/// <param name="Cycle">Time between beats: 1 s by default, 50 ms at the least.</param>
/// <param name="After">Its first beat is the next one: (epoch, 0), or the last of this epoch when the ledger was restarted within it.</param>
/// <param name="LastAt">Timestamp of the last beat known; none of this clock's is below.</param>
/// <param name="Sequence">The time sequence that stands.</param>
/// <param name="Unfinished">A beat that was sealed and has no statement yet, or whose credits are not applied everywhere; null if none.</param>
/// <param name="Term">The term of its beats.</param>
/// <param name="Nodes">Those that say of each beat that it is settled there; none on a single node, where the statement's group settles it.</param>
public sealed record PulseClockOptions(
    TimeSpan Cycle, BeatNumber After, Timestamp LastAt, TimeSequence Sequence, OpenBeat? Unfinished, Term Term, IReadOnlyList<NodeId> Nodes)
{
    /// <summary>The shortest cycle.</summary>
    public static readonly TimeSpan CycleMin = TimeSpan.FromMilliseconds(50);

    /// <summary>The cycle by default.</summary>
    public static readonly TimeSpan CycleDefault = TimeSpan.FromSeconds(1);
}

/// <summary>Published when a tick found the pulse before still open.</summary>
/// <param name="Open">the beat that is open</param>
/// <param name="SkippedCount">ticks skipped since the clock started</param>
public sealed record BeatSkipped(BeatNumber Open, long SkippedCount);

/// <summary>Tells the clock to open no beat after the one that is open, for the rest of its term, and to say <see cref="ClockPaused"/> when that is over.</summary>
public sealed record PauseClock : IControlMessage
{
    public static readonly PauseClock Instance = new();
}

/// <summary>The clock to its parent: no beat is open.</summary>
public sealed record ClockPaused : IControlMessage
{
    public static readonly ClockPaused Instance = new();
}
