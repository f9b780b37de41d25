using System.Buffers.Binary;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Tests.Runtime.Kit;

/// <summary>Blocks whose body is one number, and the streams that tests use.</summary>
internal static class Blocks
{
    public static StreamId Stream(uint index) => new(new byte[StreamId.ScopeSize], 1, index);

    public static JournalBlock Make(JournalBufferPool pool, StreamId stream, ulong beat, long value, byte kind = 1, uint epoch = 1)
    {
        JournalBuffer body = pool.Rent(8);
        BinaryPrimitives.WriteInt64LittleEndian(body.Extend(8), value);
        return new JournalBlock { Key = new BlockKey(stream, beat, kind), Epoch = epoch, Body = body };
    }

    public static JournalBuffer Body(JournalBufferPool pool, long value)
    {
        JournalBuffer body = pool.Rent(8);
        BinaryPrimitives.WriteInt64LittleEndian(body.Extend(8), value);
        return body;
    }

    public static long Value(JournalBuffer body) => BinaryPrimitives.ReadInt64LittleEndian(body.Span);
}
