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
internal struct PendingSender(in AccountId id, NonceWindow sealedNonces)
{
    public readonly AccountId Id = id;

    /// <summary>Holds that the open window will make.</summary>
    public int Holds;

    /// <summary>Sum of the amounts that the open window will debit or hold; what it issues is not among them.</summary>
    public ulong Amount;

    public NonceReservations Nonces = new(sealedNonces);

    /// <summary>Whether the seal has come to the sender's first transfer.</summary>
    public bool IsSealing;

    /// <summary>Begins anew for the seal, over the nonces that the record has then.</summary>
    public void BeginSealing(NonceWindow sealedNonces) => this = new PendingSender(Id, sealedNonces) { IsSealing = true };
}

/// <summary>
/// The senders of a window in the order in which they came, found by id through an open-addressing table that is emptied in constant time.
/// The seed keeps chosen ids from colliding on purpose. Grows to the busiest window and stays.
/// </summary>
internal sealed class PendingSenders(ulong seed)
{
    private const int CapacityMin = 64;
    private const int NotFound = -1;

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

    /// <summary>The sender's number, or -1.</summary>
    public int Find(in AccountId id)
    {
        Slot[] slots = _slots;
        for (int i = SlotOf(id); slots[i].Generation == _generation; i = (i + 1) & (slots.Length - 1))
        {
            int sender = slots[i].Sender;
            if (_senders[sender].Id == id)
            {
                return sender;
            }
        }

        return NotFound;
    }

    /// <summary>Adds a sender that is not there; gives it the next number.</summary>
    public int Add(in PendingSender sender)
    {
        if (Count == _senders.Length)
        {
            Grow();
        }

        _senders[Count] = sender;
        Enter(Count);
        return Count++;
    }

    /// <summary>Asks for the memory in which <see cref="Find"/> will look first.</summary>
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

    private void Enter(int sender)
    {
        int i = SlotOf(_senders[sender].Id);
        while (_slots[i].Generation == _generation)
        {
            i = (i + 1) & (_slots.Length - 1);
        }

        _slots[i] = new Slot(_generation, sender);
    }

    private void Grow()
    {
        Array.Resize(ref _senders, Count * 2);
        _slots = new Slot[_slots.Length * 2];
        _shift--;
        for (int sender = 0; sender < Count; sender++)
        {
            Enter(sender);
        }
    }

    private readonly record struct Slot(uint Generation, int Sender);
}
