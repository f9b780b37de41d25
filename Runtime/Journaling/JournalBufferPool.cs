using System.Numerics;
using System.Runtime.InteropServices;

namespace LeitherCluster.Runtime.Journaling;

/// <summary>
/// Native buffers by size class (powers of two from 4,096 bytes), used again and again. Bytes rented and idle together never
/// exceed <see cref="BytesMax"/>: idle buffers are freed to make room, and when that is not enough, renting is refused.
/// Thread-safe. Disposing frees all memory, also that of buffers still rented, whose use then throws.
/// </summary>
/// <remarks>
/// A growing buffer has addresses for the most that it may take and memory for what it has taken: the system gives a page when it is first
/// touched. So it grows where it is, and what it once took it keeps for the next who rents it. Only its capacity counts as bytes. Who may be refused such a one
/// takes less in: a third of all memory is kept for those who must have theirs.
/// </remarks>
public sealed unsafe class JournalBufferPool : IDisposable
{
    private const int SmallestShift = 12;
    private const int ClassCount = 64 - SmallestShift;

    private readonly Lock _gate = new();
    private readonly Stack<JournalBuffer>[] _idle = new Stack<JournalBuffer>[ClassCount];
    private readonly Stack<JournalBuffer>[] _idleGrowing = new Stack<JournalBuffer>[ClassCount];
    private readonly HashSet<JournalBuffer> _rented = [];
    private long _bytes;
    private long _bytesRented;
    private bool _disposed;

    /// <param name="bytesMax">Most bytes of native memory, rented and idle together.</param>
    public JournalBufferPool(long bytesMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytesMax, 1L << SmallestShift);
        BytesMax = bytesMax;
        for (int i = 0; i < ClassCount; i++)
        {
            _idle[i] = new Stack<JournalBuffer>();
            _idleGrowing[i] = new Stack<JournalBuffer>();
        }
    }

    public long BytesMax { get; }

    /// <summary>Beyond so many bytes, rented and idle, no buffer begins to grow, or grows.</summary>
    public long GrowingBytesMax => BytesMax / 3 * 2;

    /// <summary>Bytes of native memory held now, rented and idle.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Bytes of the buffers that are rented now.</summary>
    public long BytesRented => Interlocked.Read(ref _bytesRented);

    /// <summary>An empty buffer of at least that capacity. Throws <see cref="JournalBuffersExhaustedException"/> at the bound.</summary>
    public JournalBuffer Rent(nint capacity) => TryRent(capacity) ?? throw new JournalBuffersExhaustedException(capacity, BytesMax);

    /// <summary>An empty buffer of at least that capacity, or null at the bound.</summary>
    public JournalBuffer? TryRent(nint capacity)
    {
        int sizeClass = ClassOf(capacity);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_idle[sizeClass].TryPop(out JournalBuffer? buffer))
            {
                nint size = SizeOf(sizeClass);
                if (!TryCount(size, BytesMax))
                {
                    return null;
                }

                buffer = new JournalBuffer(this, Allocate(size), size, size);
            }

            return Rented(buffer);
        }
    }

    /// <summary>
    /// An empty buffer of at least <paramref name="capacity"/> bytes that grows up to <paramref name="capacityMax"/> without moving, or null at the
    /// bound. For what is filled piece by piece to a size that nobody knows yet.
    /// </summary>
    public JournalBuffer? TryRentGrowing(nint capacity, nint capacityMax)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, capacityMax);
        int sizeClass = ClassOf(capacityMax);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_idleGrowing[sizeClass].TryPop(out JournalBuffer? buffer))
            {
                nint size = PageCeiling(capacity);
                if (!TryCount(size, GrowingBytesMax))
                {
                    return null;
                }

                buffer = new JournalBuffer(this, Allocate(SizeOf(sizeClass)), size, SizeOf(sizeClass));
            }
            else if (!TryCount(Math.Max(0, PageCeiling(capacity) - buffer.Capacity), GrowingBytesMax))
            {
                Free(buffer);
                return null;
            }
            else
            {
                buffer.Extended(Math.Max(PageCeiling(capacity), buffer.Capacity));
            }

            return Rented(buffer);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            FreeIdle();
            foreach (JournalBuffer buffer in _rented)
            {
                Free(buffer);
            }

            _rented.Clear();
            _bytesRented = 0;
        }
    }

    internal void Return(JournalBuffer buffer)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _rented.Remove(buffer);
            _bytesRented -= buffer.Capacity;
            (buffer.IsGrowing ? _idleGrowing : _idle)[ClassOf(buffer.Reserved)].Push(buffer);
        }
    }

    /// <summary>Counts more bytes for a rented buffer that grows where it is.</summary>
    internal void Extend(JournalBuffer buffer, nint capacity)
    {
        nint size = PageCeiling(capacity);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!TryCount(size - buffer.Capacity, GrowingBytesMax))
            {
                throw new JournalBuffersExhaustedException(capacity, BytesMax);
            }

            _bytesRented += size - buffer.Capacity;
            buffer.Extended(size);
        }
    }

    /// <summary>Swaps a rented buffer's memory for a larger one with the first <paramref name="length"/> bytes copied.</summary>
    internal byte* Exchange(byte* old, nint oldCapacity, nint length, nint capacity, out nint newCapacity)
    {
        newCapacity = SizeOf(ClassOf(capacity));
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!TryCount(newCapacity, BytesMax))
            {
                throw new JournalBuffersExhaustedException(capacity, BytesMax);
            }

            byte* memory = Allocate(newCapacity);
            Buffer.MemoryCopy(old, memory, newCapacity, length);
            NativeMemory.AlignedFree(old);
            _bytes -= oldCapacity;
            _bytesRented += newCapacity - oldCapacity;
            return memory;
        }
    }

    private JournalBuffer Rented(JournalBuffer buffer)
    {
        _rented.Add(buffer);
        _bytesRented += buffer.Capacity;
        buffer.Rented();
        return buffer;
    }

    /// <summary>Counts bytes as held, if the bound allows it, be it after idle buffers have been freed.</summary>
    private bool TryCount(nint size, long bytesMax)
    {
        if (_bytes + size > bytesMax)
        {
            FreeIdle();
        }

        if (_bytes + size > bytesMax)
        {
            return false;
        }

        _bytes += size;
        return true;
    }

    private static byte* Allocate(nint size) => (byte*)NativeMemory.AlignedAlloc((nuint)size, JournalBuffer.Alignment);

    private void FreeIdle()
    {
        foreach (Stack<JournalBuffer> stack in _idle.Concat(_idleGrowing))
        {
            while (stack.TryPop(out JournalBuffer? buffer))
            {
                Free(buffer);
            }
        }
    }

    private void Free(JournalBuffer buffer)
    {
        _bytes -= buffer.Capacity;
        NativeMemory.AlignedFree(buffer.Detach());
    }

    private static int ClassOf(nint capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        int shift = capacity <= 1 ? 0 : BitOperations.Log2((ulong)capacity - 1) + 1;
        return Math.Max(shift, SmallestShift) - SmallestShift;
    }

    private static nint PageCeiling(nint size) => (size + JournalBuffer.Alignment - 1) & -JournalBuffer.Alignment;

    private static nint SizeOf(int sizeClass) => (nint)1 << (sizeClass + SmallestShift);
}

/// <summary>The pool's bound is reached: too many buffers are rented at once.</summary>
public sealed class JournalBuffersExhaustedException(nint capacity, long bytesMax)
    : Exception($"A buffer of {capacity} bytes does not fit into the journal buffer pool of {bytesMax} bytes any more");
