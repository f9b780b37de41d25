namespace LeitherCluster.Runtime.Simulation;

/// <summary>An endless array of bytes, zero where nothing was written, kept in chunks.</summary>
internal sealed class SparseBytes
{
    private const int ChunkShift = 14;
    private const int ChunkSize = 1 << ChunkShift;

    private byte[]?[] _chunks = [];

    public void Read(long offset, Span<byte> into)
    {
        while (into.Length > 0)
        {
            Span<byte> part = into[..Math.Min(into.Length, RoomAt(offset))];
            if (ChunkAt(offset) is { } chunk)
            {
                chunk.AsSpan(PlaceOf(offset), part.Length).CopyTo(part);
            }
            else
            {
                part.Clear();
            }

            offset += part.Length;
            into = into[part.Length..];
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            ReadOnlySpan<byte> part = bytes[..Math.Min(bytes.Length, RoomAt(offset))];
            part.CopyTo(MakeChunkAt(offset).AsSpan(PlaceOf(offset)));
            offset += part.Length;
            bytes = bytes[part.Length..];
        }
    }

    /// <summary>Makes bytes zero.</summary>
    public void Clear(long offset, long count)
    {
        long end = Math.Min(count > long.MaxValue - offset ? long.MaxValue : offset + count, (long)_chunks.Length << ChunkShift);
        while (offset < end)
        {
            int part = (int)Math.Min(end - offset, RoomAt(offset));
            if (part == ChunkSize)
            {
                _chunks[offset >> ChunkShift] = null;
            }
            else
            {
                ChunkAt(offset)?.AsSpan(PlaceOf(offset), part).Clear();
            }

            offset += part;
        }
    }

    /// <summary>Copies a range that lies within one chunk.</summary>
    public void CopyFrom(SparseBytes other, long offset, int count)
    {
        if (other.ChunkAt(offset) is { } from)
        {
            from.AsSpan(PlaceOf(offset), count).CopyTo(MakeChunkAt(offset).AsSpan(PlaceOf(offset)));
        }
        else
        {
            Clear(offset, count);
        }
    }

    public void CopyFrom(SparseBytes other) => _chunks = Array.ConvertAll(other._chunks, c => (byte[]?)c?.Clone());

    public void FlipBit(long offset, int bit) => MakeChunkAt(offset)[PlaceOf(offset)] ^= (byte)(1 << bit);

    private byte[]? ChunkAt(long offset)
    {
        long index = offset >> ChunkShift;
        return index < _chunks.Length ? _chunks[index] : null;
    }

    private byte[] MakeChunkAt(long offset)
    {
        long index = offset >> ChunkShift;
        if (index >= _chunks.Length)
        {
            Array.Resize(ref _chunks, (int)Math.Max(index + 1, _chunks.Length * 2L));
        }

        return _chunks[index] ??= new byte[ChunkSize];
    }

    private static int PlaceOf(long offset) => (int)(offset & (ChunkSize - 1));

    private static int RoomAt(long offset) => ChunkSize - PlaceOf(offset);
}
