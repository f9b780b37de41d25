using System.Runtime.CompilerServices;
using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// The Merkle tree over all that took effect in a beat (docs/PROTOCOL.md, section 4): in each branch a tree over its transfers in recorded
/// order, an odd node promoted; above the branches a binary tree over the bits of the branch index, in which an empty side passes the
/// other through. A root of zeros means that there is nothing under it.
/// </summary>
public static unsafe class WindowsTree
{
    private const int LeafMessageBytes = Hash256.ByteLength + sizeof(ulong);
    private const int BatchCountMax = 64;

    /// <summary>
    /// The leaves of transfers that stand one behind the other in a branch's recorded order, from <paramref name="first"/> on. Leaves may be
    /// written over the ids.
    /// </summary>
    [SkipLocalsInit]
    public static void HashLeaves(WindowPosition first, Hash256* ids, Hash256* leaves, int count)
    {
        Hash256 key = TransferTags.WindowLeafKey;
        byte* entries = stackalloc byte[BatchCountMax * LeafMessageBytes];
        byte** messages = stackalloc byte*[BatchCountMax];
        byte** digests = stackalloc byte*[BatchCountMax];
        for (int start = 0; start < count; start += BatchCountMax)
        {
            int batch = Math.Min(BatchCountMax, count - start);
            for (int i = 0; i < batch; i++)
            {
                messages[i] = entries + (i * LeafMessageBytes);
                digests[i] = (byte*)(leaves + start + i);
                Unsafe.WriteUnaligned(messages[i], ids[start + i]);
                Unsafe.WriteUnaligned(messages[i] + Hash256.ByteLength, first.Value + (ulong)(start + i));
            }

            Blake3Lanes.KeyedBlocks(messages, LeafMessageBytes, (byte*)&key, digests, batch);
        }
    }

    /// <summary>The root of a branch over its leaves; zeros when it has none. The leaves' memory is worked in and left as rubble.</summary>
    public static Hash256 BranchRoot(Hash256* leaves, int count) =>
        count == 0 ? Hash256.Zero : PromotedTree.Root(leaves, count, TransferTags.WindowInnerKey);

    /// <summary>
    /// Starts the path of the leaf at <paramref name="position"/> within its branch. The leaves' memory is worked in and left as rubble.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The branch has no such leaf.</exception>
    public static WindowPath BranchPath(WindowPosition position, Hash256* leaves, int count)
    {
        Span<Hash256> siblings = stackalloc Hash256[WindowPath.LevelCountMax];
        int found = PromotedTree.Path(leaves, count, checked((int)position.Place), TransferTags.WindowInnerKey, siblings, out uint levels);
        return new WindowPath(position, levels, 0, [.. siblings[..found]]);
    }

    /// <summary>
    /// The root of a trunk over the roots of its 2^<paramref name="bandBits"/> children in order of their index; zeros when none has anything.
    /// The roots' memory is worked in and left as rubble.
    /// </summary>
    public static Hash256 TrunkRoot(Hash256* childRoots, int bandBits)
    {
        for (int level = 0; level < bandBits; level++)
        {
            JoinTrunkLevel(childRoots, 1 << bandBits, 1 << level);
        }

        return childRoots[0];
    }

    /// <summary>
    /// Carries a path on through a trunk. <paramref name="lowBits"/> is how many bits of the branch index lie below the trunk's band. The roots'
    /// memory is worked in and left as rubble.
    /// </summary>
    public static WindowPath TrunkPath(WindowPath path, Hash256* childRoots, int bandBits, int lowBits)
    {
        ArgumentNullException.ThrowIfNull(path);
        uint child = path.Position.Branch >> lowBits & (1u << bandBits) - 1;
        uint levels = path.BranchLevels;
        List<Hash256> siblings = [.. path.Siblings];
        for (int level = 0; level < bandBits; level++)
        {
            Hash256 sibling = childRoots[(child >> level ^ 1) << level];
            if (!sibling.IsZero)
            {
                siblings.Add(sibling);
                levels |= 1u << (lowBits + level);
            }

            JoinTrunkLevel(childRoots, 1 << bandBits, 1 << level);
        }

        return new WindowPath(path.Position, path.PlaceLevels, levels, [.. siblings]);
    }

    // A node of a level lies where its first child lay; of a pair with an empty side the other one is the node.
    [SkipLocalsInit]
    private static void JoinTrunkLevel(Hash256* nodes, int count, int stride)
    {
        Hash256 key = TransferTags.WindowInnerKey;
        byte** left = stackalloc byte*[BatchCountMax];
        byte** right = stackalloc byte*[BatchCountMax];
        int batch = 0;
        for (int i = 0; i < count; i += 2 * stride)
        {
            Hash256* other = nodes + i + stride;
            if (nodes[i].IsZero || other->IsZero)
            {
                nodes[i] = nodes[i].IsZero ? *other : nodes[i];
                continue;
            }

            left[batch] = (byte*)(nodes + i);
            right[batch] = (byte*)other;
            if (++batch == BatchCountMax)
            {
                Blake3Lanes.KeyedPairs(left, right, (byte*)&key, left, batch);
                batch = 0;
            }
        }

        Blake3Lanes.KeyedPairs(left, right, (byte*)&key, left, batch);
    }
}
