namespace LeitherCluster.Runtime.Sharding;

/// <summary>
/// Parent of all entities of one kind that live on this node: passes <see cref="ShardEnvelope{TId}"/>s on, starts an entity with
/// its first message, and takes it out of memory on its wish, after idling, or when there are too many. No message is lost over a
/// passivation: what arrives meanwhile is buffered (bounded) and handed to the next incarnation in order.
/// </summary>
/// <remarks>
/// An entity's states: absent ── envelope ──► live ── Passivate, idle, too many, StopEntity ──► passivating ── stopped ──► absent,
/// or live again when messages wait. An entity that stops by itself while live is absent from then on.
/// </remarks>
public sealed class ShardRegion<TId> : Actor
    where TId : notnull, IEquatable<TId>
{
    private static readonly object SweepKey = new();

    private readonly ShardRegionOptions<TId> _options;
    private readonly Dictionary<TId, Entity> _entities = [];
    private readonly Dictionary<IActorRef, Entity> _byRef = [];
    private readonly LinkedList<Entity> _leastRecentFirst = [];
    private int _passivating;
    private int _buffered;
    private long _started;
    private long _passivated;
    private long _refused;

    private ShardRegion(ShardRegionOptions<TId> options) => _options = options;

    /// <summary>An entity that exhausts its restarts stops; the others go on.</summary>
    protected override SupervisorStrategy SupervisorStrategy { get; } = new() { WhenExhausted = SupervisorDirective.Stop };

    /// <summary>The recipe for a region. Throws when a bound is not positive.</summary>
    public static Props Props(ShardRegionOptions<TId> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.LiveMax, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BufferPerEntityMax, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BufferMax, 1, nameof(options));
        return Runtime.Props.Create(() => new ShardRegion<TId>(options));
    }

    protected override void PreStart()
    {
        if (_options.IdleAfter is { } idleAfter)
        {
            Context.Timers.StartPeriodic(SweepKey, Sweep.Instance, TimeSpan.FromTicks(Math.Max(idleAfter.Ticks / 2, TimeSpan.TicksPerMillisecond)));
        }
    }

    protected override void Receive(object message)
    {
        switch (message)
        {
            case ShardEnvelope<TId> envelope:
                Route(envelope);
                break;
            case Passivate wish when _byRef.TryGetValue(Sender, out Entity? entity):
                BeginPassivation(entity, wish.StopMessage);
                break;
            case StopEntity<TId> stop:
                if (_entities.TryGetValue(stop.EntityId, out Entity? named))
                {
                    BeginPassivation(named, _options.StopMessage);
                }

                break;
            case Terminated terminated when _byRef.TryGetValue(terminated.Actor, out Entity? gone):
                OnGone(gone);
                break;
            case Overdue overdue:
                // It did not stop on its stop message.
                Context.Stop(overdue.Entity);
                break;
            case Sweep:
                PassivateIdle();
                break;
            case GetShardRegionStats:
                Sender.Tell(new ShardRegionStats(_entities.Count, _passivating, _buffered, _started, _passivated, _refused), Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Route(ShardEnvelope<TId> envelope)
    {
        if (_options.Placement.RemoteHome(envelope.EntityId) is { } home)
        {
            Context.Forward(home, envelope);
            return;
        }

        if (!_entities.TryGetValue(envelope.EntityId, out Entity? entity))
        {
            entity = Start(envelope.EntityId);
        }

        if (entity.Buffer is not null)
        {
            Keep(entity, entity.Buffer, envelope.Message);
            return;
        }

        Touch(entity);
        Context.Forward(entity.Ref, envelope.Message);
    }

    private Entity Start(TId id)
    {
        string name = id.ToString() ?? throw new InvalidOperationException("An entity id has no text");
        IActorRef actor = Context.Spawn(_options.EntityProps(id), name);
        Context.Watch(actor);
        Entity entity = new(id, actor);
        _entities.Add(id, entity);
        _byRef.Add(actor, entity);
        _leastRecentFirst.AddLast(entity.Place);
        entity.LastUsedTicks = Context.Clock.MonotonicTicks;
        _started++;
        if (_leastRecentFirst.Count > _options.LiveMax)
        {
            BeginPassivation(_leastRecentFirst.First!.Value, _options.StopMessage);
        }

        return entity;
    }

    private void Touch(Entity entity)
    {
        entity.LastUsedTicks = Context.Clock.MonotonicTicks;
        if (_leastRecentFirst.Last != entity.Place)
        {
            _leastRecentFirst.Remove(entity.Place);
            _leastRecentFirst.AddLast(entity.Place);
        }
    }

    private void Keep(Entity entity, Queue<(object, IActorRef)> buffer, object message)
    {
        if (buffer.Count >= _options.BufferPerEntityMax || _buffered >= _options.BufferMax)
        {
            _refused++;
            Context.System.DeadLetters.Tell(new DeadLetter(message, Sender, entity.Ref, DeadLetterReason.BufferFull), Self);
            return;
        }

        buffer.Enqueue((message, Sender));
        _buffered++;
    }

    private void BeginPassivation(Entity entity, object stopMessage)
    {
        if (entity.Buffer is not null)
        {
            return;
        }

        entity.Buffer = new Queue<(object, IActorRef)>();
        _passivating++;
        _leastRecentFirst.Remove(entity.Place);
        Context.Timers.Start(entity, new Overdue(entity.Ref), _options.StopWithin);
        entity.Ref.Tell(stopMessage, Self);
    }

    private void PassivateIdle()
    {
        long idleSince = Context.Clock.MonotonicTicks - _options.IdleAfter!.Value.Ticks;
        while (_leastRecentFirst.First is { } oldest && oldest.Value.LastUsedTicks <= idleSince)
        {
            BeginPassivation(oldest.Value, _options.StopMessage);
        }
    }

    private void OnGone(Entity entity)
    {
        _entities.Remove(entity.Id);
        _byRef.Remove(entity.Ref);
        if (entity.Buffer is not { } buffer)
        {
            _leastRecentFirst.Remove(entity.Place);
            return;
        }

        Context.Timers.Cancel(entity);
        _passivating--;
        _passivated++;
        _buffered -= buffer.Count;
        if (buffer.Count == 0)
        {
            return;
        }

        // Its home may have moved meanwhile.
        if (_options.Placement.RemoteHome(entity.Id) is { } home)
        {
            foreach ((object message, IActorRef sender) in buffer)
            {
                home.Tell(new ShardEnvelope<TId>(entity.Id, message), sender);
            }

            return;
        }

        Entity next = Start(entity.Id);
        foreach ((object message, IActorRef sender) in buffer)
        {
            next.Ref.Tell(message, sender);
        }
    }

    private sealed class Entity
    {
        public Entity(TId id, IActorRef actor)
        {
            Id = id;
            Ref = actor;
            Place = new LinkedListNode<Entity>(this);
        }

        public TId Id { get; }

        public IActorRef Ref { get; }

        public LinkedListNode<Entity> Place { get; }

        public long LastUsedTicks { get; set; }

        /// <summary>Not null while passivating: what waits for the next incarnation, with its sender.</summary>
        public Queue<(object Message, IActorRef Sender)>? Buffer { get; set; }
    }

    private sealed record Overdue(IActorRef Entity);

    private sealed record Sweep
    {
        public static Sweep Instance { get; } = new();
    }
}
