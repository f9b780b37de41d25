using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Tests.Persistence.Support;

/// <summary>Blocks whose content follows from their key, so that whoever reads one knows what must be in it.</summary>
internal static class TestBlocks
{
    public static StreamId Stream(int index, byte ledger = 1)
    {
        Span<byte> scope = stackalloc byte[StreamId.ScopeSize];
        scope.Fill(ledger);
        return new StreamId(scope, 1, (uint)index);
    }

    /// <summary>Bytes that follow from a seed.</summary>
    public static void Fill(Span<byte> bytes, ulong seed)
    {
        ulong state = (seed * 0x9E3779B97F4A7C15) + 1;
        for (int i = 0; i < bytes.Length; i++)
        {
            state = (state * 6364136223846793005) + 1442695040888963407;
            bytes[i] = (byte)(state >> 56);
        }
    }

    public static byte[] Content(BlockKey key, int length, ulong variant = 0)
    {
        byte[] bytes = new byte[length];
        Fill(bytes, (key.Beat * 1009) + (key.Stream.Index * 31) + key.Kind + (variant << 32));
        return bytes;
    }

    public static JournalBuffer Buffer(JournalBufferPool buffers, ReadOnlySpan<byte> bytes)
    {
        JournalBuffer buffer = buffers.Rent(bytes.Length);
        buffer.Append(bytes);
        return buffer;
    }

    /// <summary>Writes a block and gives the body back at once, scribbled over.</summary>
    public static JournalOutcome Put(
        this IJournalStore store,
        JournalBufferPool buffers,
        BlockKey key,
        int length,
        uint epoch = 0,
        ulong timeSequence = 0,
        ulong variant = 0)
    {
        JournalBuffer body = Buffer(buffers, Content(key, length, variant));
        try
        {
            return store.Write(new JournalBlock { Key = key, Epoch = epoch, TimeSequence = timeSequence, Body = body });
        }
        finally
        {
            body.Span.Fill(0xEE);
            body.Release();
        }
    }

    /// <summary>The committed body; null when there is none.</summary>
    public static byte[]? Get(this IJournalStore store, JournalBufferPool buffers, BlockKey key)
    {
        JournalBuffer into = buffers.Rent(0);
        try
        {
            return store.TryRead(key, into) ? into.Span.ToArray() : null;
        }
        finally
        {
            into.Release();
        }
    }

    public static void AssertHolds(this IJournalStore store, JournalBufferPool buffers, BlockKey key, int length, ulong variant = 0)
    {
        byte[]? found = store.Get(buffers, key);
        Assert.NotNull(found);
        Assert.True(Content(key, length, variant).AsSpan().SequenceEqual(found), $"{key} is not what was written");
    }
}
