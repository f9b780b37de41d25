using System.Runtime.InteropServices;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Persistence.Files;

/// <summary>
/// Scratch memory that begins on a page and never moves. It stands on the pinned heap, so that a node that is dropped in the
/// middle of something leaves nothing behind.
/// </summary>
internal sealed class AlignedBuffer
{
    private byte[] _memory = [];
    private int _start;

    public AlignedBuffer(int capacity) => Allocate(capacity);

    public int Capacity { get; private set; }

    public Span<byte> Span(int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)start, (uint)Capacity, nameof(start));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)(Capacity - start), nameof(length));
        return _memory.AsSpan(_start + start, length);
    }

    /// <summary>Grows to twice the size at least, keeping the first <paramref name="keep"/> bytes.</summary>
    public void EnsureCapacity(int capacity, int keep = 0)
    {
        if (capacity > Capacity)
        {
            ReadOnlySpan<byte> kept = Span(0, keep);
            Allocate(checked((int)Math.Max(capacity, 2L * Capacity)));
            kept.CopyTo(Span(0, keep));
        }
    }

    /// <summary>Writes whole pages of it to a file.</summary>
    public unsafe void WriteTo(IDiskFile file, long offset, int start, int length)
    {
        fixed (byte* data = Span(start, length))
        {
            file.WriteAligned(offset, data, length);
        }
    }

    private void Allocate(int capacity)
    {
        Capacity = checked((int)JournalFormat.PageCeiling(Math.Max(capacity, 1)));
        _memory = GC.AllocateUninitializedArray<byte>(Capacity + JournalBuffer.Alignment, pinned: true);
        long address = Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);
        _start = (int)(JournalFormat.PageCeiling(address) - address);
    }
}
