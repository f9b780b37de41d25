using System.Collections.Concurrent;
using LeitherCluster.Runtime.Core;

namespace LeitherCluster.Runtime.Local;

/// <summary>
/// Many producers, one consumer: the thread-pool item that gives the cell its turns. At most one turn is queued or running.
/// </summary>
internal sealed class LocalMailbox(ActorCell cell, int messagesPerTurnMax) : Mailbox, IThreadPoolWorkItem
{
    private readonly ConcurrentQueue<Envelope> _user = new();
    private readonly int _capacity = cell.Props.Mailbox.Capacity;
    private SystemMessage? _system;
    private int _count;
    private int _scheduled;

    public override int Count => Volatile.Read(ref _count);

    public override PostResult Post(in Envelope envelope)
    {
        if (cell.IsTerminated)
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
        int left = messagesPerTurnMax;
        ApplySystem();
        while (left-- > 0 && cell.IsRunnable && cell.HandleNext())
        {
            ApplySystem();
        }

        if (cell.IsTerminated)
        {
            cell.DrainToDeadLetters();
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
                message.Apply(cell);
            }
        }
    }

    private bool HasWork()
    {
        if (Volatile.Read(ref _system) is not null)
        {
            return true;
        }

        return cell.IsRunnable ? Count > 0 || cell.HasUnstashed : cell.IsTerminated && Count > 0;
    }

    private void Schedule()
    {
        if (Volatile.Read(ref _scheduled) == 0 && Interlocked.CompareExchange(ref _scheduled, 1, 0) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }
}
