namespace LeitherCluster.Runtime.Core;

/// <summary>
/// All living cells of a system: changed under a lock, read without one. Keeps the counts of cells that have gone.
/// </summary>
internal sealed class CellRegister
{
    private readonly Lock _gate = new();
    private readonly Stack<int> _free = new();
    private ActorCell?[] _slots = new ActorCell?[64];
    private int _used;
    private long _live;
    private long _started;
    private long _processedByGone;

    public long Live => Volatile.Read(ref _live);

    public long Started => Volatile.Read(ref _started);

    public void Add(ActorCell cell)
    {
        lock (_gate)
        {
            int slot = _free.TryPop(out int reused) ? reused : _used++;
            if (slot == _slots.Length)
            {
                ActorCell?[] larger = new ActorCell?[slot * 2];
                _slots.CopyTo(larger, 0);
                Volatile.Write(ref _slots, larger);
            }

            cell.RegisterSlot = slot;
            cell.Number = (ulong)_started + 1;
            Volatile.Write(ref _slots[slot], cell);
            Volatile.Write(ref _live, _live + 1);
            Volatile.Write(ref _started, _started + 1);
        }
    }

    public void Remove(ActorCell cell)
    {
        lock (_gate)
        {
            Volatile.Write(ref _slots[cell.RegisterSlot], null);
            _free.Push(cell.RegisterSlot);
            Volatile.Write(ref _processedByGone, _processedByGone + cell.Processed);
            Volatile.Write(ref _live, _live - 1);
        }
    }

    public (long Processed, long Waiting) Sum()
    {
        long processed = Volatile.Read(ref _processedByGone);
        long waiting = 0;
        foreach (ActorCell? cell in Volatile.Read(ref _slots))
        {
            if (cell is not null)
            {
                processed += cell.Processed;
                waiting += cell.Mailbox.Count;
            }
        }

        return (processed, waiting);
    }
}
