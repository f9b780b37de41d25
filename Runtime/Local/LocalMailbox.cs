using System.Collections.Concurrent;
using LeitherCluster.Runtime.Core;

namespace LeitherCluster.Runtime.Local;

/// <summary>
/// Many producers, one consumer: the work item that gives the cell its turns, on the thread pool or on a thread of its own. At most one turn is queued
/// or running.
/// </summary>
internal sealed class LocalMailbox : Mailbox, IThreadPoolWorkItem
{
    private readonly ActorCell _cell;
    private readonly int _messagesPerTurnMax;
    private readonly ConcurrentQueue<Envelope> _user = new();
    private readonly int _capacity;
    private readonly TurnThread? _thread;
    private SystemMessage? _system;
    private int _count;
    private int _scheduled;

    public LocalMailbox(ActorCell cell, int messagesPerTurnMax)
    {
        _cell = cell;
        _messagesPerTurnMax = messagesPerTurnMax;
        _capacity = cell.Props.Mailbox.Capacity;
        _thread = cell.Props.ThreadName is { } name ? new TurnThread(this, () => cell.IsTerminated, name) : null;
    }

    public override int Count => Volatile.Read(ref _count);

    public override PostResult Post(in Envelope envelope)
    {
        if (_cell.IsTerminated)
        {
            return PostResult.Stopped;
        }

        if (Interlocked.Increment(ref _count) > _capacity && envelope.Message is not IControlMessage)
        {
            Interlocked.Decrement(ref _count);
            return PostResult.Full;
        }

        _user.Enqueue(envelope);
        Schedule();
        return PostResult.Taken;
    }

    public override void PostSystem(SystemMessage message)
    {
        SystemMessage? head;
        do
        {
            head = Volatile.Read(ref _system);
            message.Next = head;
        }
        while (Interlocked.CompareExchange(ref _system, message, head) != head);

        Schedule();
    }

    public override bool TryTake(out Envelope envelope)
    {
        if (!_user.TryDequeue(out envelope))
        {
            return false;
        }

        Interlocked.Decrement(ref _count);
        return true;
    }

    /// <summary>The turn under way looks again before it ends.</summary>
    public override void Wake()
    {
    }

    public void Execute()
    {
        int left = _messagesPerTurnMax;
        ApplySystem();
        while (left-- > 0 && _cell.IsRunnable && _cell.HandleNext())
        {
            ApplySystem();
        }

        if (_cell.IsTerminated)
        {
            _cell.DrainToDeadLetters();
        }

        // A full fence between giving the turn up and looking at the counts. Producers count first (a full fence too), then
        // enqueue, then look at the flag: one of the two always sees the other.
        Interlocked.Exchange(ref _scheduled, 0);
        if (HasWork())
        {
            Schedule();
        }
    }

    private void ApplySystem()
    {
        while (Volatile.Read(ref _system) is not null)
        {
            SystemMessage? newestFirst = Interlocked.Exchange(ref _system, null);
            SystemMessage? oldestFirst = null;
            while (newestFirst is not null)
            {
                (newestFirst, newestFirst.Next, oldestFirst) = (newestFirst.Next, oldestFirst, newestFirst);
            }

            while (oldestFirst is not null)
            {
                SystemMessage message = oldestFirst;
                oldestFirst = message.Next;
                message.Next = null;
                message.Apply(_cell);
            }
        }
    }

    private bool HasWork()
    {
        if (Volatile.Read(ref _system) is not null)
        {
            return true;
        }

        return _cell.IsRunnable ? Count > 0 || _cell.HasUnstashed : _cell.IsTerminated && Count > 0;
    }

    private void Schedule()
    {
        if (Volatile.Read(ref _scheduled) == 0 && Interlocked.CompareExchange(ref _scheduled, 1, 0) == 0)
        {
            if (_thread is null)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            }
            else
            {
                _thread.Ask();
            }
        }
    }
}
