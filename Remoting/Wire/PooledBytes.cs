using System.Buffers;

namespace LeitherCluster.Remoting.Wire;

/// <summary>Bytes in an array of the pool, owned by whoever holds this: give them back once, then do not touch them.</summary>
public sealed class PooledBytes
{
    private readonly int _start;
    private byte[]? _array;

    internal PooledBytes(byte[] array, int start, int length)
    {
        _array = array;
        _start = start;
        Length = length;
    }

    public int Length { get; }

    /// <summary>The bytes. Throws when they were given back.</summary>
    public ReadOnlyMemory<byte> Memory => (_array ?? throw new ObjectDisposedException(nameof(PooledBytes))).AsMemory(_start, Length);

    /// <summary>Gives the array back; a second time does nothing.</summary>
    public void Return()
    {
        if (Interlocked.Exchange(ref _array, null) is { } array)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
