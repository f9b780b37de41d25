using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <summary>What one sender has in a window: nonces, and how much the window takes from its balance.</summary>
/// <remarks>
/// While the window is open these are reservations beside the record. At the seal the first transfer of the sender begins them anew, so that only
/// what takes effect counts; amounts and holds are then in the record itself.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct PendingSender
{
    public AccountId Id;

    /// <summary>Holds that the open window will make.</summary>
    public int Holds;

    /// <summary>Sum of the amounts that the open window will debit or hold; what it issues is not among them.</summary>
    public ulong Amount;

    public NonceReservations Nonces;

    /// <summary>Whether the seal has come to the sender's first transfer.</summary>
    public bool IsSealing;

    /// <summary>Begins with nothing, over the nonces that the record has.</summary>
    public void Begin(NonceWindow sealedNonces, bool isSealing)
    {
        // Field by field, in place: a structure that is built elsewhere and copied waits for its own stores.
        Holds = 0;
        Amount = 0;
        Nonces.Reset(sealedNonces);
        IsSealing = isSealing;
    }
}

/// <summary>
/// The senders of a window in the order in which they came, found by id through an open-addressing table that is emptied in constant time.
/// The seed keeps chosen ids from colliding on purpose. Grows to the busiest window and stays.
/// </summary>
internal sealed class PendingSenders(ulong seed)
{
    private const int CapacityMin = 64;

    private readonly ulong _seed = seed | 1;
    private PendingSender[] _senders = new PendingSender[CapacityMin];
    private Slot[] _slots = new Slot[2 * CapacityMin];
    private int _shift = 64 - 7;
    private uint _generation = 1;

    public int Count { get; private set; }

    /// <summary>A sender by its number. The reference is good until the next sender is added.</summary>
    public ref PendingSender this[int sender] => ref _senders[sender];

    /// <summary>Forgets every sender.</summary>
    public void Clear()
    {
        Count = 0;
        if (++_generation == 0)
        {
            Array.Clear(_slots);
            _generation = 1;
        }
    }

    /// <summary>
    /// The sender's number. One that was not there is added with the next number; whoever adds it lets it <see cref="PendingSender.Begin"/>.
    /// </summary>
    public int FindOrAdd(in AccountId id, out bool added)
    {
        Slot[] slots = _slots;
        int i = SlotOf(id);
        for (; slots[i].Generation == _generation; i = (i + 1) & (slots.Length - 1))
        {
            int sender = slots[i].Sender;
            if (_senders[sender].Id == id)
            {
                added = false;
                return sender;
            }
        }

        added = true;
        if (Count == _senders.Length)
        {
            Grow();
            i = FreeSlotOf(id);
        }

        Enter(Count, i);
        _senders[Count].Id = id;
        return Count++;
    }

    /// <summary>Takes away the sender that was added last.</summary>
    public void RemoveLast()
    {
        Count--;
        int i = SlotOf(_senders[Count].Id);
        while (_slots[i].Generation != _generation || _slots[i].Sender != Count)
        {
            i = (i + 1) & (_slots.Length - 1);
        }

        // No other was placed after it, so none was placed beyond it.
        _slots[i].Generation = 0;
    }

    /// <summary>Asks for the memory in which <see cref="FindOrAdd"/> will look first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Prefetch(in AccountId id)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref _slots[SlotOf(id)]));
        }
    }

    // The product's highest bits depend on every bit of the id.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int SlotOf(in AccountId id) => (int)(((id.Middle ^ ((ulong)id.Low << 32) ^ id.High) * _seed) >> _shift);

    private int FreeSlotOf(in AccountId id)
    {
        int i = SlotOf(id);
        while (_slots[i].Generation == _generation)
        {
            i = (i + 1) & (_slots.Length - 1);
        }

        return i;
    }

    private void Enter(int sender, int slot)
    {
        _slots[slot].Generation = _generation;
        _slots[slot].Sender = sender;
    }

    private void Grow()
    {
        Array.Resize(ref _senders, Count * 2);
        _slots = new Slot[_slots.Length * 2];
        _shift--;
        for (int sender = 0; sender < Count; sender++)
        {
            Enter(sender, FreeSlotOf(_senders[sender].Id));
        }
    }

    private struct Slot
    {
        public uint Generation;
        public int Sender;
    }
}
