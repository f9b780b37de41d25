using System.Runtime.CompilerServices;

namespace LeitherCluster.Ledger.Signatures;

/// <summary>
/// Pinned memory, cut into pieces that start on cache lines: pointers into it hold for as long as whoever holds this, and the garbage collector
/// takes it back.
/// </summary>
internal sealed unsafe class PinnedRoom
{
    private const int Alignment = 64;

    private readonly byte[] _memory;
    private readonly byte* _end;
    private byte* _next;

    /// <summary>Room for so many bytes, cleared; <paramref name="pieces"/> is how many they are cut into at the most.</summary>
    public PinnedRoom(long bytes, int pieces)
    {
        _memory = GC.AllocateArray<byte>(checked((int)(bytes + (((long)pieces + 1) * Alignment))), pinned: true);
        byte* start = (byte*)Unsafe.AsPointer(ref _memory[0]);
        _end = start + _memory.Length;
        _next = Aligned(start);
    }

    /// <summary>The next piece.</summary>
    /// <exception cref="InvalidOperationException">The room was made too small: a bug.</exception>
    public T* Take<T>(int count)
        where T : unmanaged
    {
        byte* piece = _next;
        byte* end = piece + ((long)count * sizeof(T));
        _next = Aligned(end);
        return end <= _end ? (T*)piece : throw new InvalidOperationException("More memory was taken than was reserved.");
    }

    private static byte* Aligned(byte* address) => (byte*)(((nuint)address + (Alignment - 1)) & ~(nuint)(Alignment - 1));
}
