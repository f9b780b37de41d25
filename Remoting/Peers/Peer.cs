using System.Collections.Concurrent;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Remoting.Peers;

/// <summary>One life of another node: two lanes to it, and the two connections on which it talks to this node.</summary>
internal sealed class Peer
{
    /// <summary>So many references are kept, so that the same actor has the same one; beyond, each is made anew.</summary>
    private const int RefsMax = 65_536;

    private readonly RemotingCore _core;
    private readonly ConcurrentDictionary<(ActorPath Path, ulong Number), RemoteRef> _refs = new();
    private readonly OutboundLane[] _out;
    private readonly InboundConnection?[] _in = new InboundConnection?[2];
    private readonly LaneCounters[] _inCounters = [new(), new()];
    private readonly Lock _gate = new();
    private int _refCount;
    private volatile string? _address;
    private volatile string? _programVersion;
    private volatile bool _isOver;

    public Peer(RemotingCore core, NodeId id)
    {
        _core = core;
        Id = id;
        _out = [new OutboundLane(core, this, Lane.Control), new OutboundLane(core, this, Lane.Bulk)];
    }

    public NodeId Id { get; }

    /// <summary>Where it is; null while nobody has said.</summary>
    public string? Address => _address;

    /// <summary>Completes when both lanes to it have ended, after <see cref="End"/>.</summary>
    public Task Ended => Task.WhenAll(_out[0].Ended, _out[1].Ended);

    /// <summary>Takes in where it is, and has the lanes try at once.</summary>
    public void Learn(string? address)
    {
        if (!string.IsNullOrEmpty(address))
        {
            _address = address;
        }

        Nudge();
    }

    /// <summary>It has just been heard of: takes in where it says it is, if nobody else has said, and has the lanes try at once.</summary>
    public void LearnIfUnknown(string address) => Learn(_address ?? address);

    public void LearnVersion(string programVersion) => _programVersion = programVersion;

    /// <summary>There is reason to think that it can be reached: no more waiting before the next attempt.</summary>
    public void Nudge()
    {
        foreach (OutboundLane lane in _out)
        {
            lane.Nudge();
        }
    }

    /// <summary>The reference for an actor there.</summary>
    public RemoteRef RefTo(ActorPath path, ulong number)
    {
        if ((number & FrameHeader.QuestionBit) != 0)
        {
            return new RemoteRef(_core, Id, path, number, this);
        }

        if (_refs.TryGetValue((path, number), out RemoteRef? known))
        {
            return known;
        }

        RemoteRef made = new(_core, Id, path, number, this);
        if (Volatile.Read(ref _refCount) >= RefsMax)
        {
            return made;
        }

        RemoteRef kept = _refs.GetOrAdd((path, number), made);
        if (ReferenceEquals(kept, made))
        {
            Interlocked.Increment(ref _refCount);
        }

        return kept;
    }

    /// <summary>Writes a message down for its lane.</summary>
    public PostOutcome Post(RemoteRef target, object message, IActorRef? sender)
    {
        bool isBulk = message is IBulkMessage;
        if (isBulk)
        {
            // Its signs of life tell whether the node is there; the bulk lane has none of its own.
            _out[(int)Lane.Control].Open();
        }

        return _out[isBulk ? (int)Lane.Bulk : (int)Lane.Control].Post(target, message, sender);
    }

    /// <summary>Puts a greeted connection in the place of the one before, if there is one. False when this life is over.</summary>
    public bool Accept(InboundConnection connection, out InboundConnection? before)
    {
        lock (_gate)
        {
            before = _in[(int)connection.Lane];
            if (_isOver)
            {
                return false;
            }

            _in[(int)connection.Lane] = connection;
            return true;
        }
    }

    /// <summary>Takes an ended connection out.</summary>
    public void Release(InboundConnection connection)
    {
        lock (_gate)
        {
            if (ReferenceEquals(_in[(int)connection.Lane], connection))
            {
                _in[(int)connection.Lane] = null;
            }
        }
    }

    public LaneCounters InCounters(Lane lane) => _inCounters[(int)lane];

    /// <summary>Closes what has been silent for too long and says on the rest that this node lives.</summary>
    public void Tick(long nowTicks)
    {
        if (_out[(int)Lane.Control].Tick(nowTicks))
        {
            _out[(int)Lane.Bulk].Break(HandshakeRefusal.Silent);
        }

        InboundConnection? control;
        InboundConnection? bulk;
        lock (_gate)
        {
            (control, bulk) = (_in[(int)Lane.Control], _in[(int)Lane.Bulk]);
        }

        if (control is not null && control.Tick(nowTicks))
        {
            bulk?.Close(HandshakeRefusal.Silent);
        }
    }

    /// <summary>A lane could not be opened. Without the control lane nobody would notice that the other side of the bulk lane has gone.</summary>
    public void NoteNotReached(Lane lane)
    {
        if (lane == Lane.Control)
        {
            _out[(int)Lane.Bulk].Break(HandshakeRefusal.Broken);
        }
    }

    /// <summary>This life is over: nothing goes there any more, and its connections are closed.</summary>
    public void End(HandshakeRefusal reason)
    {
        InboundConnection?[] connections;
        lock (_gate)
        {
            _isOver = true;
            connections = [.. _in];
        }

        foreach (OutboundLane lane in _out)
        {
            lane.End(reason);
        }

        foreach (InboundConnection? connection in connections)
        {
            connection?.Close(reason);
        }
    }

    public PeerMetrics Snapshot() => new(
        Id,
        _address,
        _programVersion,
        _out[0].Counters.Snapshot(),
        _out[1].Counters.Snapshot(),
        _inCounters[0].Snapshot(),
        _inCounters[1].Snapshot());
}
