namespace LeitherCluster.Runtime.Core;

/// <summary>Something that happens later, once. Sits in at most one heap at a time.</summary>
internal abstract class Scheduled
{
    /// <summary>Place in the heap; -1 when in none. The heap's own.</summary>
    internal int HeapIndex = -1;

    /// <summary>When, in the scheduler's monotonic ticks.</summary>
    internal long DueTicks;

    /// <summary>Orders what is due at the same tick.</summary>
    internal ulong Order;

    public abstract void Fire();
}

/// <summary>Runs an action when due.</summary>
internal sealed class ScheduledAction(Action action) : Scheduled
{
    public override void Fire() => action();
}

/// <summary>Where the delays of one node come from.</summary>
internal interface IScheduler
{
    /// <summary>Fires the entry when the node's monotonic clock reaches that time. An entry already waiting moves.</summary>
    void Schedule(Scheduled entry, long dueTicks);

    /// <summary>Takes an entry out; nothing happens when it is not waiting.</summary>
    void Cancel(Scheduled entry);
}

/// <summary>A binary heap by (due, order) whose entries know their place, so that taking one out costs O(log n). Not thread-safe.</summary>
internal sealed class ScheduledHeap
{
    private Scheduled[] _items = new Scheduled[64];

    public int Count { get; private set; }

    public Scheduled? First => Count == 0 ? null : _items[0];

    public void Add(Scheduled entry)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        Place(entry, Count);
        Count++;
        Up(entry.HeapIndex);
    }

    public void Remove(Scheduled entry)
    {
        int index = entry.HeapIndex;
        if (index < 0 || index >= Count || _items[index] != entry)
        {
            return;
        }

        Count--;
        entry.HeapIndex = -1;
        Scheduled last = _items[Count];
        _items[Count] = null!;
        if (index < Count)
        {
            Place(last, index);
            Up(index);
            Down(last.HeapIndex);
        }
    }

    private void Up(int index)
    {
        Scheduled entry = _items[index];
        while (index > 0)
        {
            int parent = (index - 1) / 2;
            if (!Before(entry, _items[parent]))
            {
                break;
            }

            Place(_items[parent], index);
            index = parent;
        }

        Place(entry, index);
    }

    private void Down(int index)
    {
        Scheduled entry = _items[index];
        while (true)
        {
            int child = (2 * index) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && Before(_items[child + 1], _items[child]))
            {
                child++;
            }

            if (!Before(_items[child], entry))
            {
                break;
            }

            Place(_items[child], index);
            index = child;
        }

        Place(entry, index);
    }

    private void Place(Scheduled entry, int index)
    {
        _items[index] = entry;
        entry.HeapIndex = index;
    }

    private static bool Before(Scheduled a, Scheduled b) => a.DueTicks != b.DueTicks ? a.DueTicks < b.DueTicks : a.Order < b.Order;
}
