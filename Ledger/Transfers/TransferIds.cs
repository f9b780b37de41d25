using System.Runtime.CompilerServices;
using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// Ids: hash("LC1xfer_" | body | extension) of a transfer, keyed("LC1bitem", bundle id | index) of a bundle's item (docs/PROTOCOL.md,
/// section 3). Signatures are in neither, so that signing anew makes no second transfer.
/// </summary>
public static unsafe class TransferIds
{
    private const int ItemMessageBytes = Hash256.ByteLength + sizeof(ulong);
    private const int BatchCountMax = 64;

    /// <summary>The id of one well-formed frame.</summary>
    [SkipLocalsInit]
    public static Hash256 Compute(in TransferFrame frame)
    {
        Span<byte> message = stackalloc byte[SignedMessage.SizeBytesMax];
        return Blake3.Hash(message[..SignedMessage.OfTransfer(frame.SignedBytes, message)]);
    }

    /// <summary>
    /// The ids of well-formed frames, many at a time. Bodies without extension are hashed where they lie; bundles, reserves and
    /// posts one by one.
    /// </summary>
    [SkipLocalsInit]
    public static void Compute(byte** frames, Hash256* ids, int count)
    {
        byte** messages = stackalloc byte*[BatchCountMax];
        byte** digests = stackalloc byte*[BatchCountMax];
        int batch = 0;
        for (int i = 0; i < count; i++)
        {
            TransferFrame frame = new(frames[i]);
            if (frame.ExtensionBytes != 0)
            {
                ids[i] = Compute(frame);
                continue;
            }

            messages[batch] = frames[i] + FrameLayout.BodyOffset;
            digests[batch] = (byte*)(ids + i);
            if (++batch == BatchCountMax)
            {
                Blake3Lanes.TaggedHash(messages, TransferBody.SizeBytes, TransferTags.Body, digests, batch);
                batch = 0;
            }
        }

        Blake3Lanes.TaggedHash(messages, TransferBody.SizeBytes, TransferTags.Body, digests, batch);
    }

    /// <summary>The id of one item of a bundle.</summary>
    [SkipLocalsInit]
    public static Hash256 ComputeItem(in Hash256 bundleId, int index)
    {
        Hash256 id;
        ComputeItems(bundleId, index, &id, 1);
        return id;
    }

    /// <summary>The ids of <paramref name="count"/> items of a bundle, from <paramref name="firstIndex"/> on.</summary>
    [SkipLocalsInit]
    public static void ComputeItems(in Hash256 bundleId, int firstIndex, Hash256* ids, int count)
    {
        Hash256 key = TransferTags.BundleItemKey;
        byte* entries = stackalloc byte[BatchCountMax * ItemMessageBytes];
        byte** messages = stackalloc byte*[BatchCountMax];
        byte** digests = stackalloc byte*[BatchCountMax];
        for (int first = 0; first < count; first += BatchCountMax)
        {
            int batch = Math.Min(BatchCountMax, count - first);
            for (int i = 0; i < batch; i++)
            {
                messages[i] = entries + (i * ItemMessageBytes);
                digests[i] = (byte*)(ids + first + i);
                Unsafe.WriteUnaligned(messages[i], bundleId);
                Unsafe.WriteUnaligned(messages[i] + Hash256.ByteLength, (ulong)(firstIndex + first + i));
            }

            Blake3Lanes.KeyedBlocks(messages, ItemMessageBytes, (byte*)&key, digests, batch);
        }
    }
}
