using System.Buffers;

namespace LeitherCluster.Remoting.Wire;

/// <summary>Frames that are put together and sent at once. Grows as needed and is used again. One user at a time.</summary>
internal sealed class FrameBatch(int firstBytes, Lane lane, ushort version, bool checksums) : IBufferWriter<byte>
{
    private byte[] _array = new byte[firstBytes];

    public int Bytes { get; private set; }

    public ReadOnlyMemory<byte> Memory => _array.AsMemory(0, Bytes);

    public void Clear() => Bytes = 0;

    /// <summary>Puts a whole frame in.</summary>
    public void Append(ReadOnlySpan<byte> frame)
    {
        frame.CopyTo(GetSpan(frame.Length));
        Advance(frame.Length);
    }

    /// <summary>A frame without a body.</summary>
    public void Append(FrameKind kind, uint type = 0)
    {
        int start = BeginFrame();
        EndFrame(start, kind, type, 0, 0);
    }

    /// <summary>Begins a frame; its body is what is written until <see cref="EndFrame"/>.</summary>
    public int BeginFrame()
    {
        int start = Bytes;
        GetSpan(FrameHeader.Bytes);
        Advance(FrameHeader.Bytes);
        return start;
    }

    public void EndFrame(int start, FrameKind kind, uint type, ulong target, ulong sender)
    {
        Span<byte> frame = _array.AsSpan(start, Bytes - start);
        new FrameHeader(frame.Length - FrameHeader.Bytes, (byte)version, lane, kind, 0, type, target, sender).Write(frame);
        if (checksums)
        {
            FrameChecksum.Seal(frame);
        }
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _array.Length - Bytes);
        Bytes += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(Bytes);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(Bytes);
    }

    private void Reserve(int sizeHint)
    {
        int needed = Bytes + Math.Max(sizeHint, 1);
        if (needed > _array.Length)
        {
            Array.Resize(ref _array, Math.Max(needed, 2 * _array.Length));
        }
    }
}
