using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <summary>What one sender has in the open window: reserved nonces, and how much the window will take from its balance.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct PendingSender
{
    public AccountId Id;
    public uint Generation;

    /// <summary>Sum of the amounts that the window will debit or hold.</summary>
    public ulong Amount;

    /// <summary>Holds that the window will open.</summary>
    public int Holds;

    /// <summary>While sealing: the sender's first transfer of the window has been executed, and <see cref="Nonces"/> began anew with it.</summary>
    public bool Sealing;

    public NonceReservations Nonces;
}

/// <summary>
/// The senders of an open window, in an open-addressing table that is emptied in constant time. References into it are
/// valid until the next <see cref="FindOrAdd"/>. The seed keeps chosen ids from colliding on purpose.
/// </summary>
internal sealed class PendingSenders(ulong seed)
{
    private const int CapacityMin = 256;

    private readonly ulong _seed = seed | 1;
    private PendingSender[] _slots = new PendingSender[CapacityMin];
    private uint _generation = 1;

    public int Count { get; private set; }

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

    /// <summary>The sender's entry, or a null reference.</summary>
    public ref PendingSender Find(in AccountId id)
    {
        PendingSender[] slots = _slots;
        int mask = slots.Length - 1;
        for (int i = SlotOf(id, mask); ; i = (i + 1) & mask)
        {
            ref PendingSender slot = ref slots[i];
            if (slot.Generation != _generation)
            {
                return ref Unsafe.NullRef<PendingSender>();
            }

            if (slot.Id == id)
            {
                return ref slot;
            }
        }
    }

    /// <summary>The sender's entry, made empty when there was none.</summary>
    public ref PendingSender FindOrAdd(in AccountId id)
    {
        if (Count * 2 >= _slots.Length)
        {
            Grow();
        }

        PendingSender[] slots = _slots;
        int mask = slots.Length - 1;
        for (int i = SlotOf(id, mask); ; i = (i + 1) & mask)
        {
            ref PendingSender slot = ref slots[i];
            if (slot.Generation != _generation)
            {
                slot = new PendingSender { Id = id, Generation = _generation };
                Count++;
                return ref slot;
            }

            if (slot.Id == id)
            {
                return ref slot;
            }
        }
    }

    private int SlotOf(in AccountId id, int mask)
    {
        ulong mixed = (id.Middle ^ ((ulong)id.Low << 32) ^ id.High) * _seed;
        return (int)(mixed >> 32) & mask;
    }

    private void Grow()
    {
        PendingSender[] old = _slots;
        _slots = new PendingSender[old.Length * 2];
        int mask = _slots.Length - 1;
        foreach (ref PendingSender entry in old.AsSpan())
        {
            if (entry.Generation != _generation)
            {
                continue;
            }

            int i = SlotOf(entry.Id, mask);
            while (_slots[i].Generation == _generation)
            {
                i = (i + 1) & mask;
            }

            _slots[i] = entry;
        }
    }
}
