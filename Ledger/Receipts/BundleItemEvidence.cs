using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;

namespace LeitherCluster.Ledger.Receipts;

/// <summary>
/// One item of a bundle with all that shows the sender to have signed it, and without the other items. Its form (docs/PROTOCOL.md,
/// section 7), read in place:
/// <code>
/// 0    body of the bundle(104) | items root(32)
/// 136  signer's public key(32) | signature(64)
/// 232  index(4) | zeros(4)
/// 240  the item, with its acceptance
/// ..   siblings(32 each) of the item's leaf, from the bottom up
/// </code>
/// </summary>
internal readonly ref struct BundleItemEvidence
{
    public const int ItemOffset = 240;

    private const int RootOffset = TransferBody.SizeBytes;
    private const int KeyOffset = RootOffset + FrameLayout.ExtensionBytes;
    private const int SignatureOffset = KeyOffset + FrameLayout.KeyBytes;
    private const int IndexOffset = SignatureOffset + FrameLayout.SignatureBytes;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _itemBytes;

    private BundleItemEvidence(ReadOnlySpan<byte> bytes, int itemBytes)
    {
        _bytes = bytes;
        _itemBytes = itemBytes;
    }

    /// <summary>The body of the bundle.</summary>
    public TransferBody Bundle => MemoryMarshal.Read<TransferBody>(_bytes);

    public Hash256 ItemsRoot => new(_bytes.Slice(RootOffset, Hash256.ByteLength));

    public PublicKey SignerKey => new(_bytes.Slice(KeyOffset, PublicKey.ByteLength));

    public Signature SignerSignature => new(_bytes.Slice(SignatureOffset, Signature.ByteLength));

    /// <summary>Body and items root: what the sender signed.</summary>
    public ReadOnlySpan<byte> SignedBytes => _bytes[..KeyOffset];

    public int Index => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[IndexOffset..]);

    public BundleItem Item => new(in _bytes[ItemOffset], Index);

    public ReadOnlySpan<Hash256> Siblings => MemoryMarshal.Cast<byte, Hash256>(_bytes[(ItemOffset + _itemBytes)..]);

    /// <summary>The evidence in these bytes, from the first to the last; false when they have not its form.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out BundleItemEvidence evidence)
    {
        evidence = default;
        if (bytes.Length < ItemOffset)
        {
            return false;
        }

        TransferBody body = MemoryMarshal.Read<TransferBody>(bytes);
        ulong index = BinaryPrimitives.ReadUInt64LittleEndian(bytes[IndexOffset..]);
        if (!FrameCheck.IsBundleBody(body) || index >= body.ItemNumber)
        {
            return false;
        }

        int itemBytes = FrameCheck.ItemLength(bytes[ItemOffset..], FrameLayout.IsIssuance(body.Kind));
        int siblingBytes = bytes.Length - ItemOffset - itemBytes;
        if (itemBytes == 0 || siblingBytes % Hash256.ByteLength != 0 || siblingBytes > ItemTree.PathCountMax * Hash256.ByteLength)
        {
            return false;
        }

        evidence = new BundleItemEvidence(bytes, itemBytes);
        return true;
    }

    /// <summary>The evidence for an item of a well-formed bundle.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bundle has no such item.</exception>
    public static byte[] Create(in TransferFrame bundle, int index)
    {
        Span<Hash256> siblings = stackalloc Hash256[ItemTree.PathCountMax];
        siblings = siblings[..ItemTree.Path(bundle, index, siblings)];
        foreach (BundleItem item in bundle.Items)
        {
            if (item.Index == index)
            {
                return Assemble(bundle.Bytes[FrameLayout.BodyOffset..FrameLayout.ItemsOffset], index, item.Bytes, siblings);
            }
        }

        throw new ArgumentOutOfRangeException(nameof(index), index, "The bundle has no such item.");
    }

    /// <summary>Puts the parts together: body to signature, index, item, siblings.</summary>
    public static byte[] Assemble(ReadOnlySpan<byte> signedBundle, int index, ReadOnlySpan<byte> item, ReadOnlySpan<Hash256> siblings)
    {
        byte[] bytes = new byte[ItemOffset + item.Length + (siblings.Length * Hash256.ByteLength)];
        signedBundle.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(IndexOffset), index);
        item.CopyTo(bytes.AsSpan(ItemOffset));
        MemoryMarshal.AsBytes(siblings).CopyTo(bytes.AsSpan(ItemOffset + item.Length));
        return bytes;
    }
}
