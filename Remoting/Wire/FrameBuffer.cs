using System.Buffers;

namespace LeitherCluster.Remoting.Wire;

/// <summary>A frame in the making: room for the header, then the body as a codec writes it. Its array comes from a pool and goes along with the frame.</summary>
internal sealed class FrameBuffer : IBufferWriter<byte>
{
    private const int FirstBytes = 256;
    private byte[] _array = [];
    private int _written;
    private int _bytesMax;

    public int BodyBytes => _written - FrameHeader.Bytes;

    /// <summary>Begins a frame whose body may have that many bytes.</summary>
    public void Begin(int bodyBytesMax)
    {
        _array = ArrayPool<byte>.Shared.Rent(FirstBytes);
        _written = FrameHeader.Bytes;
        _bytesMax = bodyBytesMax + FrameHeader.Bytes;
    }

    /// <summary>Hands over the array; the frame's bytes are its first ones.</summary>
    public byte[] Take(out int bytes)
    {
        byte[] array = _array;
        bytes = _written;
        _array = [];
        return array;
    }

    /// <summary>Gives the array back.</summary>
    public void Drop()
    {
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = [];
        }
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _array.Length - _written);
        _written += count;
        if (_written > _bytesMax)
        {
            throw new MessageTooLargeException($"A message has more than {_bytesMax - FrameHeader.Bytes} bytes");
        }
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(_written);
    }

    private void Reserve(int sizeHint)
    {
        int needed = _written + Math.Max(sizeHint, 1);
        if (needed <= _array.Length)
        {
            return;
        }

        if (sizeHint > _bytesMax)
        {
            throw new MessageTooLargeException($"A message has more than {_bytesMax - FrameHeader.Bytes} bytes");
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, (int)Math.Min(2L * _array.Length, int.MaxValue / 2)));
        _array.AsSpan(0, _written).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_array);
        _array = larger;
    }
}

/// <summary>A message does not fit into a frame of its lane: whoever makes such messages must cut them.</summary>
public sealed class MessageTooLargeException(string message) : Exception(message);
