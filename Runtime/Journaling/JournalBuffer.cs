using System.Runtime.CompilerServices;

namespace LeitherCluster.Runtime.Journaling;

/// <summary>
/// A native byte buffer, aligned to 4,096 bytes, with a capacity that is a power of two (at least 4,096). Counted references:
/// rented with one, back in its pool when the last is released; touching it after that throws. Its bytes beyond
/// <see cref="Length"/> are undefined. Not thread-safe, but for Retain and Release.
/// </summary>
public sealed unsafe class JournalBuffer
{
    public const int Alignment = 4096;

    private readonly JournalBufferPool _pool;
    private byte* _pointer;
    private nint _capacity;
    private nint _length;
    private int _references;

    internal JournalBuffer(JournalBufferPool pool) => _pool = pool;

    /// <summary>First byte, aligned to 4,096.</summary>
    public byte* Pointer
    {
        get
        {
            CheckAlive();
            return _pointer;
        }
    }

    public nint Capacity => _capacity;

    /// <summary>Bytes in use, from 0 to the capacity.</summary>
    public nint Length
    {
        get => _length;
        set
        {
            CheckAlive();
            if ((nuint)value > (nuint)_capacity)
            {
                ThrowLength(value);
            }

            _length = value;
        }
    }

    /// <summary>The bytes in use.</summary>
    public Span<byte> Span
    {
        get
        {
            CheckAlive();
            return new Span<byte>(_pointer, checked((int)_length));
        }
    }

    /// <summary>Appends bytes, growing as needed.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Extend(bytes.Length));

    /// <summary>Appends <paramref name="count"/> undefined bytes, growing as needed, and returns them for filling.</summary>
    public Span<byte> Extend(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        nint start = _length;
        EnsureCapacity(start + count);
        _length = start + count;
        return new Span<byte>(_pointer + start, count);
    }

    /// <summary>
    /// Grows to at least that capacity (the next power of two), keeping the bytes in use; pointers and spans taken before are then
    /// void. Throws <see cref="JournalBuffersExhaustedException"/> at the pool's bound, with the buffer unchanged.
    /// </summary>
    public void EnsureCapacity(nint capacity)
    {
        CheckAlive();
        if (capacity > _capacity)
        {
            Grow(capacity);
        }
    }

    /// <summary>Adds one reference.</summary>
    public void Retain()
    {
        int before = Volatile.Read(ref _references);
        while (true)
        {
            if (before <= 0)
            {
                ThrowReleased();
            }

            int seen = Interlocked.CompareExchange(ref _references, before + 1, before);
            if (seen == before)
            {
                return;
            }

            before = seen;
        }
    }

    /// <summary>Gives one reference back; the last one returns the buffer to its pool.</summary>
    public void Release()
    {
        int left = Interlocked.Decrement(ref _references);
        if (left == 0)
        {
            _pool.Return(this);
        }
        else if (left < 0)
        {
            Interlocked.Increment(ref _references);
            ThrowReleased();
        }
    }

    internal void Rented()
    {
        _length = 0;
        Volatile.Write(ref _references, 1);
    }

    /// <summary>Gives it memory.</summary>
    internal void Attach(byte* pointer, nint capacity)
    {
        _pointer = pointer;
        _capacity = capacity;
    }

    /// <summary>Takes the memory away; until it gets other and is rented, every use throws.</summary>
    internal byte* Detach()
    {
        byte* pointer = _pointer;
        Volatile.Write(ref _references, 0);
        _pointer = null;
        _capacity = 0;
        _length = 0;
        return pointer;
    }

    private void Grow(nint capacity)
    {
        byte* larger = _pool.Exchange(_pointer, _capacity, _length, capacity, out nint newCapacity);
        _pointer = larger;
        _capacity = newCapacity;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CheckAlive()
    {
        if (_references <= 0)
        {
            ThrowReleased();
        }
    }

    private static void ThrowReleased() => throw new ObjectDisposedException(nameof(JournalBuffer), "The buffer was used after its last reference had been released");

    private static void ThrowLength(nint value) => throw new ArgumentOutOfRangeException(nameof(value), value, "Beyond the buffer's capacity");
}
