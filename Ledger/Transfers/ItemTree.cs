using System.Runtime.CompilerServices;
using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// The tree over the items of a bundle, whose root the sender signs (docs/PROTOCOL.md, section 3): it shows an item to be part
/// of the bundle without showing the others.
/// </summary>
public static unsafe class ItemTree
{
    /// <summary>The deepest path: 1,024 items.</summary>
    public const int PathCountMax = 10;

    private const int LeafEntryBytes = 48;
    private const int BatchCountMax = 64;

    /// <summary>The root over well-formed items, one behind the other; no more than a bundle may have, and one at least.</summary>
    [SkipLocalsInit]
    public static Hash256 Root(ReadOnlySpan<byte> items)
    {
        Hash256* leaves = stackalloc Hash256[FrameLayout.ItemCountMax];
        int count = HashLeaves(new BundleItems(items), leaves);
        return PromotedTree.Root(leaves, count, TransferTags.ItemInnerKey);
    }

    /// <summary>The siblings of an item's leaf from the bottom up: at most <see cref="PathCountMax"/>, whose number is returned.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bundle has no such item.</exception>
    [SkipLocalsInit]
    public static int Path(in TransferFrame bundle, int index, Span<Hash256> siblings)
    {
        Hash256* leaves = stackalloc Hash256[FrameLayout.ItemCountMax];
        int count = HashLeaves(bundle.Items, leaves);
        return PromotedTree.Path(leaves, count, index, TransferTags.ItemInnerKey, siblings, out _);
    }

    /// <summary>
    /// Whether the siblings lead from this item to the root. Its index and the number of items give the shape of the path, so there is only one
    /// right number of siblings.
    /// </summary>
    [SkipLocalsInit]
    public static bool Leads(in BundleItem item, int itemCount, ReadOnlySpan<Hash256> siblings, in Hash256 root)
    {
        if ((uint)item.Index >= (uint)itemCount || itemCount > FrameLayout.ItemCountMax)
        {
            return false;
        }

        byte* entry = stackalloc byte[LeafEntryBytes];
        WriteLeafEntry(item, entry);
        Hash256 node = Blake3.KeyedHash(TransferTags.ItemLeafKey, new ReadOnlySpan<byte>(entry, LeafEntryBytes));
        int used = 0;
        for (int level = 0; 1 << level < itemCount; level++)
        {
            int place = item.Index >> level;
            if ((place ^ 1) << level >= itemCount)
            {
                continue;
            }

            if (used == siblings.Length)
            {
                return false;
            }

            node = PromotedTree.Join(node, siblings[used++], (place & 1) != 0, TransferTags.ItemInnerKey);
        }

        return used == siblings.Length && node == root;
    }

    // The items' leaf entries in batches, into one leaf each; the number of items.
    [SkipLocalsInit]
    private static int HashLeaves(BundleItems items, Hash256* leaves)
    {
        Hash256 key = TransferTags.ItemLeafKey;
        byte* entries = stackalloc byte[BatchCountMax * LeafEntryBytes];
        byte** messages = stackalloc byte*[BatchCountMax];
        byte** digests = stackalloc byte*[BatchCountMax];
        int batch = 0;
        int count = 0;
        foreach (BundleItem item in items)
        {
            messages[batch] = entries + (batch * LeafEntryBytes);
            digests[batch] = (byte*)(leaves + count);
            WriteLeafEntry(item, messages[batch]);
            count++;
            if (++batch == BatchCountMax)
            {
                Blake3Lanes.KeyedBlocks(messages, LeafEntryBytes, (byte*)&key, digests, batch);
                batch = 0;
            }
        }

        Blake3Lanes.KeyedBlocks(messages, LeafEntryBytes, (byte*)&key, digests, batch);
        return count;
    }

    private static void WriteLeafEntry(in BundleItem item, byte* entry)
    {
        Unsafe.WriteUnaligned(entry, item.Receiver);
        Unsafe.WriteUnaligned(entry + 20, item.Index);
        Unsafe.WriteUnaligned(entry + 24, item.Amount);
        Unsafe.WriteUnaligned(entry + 32, item.Reference);
    }
}
