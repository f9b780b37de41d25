using System.Runtime.CompilerServices;
using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Ledger.Branches;

/// <summary>
/// Finds frames of a window by their ids. The seed keeps ids that were made to collide from doing so.
/// </summary>
internal sealed class FrameIndex(ulong seed)
{
    private const int SlotsMin = 256;
    private const int NotFound = -1;

    private readonly ulong _seed = seed | 1;

    // The frame's number + 1; 0 is an empty slot.
    private int[] _slots = [];
    private int _shift;
    private int _count;

    /// <summary>Forgets every frame.</summary>
    public void Clear()
    {
        if (_count != 0)
        {
            Array.Clear(_slots);
            _count = 0;
        }
    }

    /// <summary>The number of the frame with this id, or -1; the ids are those of the frames in the window, no two the same.</summary>
    public int Find(in Hash256 id, ReadOnlySpan<Hash256> ids)
    {
        AddFrom(_count, ids);
        for (int i = SlotOf(id); _slots[i] != 0; i = (i + 1) & (_slots.Length - 1))
        {
            int frame = _slots[i] - 1;
            if (ids[frame] == id)
            {
                return frame;
            }
        }

        return NotFound;
    }

    private void AddFrom(int first, ReadOnlySpan<Hash256> ids)
    {
        int slots = _slots.Length == 0 ? SlotsMin : _slots.Length;
        while (slots < 2 * (ids.Length + 1))
        {
            slots *= 2;
        }

        if (slots != _slots.Length)
        {
            _slots = new int[slots];
            _shift = 64 - System.Numerics.BitOperations.Log2((uint)slots);
            first = 0;
        }

        for (int frame = first; frame < ids.Length; frame++)
        {
            int i = SlotOf(ids[frame]);
            while (_slots[i] != 0)
            {
                i = (i + 1) & (_slots.Length - 1);
            }

            _slots[i] = frame + 1;
        }

        _count = ids.Length;
    }

    private int SlotOf(in Hash256 id) =>
        (int)((Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<Hash256, byte>(ref Unsafe.AsRef(in id))) * _seed) >> _shift);
}
