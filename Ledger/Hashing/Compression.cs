using System.Runtime.CompilerServices;

namespace LeitherCluster.Ledger.Hashing;

/// <summary>
/// The compression function of the BLAKE3 specification, section 2.2, over any number of lanes. Words are taken from
/// memory as they lie, so this runs on little-endian machines only.
/// </summary>
internal static unsafe class Compression
{
    /// <summary>
    /// Compresses one block a lane into its first 8 output words, the chaining value. Output may be the chaining
    /// value's or the message's own memory.
    /// </summary>
    /// <param name="chaining">8 words a lane.</param>
    /// <param name="m">16 words a lane, the message.</param>
    /// <param name="counter">Two words a lane: the low and the high half of the counter.</param>
    /// <param name="blockBytes">The bytes of the block that are input, 0 to 64.</param>
    /// <param name="flags">The domain flags.</param>
    /// <param name="output">8 words a lane.</param>
    /// <param name="rest">Null, or the second 8 output words a lane, which only extended output needs (section 2.6).</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static void Compress<T, TLanes>(
        T* chaining, T* m, T* counter, uint blockBytes, uint flags, T* output, T* rest = null)
        where T : unmanaged
        where TLanes : struct, ILanes<T>
    {
        T v0 = chaining[0], v1 = chaining[1], v2 = chaining[2], v3 = chaining[3];
        T v4 = chaining[4], v5 = chaining[5], v6 = chaining[6], v7 = chaining[7];
        T v8 = TLanes.Broadcast(Blake3Constants.Iv0), v9 = TLanes.Broadcast(Blake3Constants.Iv1);
        T v10 = TLanes.Broadcast(Blake3Constants.Iv2), v11 = TLanes.Broadcast(Blake3Constants.Iv3);
        T v12 = counter[0], v13 = counter[1], v14 = TLanes.Broadcast(blockBytes), v15 = TLanes.Broadcast(flags);

        // The specification permutes the message between rounds; here the permutation is in the indices, so that
        // the words stay where they are. The diagonal half of a round takes the columns, rotated.
        TLanes.HalfRound(m, 0, 1, 2, 3, 4, 5, 6, 7,
            ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15);
        TLanes.HalfRound(m, 8, 9, 10, 11, 12, 13, 14, 15,
            ref v0, ref v1, ref v2, ref v3, ref v5, ref v6, ref v7, ref v4, ref v10, ref v11, ref v8, ref v9, ref v15, ref v12, ref v13, ref v14);

        TLanes.HalfRound(m, 2, 6, 3, 10, 7, 0, 4, 13,
            ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15);
        TLanes.HalfRound(m, 1, 11, 12, 5, 9, 14, 15, 8,
            ref v0, ref v1, ref v2, ref v3, ref v5, ref v6, ref v7, ref v4, ref v10, ref v11, ref v8, ref v9, ref v15, ref v12, ref v13, ref v14);

        TLanes.HalfRound(m, 3, 4, 10, 12, 13, 2, 7, 14,
            ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15);
        TLanes.HalfRound(m, 6, 5, 9, 0, 11, 15, 8, 1,
            ref v0, ref v1, ref v2, ref v3, ref v5, ref v6, ref v7, ref v4, ref v10, ref v11, ref v8, ref v9, ref v15, ref v12, ref v13, ref v14);

        TLanes.HalfRound(m, 10, 7, 12, 9, 14, 3, 13, 15,
            ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15);
        TLanes.HalfRound(m, 4, 0, 11, 2, 5, 8, 1, 6,
            ref v0, ref v1, ref v2, ref v3, ref v5, ref v6, ref v7, ref v4, ref v10, ref v11, ref v8, ref v9, ref v15, ref v12, ref v13, ref v14);

        TLanes.HalfRound(m, 12, 13, 9, 11, 15, 10, 14, 8,
            ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15);
        TLanes.HalfRound(m, 7, 2, 5, 3, 0, 1, 6, 4,
            ref v0, ref v1, ref v2, ref v3, ref v5, ref v6, ref v7, ref v4, ref v10, ref v11, ref v8, ref v9, ref v15, ref v12, ref v13, ref v14);

        TLanes.HalfRound(m, 9, 14, 11, 5, 8, 12, 15, 1,
            ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15);
        TLanes.HalfRound(m, 13, 3, 0, 10, 2, 6, 4, 7,
            ref v0, ref v1, ref v2, ref v3, ref v5, ref v6, ref v7, ref v4, ref v10, ref v11, ref v8, ref v9, ref v15, ref v12, ref v13, ref v14);

        TLanes.HalfRound(m, 11, 15, 5, 0, 1, 9, 8, 6,
            ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15);
        TLanes.HalfRound(m, 14, 10, 2, 12, 3, 4, 7, 13,
            ref v0, ref v1, ref v2, ref v3, ref v5, ref v6, ref v7, ref v4, ref v10, ref v11, ref v8, ref v9, ref v15, ref v12, ref v13, ref v14);

        if (rest != null)
        {
            rest[0] = TLanes.Xor(v8, chaining[0]);
            rest[1] = TLanes.Xor(v9, chaining[1]);
            rest[2] = TLanes.Xor(v10, chaining[2]);
            rest[3] = TLanes.Xor(v11, chaining[3]);
            rest[4] = TLanes.Xor(v12, chaining[4]);
            rest[5] = TLanes.Xor(v13, chaining[5]);
            rest[6] = TLanes.Xor(v14, chaining[6]);
            rest[7] = TLanes.Xor(v15, chaining[7]);
        }

        output[0] = TLanes.Xor(v0, v8);
        output[1] = TLanes.Xor(v1, v9);
        output[2] = TLanes.Xor(v2, v10);
        output[3] = TLanes.Xor(v3, v11);
        output[4] = TLanes.Xor(v4, v12);
        output[5] = TLanes.Xor(v5, v13);
        output[6] = TLanes.Xor(v6, v14);
        output[7] = TLanes.Xor(v7, v15);
    }
}
