using LeitherCluster.Runtime.Core;

namespace LeitherCluster.Runtime.Simulation;

/// <summary>
/// A mailbox with a lane for every sender: order is kept within a lane, and which lane goes next is drawn.
/// </summary>
internal sealed class SimulatedMailbox : Mailbox
{
    private static readonly object Outside = new();
    private static readonly object Timers = new();

    private readonly ActorCell _cell;
    private readonly SimulatedNode _node;
    private readonly SimulatedActorSystem _system;
    private readonly int _capacity;
    private readonly Queue<SystemMessage> _systemMessages = new();
    private readonly Dictionary<object, Lane> _lanes = new(ReferenceEqualityComparer.Instance);
    private readonly List<Lane> _filled = [];
    private int _count;

    public SimulatedMailbox(SimulatedActorSystem system, ActorCell cell)
    {
        _system = system;
        _node = system.Node;
        _cell = cell;
        _capacity = cell.Props.Mailbox.Capacity;
        PathHash = SimulationTrace.HashOf(cell.Ref.Path.ToString());
    }

    public override int Count => _count;

    public ulong PathHash { get; }

    /// <summary>Place among the node's ready ones; -1 when not ready. The node's own.</summary>
    public int ReadyIndex { get; set; } = -1;

    private bool HasWork => _systemMessages.Count > 0 || (_cell.IsRunnable ? _count > 0 || _cell.HasUnstashed : _cell.IsTerminated && _count > 0);

    public override PostResult Post(in Envelope envelope)
    {
        EngineMessage? engine = envelope.Message as EngineMessage;
        return Post(envelope, engine?.ComesAfter?.Mailbox ?? _node.Cluster.Current ?? (engine is null ? Outside : Timers));
    }


    public PostResult Post(in Envelope envelope, object sender)
    {
        if (_cell.IsTerminated || _system.IsGone)
        {
            return PostResult.Stopped;
        }

        if (_count >= _capacity && envelope.Message is not IControlMessage)
        {
            return PostResult.Full;
        }

        if (!_lanes.TryGetValue(sender, out Lane? lane))
        {
            lane = new Lane();
            _lanes.Add(sender, lane);
        }

        lane.Waiting.Enqueue(envelope);
        if (lane.Waiting.Count == 1)
        {
            _filled.Add(lane);
        }

        _count++;
        UpdateReady();
        return PostResult.Taken;
    }

    public override void PostSystem(SystemMessage message)
    {
        if (!_system.IsGone)
        {
            _systemMessages.Enqueue(message);
            UpdateReady();
        }
    }

    public override bool TryTake(out Envelope envelope)
    {
        if (_filled.Count == 0)
        {
            envelope = default;
            return false;
        }

        int index = _filled.Count == 1 ? 0 : (int)_node.InterleavingChance.Next((ulong)_filled.Count);
        Lane lane = _filled[index];
        envelope = lane.Waiting.Dequeue();
        if (lane.Waiting.Count == 0)
        {
            _filled[index] = _filled[^1];
            _filled.RemoveAt(_filled.Count - 1);
        }

        _count--;
        return true;
    }

    public override void Wake() => UpdateReady();

    /// <summary>One turn: one system message or one user message.</summary>
    public void RunTurn()
    {
        _node.Cluster.Current = this;
        if (_systemMessages.TryDequeue(out SystemMessage? message))
        {
            message.Apply(_cell);
        }
        else if (_cell.IsTerminated)
        {
            _cell.DrainToDeadLetters();
        }
        else
        {
            _cell.HandleNext();
        }

        UpdateReady();
    }

    private void UpdateReady() => _node.SetReady(this, HasWork && !_system.IsGone);

    private sealed class Lane
    {
        public Queue<Envelope> Waiting { get; } = new();
    }
}
