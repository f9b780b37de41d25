using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Google.Protobuf;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Cluster.Protos;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Remoting.Certificates;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Cluster.Codecs;

/// <summary>Fields that several messages have. What does not read is a <see cref="MalformedMessageException"/>.</summary>
internal static class Fields
{
    public static Node Write(NodeId id) => new() { Name = id.Name, Incarnation = id.Incarnation };

    public static NodeId Read(Node? node)
        => node is not null && ClusterName.IsValid(node.Name) ? new NodeId(node.Name, node.Incarnation) : throw new MalformedMessageException("no node");

    public static TermOfPulses Write(Term term) => new() { Layout = term.Layout, Attempt = term.Attempt };

    public static Term Read(TermOfPulses? term) => term is not null ? new Term(term.Layout, term.Attempt) : throw new MalformedMessageException("no term");

    public static ByteString Write(Hash256 hash) => ByteString.CopyFrom(hash.AsSpan());

    public static Hash256 ReadHash(ByteString bytes)
        => bytes.Length == Hash256.ByteLength ? new Hash256(bytes.Span) : throw new MalformedMessageException("no hash");

    public static ByteString Write(SignedStatement statement)
    {
        byte[] bytes = new byte[statement.SizeBytes];
        statement.CopyTo(bytes);
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    public static SignedStatement ReadStatement(ByteString bytes)
        => SignedStatement.TryRead(bytes.Span, out SignedStatement? statement) ? statement : throw new MalformedMessageException("no signed statement");

    /// <summary>Records of a fixed layout, one behind the other.</summary>
    public static ByteString WriteAll<TRecord>(IReadOnlyList<TRecord> records)
        where TRecord : unmanaged
    {
        TRecord[] array = records as TRecord[] ?? [.. records];
        return ByteString.CopyFrom(MemoryMarshal.AsBytes(array.AsSpan()));
    }

    public static TRecord[] ReadAll<TRecord>(ByteString bytes)
        where TRecord : unmanaged
    {
        int size = Unsafe.SizeOf<TRecord>();
        return bytes.Length % size == 0 ? MemoryMarshal.Cast<byte, TRecord>(bytes.Span).ToArray() : throw new MalformedMessageException("no whole number of records");
    }

    public static ByteString Write(IReadOnlyList<StreamId> streams)
    {
        byte[] bytes = new byte[streams.Count * StreamId.Size];
        for (int i = 0; i < streams.Count; i++)
        {
            streams[i].WriteTo(bytes.AsSpan(i * StreamId.Size));
        }

        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    public static StreamId[] ReadStreams(ByteString bytes)
    {
        if (bytes.Length % StreamId.Size != 0)
        {
            throw new MalformedMessageException("no whole number of streams");
        }

        StreamId[] streams = new StreamId[bytes.Length / StreamId.Size];
        for (int i = 0; i < streams.Length; i++)
        {
            ReadOnlySpan<byte> one = bytes.Span.Slice(i * StreamId.Size, StreamId.Size);
            streams[i] = StreamId.Read(one);
            if (streams[i].Reserved != 0 || one[(StreamId.Size - sizeof(uint))..].ContainsAnyExcept((byte)0))
            {
                throw new MalformedMessageException("no stream");
            }
        }

        return streams;
    }

    /// <summary>One record of a fixed layout.</summary>
    public static ByteString WriteOne<TRecord>(TRecord record)
        where TRecord : unmanaged
        => WriteAll([record]);

    public static TRecord ReadOne<TRecord>(ByteString bytes)
        where TRecord : unmanaged
        => ReadAll<TRecord>(bytes) is [TRecord record] ? record : throw new MalformedMessageException($"no {typeof(TRecord).Name}");

    public static TEnum Read<TEnum>(uint number)
        where TEnum : struct, Enum
        => Enum.IsDefined((TEnum)Enum.ToObject(typeof(TEnum), number)) ? (TEnum)Enum.ToObject(typeof(TEnum), number) : throw new MalformedMessageException($"no {typeof(TEnum).Name}");
}
