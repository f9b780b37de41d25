using System.Runtime.CompilerServices;
using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// A Merkle tree over an ordered row of leaves in which an odd node at the end of a level is promoted unchanged. Level by level, many
/// nodes at a time; an inner node is the keyed hash of left(32) | right(32).
/// </summary>
internal static unsafe class PromotedTree
{
    private const int BatchCountMax = 64;

    /// <summary>The root over one leaf or more. The leaves' memory is worked in and left as rubble.</summary>
    public static Hash256 Root(Hash256* leaves, int count, in Hash256 innerKey)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        for (int stride = 1; stride < count; stride <<= 1)
        {
            JoinLevel(leaves, count, stride, innerKey);
        }

        return leaves[0];
    }

    /// <summary>
    /// The siblings of leaf <paramref name="index"/> from the bottom up, at most 32, whose number is returned; bit j of
    /// <paramref name="levels"/> is set when there is one at level j. The leaves' memory is worked in and left as rubble.
    /// </summary>
    public static int Path(Hash256* leaves, int count, int index, in Hash256 innerKey, Span<Hash256> siblings, out uint levels)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)count, nameof(index));
        int found = 0;
        levels = 0;
        for (int level = 0; 1 << level < count; level++)
        {
            int sibling = (index >> level ^ 1) << level;
            if (sibling < count)
            {
                siblings[found++] = leaves[sibling];
                levels |= 1u << level;
            }

            JoinLevel(leaves, count, 1 << level, innerKey);
        }

        return found;
    }

    /// <summary>The parent of two nodes, of which <paramref name="sibling"/> is the left one or the right one.</summary>
    [SkipLocalsInit]
    public static Hash256 Join(in Hash256 node, in Hash256 sibling, bool siblingIsLeft, in Hash256 innerKey)
    {
        Hash256* pair = stackalloc Hash256[2];
        pair[siblingIsLeft ? 1 : 0] = node;
        pair[siblingIsLeft ? 0 : 1] = sibling;
        return Blake3.KeyedHash(innerKey, new ReadOnlySpan<byte>(pair, 2 * Hash256.ByteLength));
    }

    // A node of a level lies where its first leaf lay, so a level's nodes are stride apart, and a promoted one stays where it is.
    [SkipLocalsInit]
    private static void JoinLevel(Hash256* nodes, int count, int stride, in Hash256 innerKey)
    {
        Hash256 key = innerKey;
        byte** left = stackalloc byte*[BatchCountMax];
        byte** right = stackalloc byte*[BatchCountMax];
        int batch = 0;
        for (long i = 0; i + stride < count; i += 2L * stride)
        {
            left[batch] = (byte*)(nodes + i);
            right[batch] = (byte*)(nodes + i + stride);
            if (++batch == BatchCountMax)
            {
                Blake3Lanes.KeyedPairs(left, right, (byte*)&key, left, batch);
                batch = 0;
            }
        }

        Blake3Lanes.KeyedPairs(left, right, (byte*)&key, left, batch);
    }
}
