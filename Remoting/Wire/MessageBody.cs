using System.Buffers;

namespace LeitherCluster.Remoting.Wire;

/// <summary>The bytes of a message that came in. They may be read only while a codec reads them, unless it takes them over.</summary>
public sealed class MessageBody
{
    private byte[] _array = [];
    private int _start;
    private bool _isOwn;

    internal MessageBody()
    {
    }

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _array.AsSpan(_start, Length);

    /// <summary>A body of its own, of these bytes.</summary>
    public static MessageBody Of(ReadOnlySpan<byte> bytes)
    {
        MessageBody body = new();
        body.SetOwn(ArrayPool<byte>.Shared.Rent(bytes.Length), bytes.Length);
        bytes.CopyTo(body._array);
        return body;
    }

    /// <summary>Keeps the bytes beyond the reading. A body large enough to have come in an array of its own is not copied.</summary>
    public PooledBytes TakeOver()
    {
        if (_isOwn)
        {
            _isOwn = false;
            return new PooledBytes(_array, _start, Length);
        }

        byte[] copy = ArrayPool<byte>.Shared.Rent(Length);
        Span.CopyTo(copy);
        return new PooledBytes(copy, 0, Length);
    }

    /// <summary>Bytes within somebody's buffer.</summary>
    internal void SetShared(byte[] array, int start, int length)
    {
        (_array, _start, Length, _isOwn) = (array, start, length, false);
    }

    /// <summary>Bytes at the start of an array of the pool that is this body's own.</summary>
    internal void SetOwn(byte[] array, int length)
    {
        (_array, _start, Length, _isOwn) = (array, 0, length, true);
    }

    /// <summary>The reading is over.</summary>
    internal void End()
    {
        if (_isOwn)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }

        (_array, _start, Length, _isOwn) = ([], 0, 0, false);
    }
}
