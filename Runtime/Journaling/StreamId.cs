using System.Buffers.Binary;

namespace LeitherCluster.Runtime.Journaling;

/// <summary>
/// Names one hash-chained stream of blocks: a 20-byte scope (a ledger's id, opaque here), a kind and an index within it.
/// </summary>
/// <remarks>
/// 32 bytes on disk, little-endian: scope 0..19, kind 20..21, reserved 22..23 (zero), index 24..27, zero 28..31.
/// </remarks>
public readonly record struct StreamId : IComparable<StreamId>
{
    public const int Size = 32;
    public const int ScopeSize = 20;

    /// <param name="scope">Exactly 20 bytes.</param>
    /// <param name="kind">What sort of stream, as its owner numbers them.</param>
    /// <param name="index">Which one of that sort.</param>
    public StreamId(ReadOnlySpan<byte> scope, ushort kind, uint index)
    {
        if (scope.Length != ScopeSize)
        {
            throw new ArgumentException($"A scope has {ScopeSize} bytes, not {scope.Length}", nameof(scope));
        }

        ScopeA = BinaryPrimitives.ReadUInt64LittleEndian(scope);
        ScopeB = BinaryPrimitives.ReadUInt64LittleEndian(scope[8..]);
        ScopeC = BinaryPrimitives.ReadUInt32LittleEndian(scope[16..]);
        Kind = kind;
        Index = index;
    }

    /// <summary>Stands for all streams of a journal, as the owner of an epoch: 32 zero bytes. No block has this stream.</summary>
    public static StreamId WholeJournal => default;

    public ulong ScopeA { get; private init; }

    public ulong ScopeB { get; private init; }

    public uint ScopeC { get; private init; }

    public ushort Kind { get; private init; }

    public ushort Reserved { get; private init; }

    public uint Index { get; private init; }

    /// <summary>Reads 32 bytes. The reserved ones are kept as they are, so that whoever reads can refuse what is not zero.</summary>
    public static StreamId Read(ReadOnlySpan<byte> source)
    {
        if (source.Length < Size)
        {
            throw new ArgumentException($"A stream id has {Size} bytes, not {source.Length}", nameof(source));
        }

        return new StreamId
        {
            ScopeA = BinaryPrimitives.ReadUInt64LittleEndian(source),
            ScopeB = BinaryPrimitives.ReadUInt64LittleEndian(source[8..]),
            ScopeC = BinaryPrimitives.ReadUInt32LittleEndian(source[16..]),
            Kind = BinaryPrimitives.ReadUInt16LittleEndian(source[20..]),
            Reserved = BinaryPrimitives.ReadUInt16LittleEndian(source[22..]),
            Index = BinaryPrimitives.ReadUInt32LittleEndian(source[24..]),
        };
    }

    /// <summary>Writes 32 bytes.</summary>
    public void WriteTo(Span<byte> destination)
    {
        WriteScope(destination);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[20..], Kind);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[22..], Reserved);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[24..], Index);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[28..], 0);
    }

    /// <summary>Writes the 20 bytes of the scope.</summary>
    public void WriteScope(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, ScopeA);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], ScopeB);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[16..], ScopeC);
    }

    /// <summary>A total order: by kind, index, then scope.</summary>
    public int CompareTo(StreamId other)
    {
        int order = Kind.CompareTo(other.Kind);
        order = order != 0 ? order : Index.CompareTo(other.Index);
        order = order != 0 ? order : ScopeA.CompareTo(other.ScopeA);
        order = order != 0 ? order : ScopeB.CompareTo(other.ScopeB);
        order = order != 0 ? order : ScopeC.CompareTo(other.ScopeC);
        return order != 0 ? order : Reserved.CompareTo(other.Reserved);
    }

    public static bool operator <(StreamId left, StreamId right) => left.CompareTo(right) < 0;

    public static bool operator <=(StreamId left, StreamId right) => left.CompareTo(right) <= 0;

    public static bool operator >(StreamId left, StreamId right) => left.CompareTo(right) > 0;

    public static bool operator >=(StreamId left, StreamId right) => left.CompareTo(right) >= 0;

    public override string ToString()
    {
        Span<byte> scope = stackalloc byte[ScopeSize];
        WriteScope(scope);
        return $"{Convert.ToHexStringLower(scope)}/{Kind}/{Index}";
    }
}
