using System.Buffers.Binary;
using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>The tags and keys that set the hashes of transfers apart from all others (docs/PROTOCOL.md, the table at its top).</summary>
internal static class TransferTags
{
    /// <summary>Before a body: in its id, and in what its parties sign.</summary>
    public static readonly ulong Body = Tag("LC1xfer_"u8);

    /// <summary>Before the terms of a standing acceptance, in what its receiver signs.</summary>
    public static readonly ulong Standing = Tag("LC1stand"u8);

    /// <summary>In a data root, before the digest of the holds.</summary>
    public static readonly ulong HoldsSection = Tag("LC1holds"u8);

    public static readonly Hash256 BundleItemKey = Key("LC1bitem"u8);
    public static readonly Hash256 ItemLeafKey = Key("LC1items"u8);
    public static readonly Hash256 ItemInnerKey = Key("LC1itemn"u8);
    public static readonly Hash256 WindowLeafKey = Key("LC1winlf"u8);
    public static readonly Hash256 WindowInnerKey = Key("LC1winnd"u8);
    public static readonly Hash256 HoldsKey = Key("LC1holds"u8);
    public static readonly Hash256 DataKey = Key("LC1data_"u8);
    public static readonly Hash256 ParametersKey = Key("LC1param"u8);

    private static ulong Tag(ReadOnlySpan<byte> tag) => BinaryPrimitives.ReadUInt64LittleEndian(tag);

    private static Hash256 Key(ReadOnlySpan<byte> tag)
    {
        Span<byte> key = stackalloc byte[Hash256.ByteLength];
        key.Clear();
        tag.CopyTo(key);
        return new Hash256(key);
    }
}
