using System.Runtime.Intrinsics;
using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Ledger.Tree;

/// <summary>
/// Many leaves or plain inner nodes at a time, one SIMD lane each, on the widest instruction set of this machine. As with
/// <see cref="Blake3Lanes"/>, pointers are trusted, and a digest may lie in its own item's memory but in no other's.
/// </summary>
internal static unsafe class TreeLanes
{
    /// <summary>
    /// The digests of leaves, record hash and leaf hash in one go, of 64-byte records that no data root follows.
    /// </summary>
    public static void Leaves(byte** records, byte** digests, int count)
    {
        int done = 0;
        if (Avx512Lanes.IsSupported && count >= Avx512Lanes.PartialGroupMin)
        {
            done = TreeLaneBatch<Vector512<uint>, Avx512Lanes>.Leaves(records, digests, count);
        }

        if (Avx2Lanes.IsSupported && count - done >= Avx2Lanes.PartialGroupMin)
        {
            done += TreeLaneBatch<Vector256<uint>, Avx2Lanes>.Leaves(records + done, digests + done, count - done);
        }

        if (done < count)
        {
            TreeLaneBatch<uint, ScalarLanes>.Leaves(records + done, digests + done, count - done);
        }
    }

    /// <summary>
    /// The digests of nodes that bind no sums, from the 64 bytes of their children's digests and the index, 0 to 159, of the
    /// bit in which the sides differ.
    /// </summary>
    public static void PlainNodes(byte** pairs, byte* bitIndices, byte** digests, int count)
    {
        int done = 0;
        if (Avx512Lanes.IsSupported && count >= Avx512Lanes.PartialGroupMin)
        {
            done = TreeLaneBatch<Vector512<uint>, Avx512Lanes>.PlainNodes(pairs, bitIndices, digests, count);
        }

        if (Avx2Lanes.IsSupported && count - done >= Avx2Lanes.PartialGroupMin)
        {
            done += TreeLaneBatch<Vector256<uint>, Avx2Lanes>.PlainNodes(pairs + done, bitIndices + done, digests + done, count - done);
        }

        if (done < count)
        {
            TreeLaneBatch<uint, ScalarLanes>.PlainNodes(pairs + done, bitIndices + done, digests + done, count - done);
        }
    }
}
