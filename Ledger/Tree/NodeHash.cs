using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Tree;

/// <summary>The hashes of docs/PROTOCOL.md, section 2, one at a time, and the keys they are made under.</summary>
internal static unsafe class NodeHash
{
    /// <summary>The message of a leaf: id(20) | record hash(32).</summary>
    public const int LeafMessageBytes = AccountId.SizeBytes + Hash256.ByteLength;

    /// <summary>The message of a record hash when a data root follows the record.</summary>
    public const int RecordWithDataRootBytes = AccountRecord.SizeBytes + Hash256.ByteLength;

    private const ulong SumTag = 0x646E_6D75_7331_434C; // "LC1sumnd"
    private const ulong PlainTag = 0x6E69_616C_7031_434C; // "LC1plain"

    public static Hash256 RecordKey { get; } = TagKey("LC1recrd"u8);

    public static Hash256 LeafKey { get; } = TagKey("LC1leaf_"u8);

    public static Hash256 Record(in AccountRecord record) => Blake3.KeyedHash(RecordKey, BytesOf(in record));

    public static Hash256 Record(in AccountRecord record, in Hash256 dataRoot)
    {
        Span<byte> message = stackalloc byte[RecordWithDataRootBytes];
        BytesOf(in record).CopyTo(message);
        dataRoot.CopyTo(message[AccountRecord.SizeBytes..]);
        return Blake3.KeyedHash(RecordKey, message);
    }

    public static Hash256 Leaf(in AccountId id, in Hash256 recordHash)
    {
        Span<byte> message = stackalloc byte[LeafMessageBytes];
        id.CopyTo(message);
        recordHash.CopyTo(message[AccountId.SizeBytes..]);
        return Blake3.KeyedHash(LeafKey, message);
    }

    /// <summary>A node that joins two sides. The sums count only if the bit index is below the translucency.</summary>
    public static Hash256 Inner(int bitIndex, int translucency, in Hash256 left, ulong leftSum, in Hash256 right, ulong rightSum)
    {
        NodeKey key = bitIndex < translucency ? SumKey(bitIndex, leftSum, rightSum) : PlainKey(bitIndex);
        Span<byte> message = stackalloc byte[2 * Hash256.ByteLength];
        left.CopyTo(message);
        right.CopyTo(message[Hash256.ByteLength..]);
        return Blake3.KeyedHash(MemoryMarshal.AsBytes(new ReadOnlySpan<NodeKey>(in key)), message);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NodeKey SumKey(int bitIndex, ulong leftSum, ulong rightSum) => new(SumTag, (uint)bitIndex, leftSum, rightSum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NodeKey PlainKey(int bitIndex) => new(PlainTag, (uint)bitIndex, 0, 0);

    private static Hash256 TagKey(ReadOnlySpan<byte> tag)
    {
        Span<byte> key = stackalloc byte[Hash256.ByteLength];
        key.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(key, BinaryPrimitives.ReadUInt64LittleEndian(tag));
        return new Hash256(key);
    }

    private static ReadOnlySpan<byte> BytesOf(in AccountRecord record) =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<AccountRecord>(in record));
}
