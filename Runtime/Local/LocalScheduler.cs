using LeitherCluster.Runtime.Core;

namespace LeitherCluster.Runtime.Local;

/// <summary>
/// One thread that fires what is due, about to the millisecond. Entries fire on that thread and must be quick: they only post.
/// </summary>
internal sealed class LocalScheduler : IScheduler, IDisposable
{
    private readonly object _gate = new();
    private readonly ScheduledHeap _heap = new();
    private readonly Thread _thread;
    private ulong _order;
    private bool _disposed;

    public LocalScheduler()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "leither-timers" };
        _thread.Start();
    }

    public void Schedule(Scheduled entry, long dueTicks)
    {
        lock (_gate)
        {
            _heap.Remove(entry);
            entry.DueTicks = dueTicks;
            entry.Order = _order++;
            _heap.Add(entry);
            if (_heap.First == entry)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    public void Cancel(Scheduled entry)
    {
        lock (_gate)
        {
            _heap.Remove(entry);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
    }

    private void Run()
    {
        while (NextDue() is { } due)
        {
            due.Fire();
        }
    }

    /// <summary>Waits for the next entry to fall due and takes it out; null when disposed.</summary>
    private Scheduled? NextDue()
    {
        lock (_gate)
        {
            while (!_disposed)
            {
                Scheduled? first = _heap.First;
                long waitTicks = first is null ? long.MaxValue : first.DueTicks - LocalClock.Instance.MonotonicTicks;
                if (first is not null && waitTicks <= 0)
                {
                    _heap.Remove(first);
                    return first;
                }

                // Rounded up, so that nothing fires early.
                long waitMs = waitTicks == long.MaxValue ? Timeout.Infinite : Math.Min((waitTicks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond, int.MaxValue);
                Monitor.Wait(_gate, (int)waitMs);
            }

            return null;
        }
    }
}
