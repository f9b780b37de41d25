using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Ledger.Branches;

/// <summary>Who waits for a frame: a number that the owner of the window gave to the batch's slice, and the frame's number in its batch.</summary>
public readonly record struct Waiter(int Slice, int Frame)
{
    /// <summary>Waits for a frame that came from the journal: its sender will ask again.</summary>
    public static readonly Waiter Nobody = new(-1, -1);
}

/// <summary>
/// The transfers that a branch accepted for one beat, in recorded order, with what is kept beside each until its parties are answered.
/// Two of them take turns; their arrays grow to the size of the busiest window and stay.
/// </summary>
internal sealed class Window
{
    private const int FramesAtFirst = 64;

    private int _indexed;
    private Dictionary<Hash256, int>? _frameOfId;

    /// <summary>Null until the first frame comes.</summary>
    public WindowBuffer? Buffer { get; set; }

    public int Count { get; private set; }

    /// <summary>Where each frame begins in the buffer.</summary>
    public int[] Offsets { get; private set; } = new int[FramesAtFirst];

    /// <summary>The earliest of a frame's expiry and those of its acceptances, ms.</summary>
    public ulong[] Expiries { get; private set; } = new ulong[FramesAtFirst];

    public Hash256[] Ids { get; private set; } = new Hash256[FramesAtFirst];

    public Waiter[] Waiters { get; private set; } = new Waiter[FramesAtFirst];

    /// <summary>Parties that sent a frame again, by its number: they get the same answer.</summary>
    public List<(int Frame, Waiter Waiter)> Joined { get; } = [];

    public void Add(int offset, ulong expiry, in Hash256 id, Waiter waiter)
    {
        if (Count == Offsets.Length)
        {
            Resize(Count * 2);
        }

        int i = Count++;
        Offsets[i] = offset;
        Expiries[i] = expiry;
        Ids[i] = id;
        Waiters[i] = waiter;
    }

    /// <summary>Moves a frame's entries to an earlier number, when some before it were left out.</summary>
    public void Move(int from, int to)
    {
        Offsets[to] = Offsets[from];
        Expiries[to] = Expiries[from];
        Ids[to] = Ids[from];
        Waiters[to] = Waiters[from];
    }

    public void Truncate(int count)
    {
        Count = count;
        ForgetIndex();
    }

    public void Clear()
    {
        Buffer = null;
        Count = 0;
        Joined.Clear();
        ForgetIndex();
    }

    /// <summary>The number of the frame with this id, or -1. Only a transfer that came again is looked up, so the index is made when first asked.</summary>
    public int Find(in Hash256 id)
    {
        _frameOfId ??= [];
        for (; _indexed < Count; _indexed++)
        {
            _frameOfId.TryAdd(Ids[_indexed], _indexed);
        }

        return _frameOfId.TryGetValue(id, out int frame) ? frame : -1;
    }

    private void ForgetIndex()
    {
        _indexed = 0;
        _frameOfId?.Clear();
    }

    private void Resize(int capacity)
    {
        int[] offsets = Offsets;
        ulong[] expiries = Expiries;
        Hash256[] ids = Ids;
        Waiter[] waiters = Waiters;
        Array.Resize(ref offsets, capacity);
        Array.Resize(ref expiries, capacity);
        Array.Resize(ref ids, capacity);
        Array.Resize(ref waiters, capacity);
        (Offsets, Expiries, Ids, Waiters) = (offsets, expiries, ids, waiters);
    }
}
