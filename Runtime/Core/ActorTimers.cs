namespace LeitherCluster.Runtime.Core;

/// <summary>The timers of one cell. In the cell's turn only; firing comes from the scheduler and only posts.</summary>
internal sealed class ActorTimers(ActorCell cell) : ITimers
{
    private static readonly TimeSpan IntervalMin = TimeSpan.FromMilliseconds(1);
    private Dictionary<object, Entry>? _entries;

    private ActorCell Cell => cell;

    public void Start(object key, object message, TimeSpan delay) => Add(key, message, delay, 0);

    public void StartPeriodic(object key, object message, TimeSpan interval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, IntervalMin);
        Add(key, message, interval, interval.Ticks);
    }

    public void Cancel(object key)
    {
        if (_entries is not null && _entries.Remove(key, out Entry? entry))
        {
            cell.Core.Scheduler.Cancel(entry.Due);
        }
    }

    public void CancelAll()
    {
        if (_entries is null)
        {
            return;
        }

        foreach (Entry entry in _entries.Values)
        {
            cell.Core.Scheduler.Cancel(entry.Due);
        }

        _entries.Clear();
    }

    public bool IsActive(object key) => _entries is not null && _entries.ContainsKey(key);

    private void Add(object key, object message, TimeSpan delay, long intervalTicks)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(message);
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        Cancel(key);
        Entry entry = new(this, key, message, intervalTicks);
        (_entries ??= []).Add(key, entry);
        entry.StartAt(cell.Core.Clock.MonotonicTicks + delay.Ticks);
    }

    /// <summary>One started timer; in the mailbox it stands for its own tick.</summary>
    private sealed class Entry : EngineMessage
    {
        private readonly ActorTimers _owner;
        private readonly object _key;
        private readonly object _message;
        private readonly long _intervalTicks;
        private long _dueTicks;

        public Entry(ActorTimers owner, object key, object message, long intervalTicks)
        {
            _owner = owner;
            _key = key;
            _message = message;
            _intervalTicks = intervalTicks;
            Due = new Tick(owner.Cell, this);
        }

        public Scheduled Due { get; }

        public void StartAt(long dueTicks)
        {
            _dueTicks = dueTicks;
            _owner.Cell.Core.Scheduler.Schedule(Due, dueTicks);
        }

        public override object? Unwrap(ActorCell receiver)
        {
            if (_owner._entries is null || !_owner._entries.TryGetValue(_key, out Entry? active) || active != this)
            {
                return null;
            }

            if (_intervalTicks == 0)
            {
                _owner._entries.Remove(_key);
            }
            else
            {
                long now = receiver.Core.Clock.MonotonicTicks;
                long missed = Math.Max(0, now - _dueTicks) / _intervalTicks;
                StartAt(_dueTicks + ((missed + 1) * _intervalTicks));
            }

            return _message;
        }
    }

    private sealed class Tick(ActorCell cell, Entry entry) : Scheduled
    {
        public override void Fire() => cell.Mailbox.Post(new Envelope(entry, null));
    }
}
