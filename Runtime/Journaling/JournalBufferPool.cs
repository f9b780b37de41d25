using System.Numerics;
using System.Runtime.InteropServices;

namespace LeitherCluster.Runtime.Journaling;

/// <summary>
/// Native buffers by size class (powers of two from 4,096 bytes), used again and again. Bytes rented and idle together never
/// exceed <see cref="BytesMax"/>: idle buffers are freed to make room, and when that is not enough, renting is refused.
/// Thread-safe. Disposing frees all memory, also that of buffers still rented, whose use then throws.
/// </summary>
public sealed unsafe class JournalBufferPool : IDisposable
{
    private const int SmallestShift = 12;
    private const int ClassCount = 64 - SmallestShift;

    private readonly Lock _gate = new();
    private readonly Stack<JournalBuffer>[] _idle = new Stack<JournalBuffer>[ClassCount];
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
        }
    }

    public long BytesMax { get; }

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
                byte* memory = Allocate(SizeOf(sizeClass));
                if (memory == null)
                {
                    return null;
                }

                buffer = new JournalBuffer(this);
                buffer.Attach(memory, SizeOf(sizeClass));
            }

            _rented.Add(buffer);
            _bytesRented += buffer.Capacity;
            buffer.Rented();
            return buffer;
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
            _idle[ClassOf(buffer.Capacity)].Push(buffer);
        }
    }

    /// <summary>
    /// Swaps a rented buffer's memory for a larger one with the first <paramref name="length"/> bytes copied. What it had waits for another use: the
    /// system clears all memory that it hands out anew, which costs more than the copy.
    /// </summary>
    internal byte* Exchange(byte* old, nint oldCapacity, nint length, nint capacity, out nint newCapacity)
    {
        int sizeClass = ClassOf(capacity);
        newCapacity = SizeOf(sizeClass);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            byte* memory = _idle[sizeClass].TryPop(out JournalBuffer? idle) ? idle.Detach() : Allocate(newCapacity);
            if (memory == null)
            {
                throw new JournalBuffersExhaustedException(capacity, BytesMax);
            }

            Buffer.MemoryCopy(old, memory, newCapacity, length);
            idle ??= new JournalBuffer(this);
            idle.Attach(old, oldCapacity);
            _idle[ClassOf(oldCapacity)].Push(idle);
            _bytesRented += newCapacity - oldCapacity;
            return memory;
        }
    }

    private byte* Allocate(nint size)
    {
        if (_bytes + size > BytesMax)
        {
            FreeIdle();
        }

        if (_bytes + size > BytesMax)
        {
            return null;
        }

        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)size, JournalBuffer.Alignment);
        _bytes += size;
        return memory;
    }

    private void FreeIdle()
    {
        foreach (Stack<JournalBuffer> stack in _idle)
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

    private static nint SizeOf(int sizeClass) => (nint)1 << (sizeClass + SmallestShift);
}

/// <summary>The pool's bound is reached: too many buffers are rented at once.</summary>
public sealed class JournalBuffersExhaustedException(nint capacity, long bytesMax)
    : Exception($"A buffer of {capacity} bytes does not fit into the journal buffer pool of {bytesMax} bytes any more");
