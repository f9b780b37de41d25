using System.Runtime.Intrinsics;

namespace LeitherCluster.Ledger.Hashing;

/// <summary>
/// Gives a batch to the widest instruction set of this machine and what it leaves over to the narrower ones. The
/// questions for support are constants to the JIT compiler, so that only the chosen path exists as machine code.
/// </summary>
internal static unsafe class LaneDispatch
{
    public static Blake3Path Path
        => Avx512Lanes.IsSupported ? Blake3Path.Avx512
            : Avx2Lanes.IsSupported ? Blake3Path.Avx2
            : Blake3Path.Scalar;

    /// <summary><see cref="LaneBatch{T, TLanes}.Messages"/> for all of them.</summary>
    public static void Messages(byte** messages, MessageForm form, uint* key, uint mode, byte** digests, int count)
    {
        int done = 0;
        if (Avx512Lanes.IsSupported && count >= Avx512Lanes.PartialGroupMin)
        {
            done = LaneBatch<Vector512<uint>, Avx512Lanes>.Messages(messages, form, key, mode, digests, count);
        }

        if (Avx2Lanes.IsSupported && count - done >= Avx2Lanes.PartialGroupMin)
        {
            done += LaneBatch<Vector256<uint>, Avx2Lanes>.Messages(messages + done, form, key, mode, digests + done, count - done);
        }

        if (done < count)
        {
            LaneBatch<uint, ScalarLanes>.Messages(messages + done, form, key, mode, digests + done, count - done);
        }
    }

    /// <summary><see cref="LaneBatch{T, TLanes}.Pairs"/> for all of them.</summary>
    public static void Pairs(byte** left, byte** right, byte** keys, uint* key, uint flags, byte** digests, int count)
    {
        int done = 0;
        if (Avx512Lanes.IsSupported && count >= Avx512Lanes.PartialGroupMin)
        {
            done = LaneBatch<Vector512<uint>, Avx512Lanes>.Pairs(left, right, keys, key, flags, digests, count);
        }

        if (Avx2Lanes.IsSupported && count - done >= Avx2Lanes.PartialGroupMin)
        {
            done += LaneBatch<Vector256<uint>, Avx2Lanes>.Pairs(
                left + done, Skip(right, done), Skip(keys, done), key, flags, digests + done, count - done);
        }

        if (done < count)
        {
            LaneBatch<uint, ScalarLanes>.Pairs(
                left + done, Skip(right, done), Skip(keys, done), key, flags, digests + done, count - done);
        }
    }

    /// <summary><see cref="LaneBatch{T, TLanes}.Chunks"/> for all of them.</summary>
    public static void Chunks(byte* input, uint* key, ulong counter, uint mode, byte* chainingValues, int count)
    {
        int done = 0;
        if (Avx512Lanes.IsSupported && count >= Avx512Lanes.PartialGroupMin)
        {
            done = LaneBatch<Vector512<uint>, Avx512Lanes>.Chunks(input, key, counter, mode, chainingValues, count);
        }

        if (Avx2Lanes.IsSupported && count - done >= Avx2Lanes.PartialGroupMin)
        {
            done += LaneBatch<Vector256<uint>, Avx2Lanes>.Chunks(
                ChunkAt(input, done), key, counter + (ulong)done, mode, chainingValues + (done * Hash256.ByteLength), count - done);
        }

        if (done < count)
        {
            LaneBatch<uint, ScalarLanes>.Chunks(
                ChunkAt(input, done), key, counter + (ulong)done, mode, chainingValues + (done * Hash256.ByteLength), count - done);
        }
    }

    private static byte** Skip(byte** pointers, int count) => pointers == null ? null : pointers + count;

    private static byte* ChunkAt(byte* input, int chunk) => input + ((nint)chunk * Blake3Constants.ChunkBytes);
}
