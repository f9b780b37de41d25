using System.Runtime.InteropServices;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Persistence.Files;

/// <summary>Native scratch memory, aligned to a page, that grows in powers of two and is never shared. Freed when disposed.</summary>
internal sealed unsafe class AlignedBuffer : IDisposable
{
    private byte* _pointer;
    private int _capacity;

    public AlignedBuffer(int capacity)
    {
        _capacity = (int)JournalFormat.PageCeiling(Math.Max(capacity, 1));
        _pointer = (byte*)NativeMemory.AlignedAlloc((nuint)_capacity, JournalBuffer.Alignment);
    }

    ~AlignedBuffer() => Free();

    public byte* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pointer == null, this);
            return _pointer;
        }
    }

    public int Capacity => _capacity;

    public Span<byte> Span(int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)start, (uint)_capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)(_capacity - start));
        return new Span<byte>(Pointer + start, length);
    }

    /// <summary>Grows, keeping the first <paramref name="keep"/> bytes.</summary>
    public void EnsureCapacity(int capacity, int keep = 0)
    {
        if (capacity <= _capacity)
        {
            return;
        }

        int larger = checked((int)JournalFormat.PageCeiling(Math.Max(capacity, 2L * _capacity)));
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)larger, JournalBuffer.Alignment);
        NativeMemory.Copy(Pointer, memory, (nuint)keep);
        NativeMemory.AlignedFree(_pointer);
        _pointer = memory;
        _capacity = larger;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_pointer);
        _pointer = null;
    }
}
