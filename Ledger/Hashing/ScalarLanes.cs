using System.Numerics;
using System.Runtime.CompilerServices;

namespace LeitherCluster.Ledger.Hashing;

/// <summary>One lane, in plain C#: runs everywhere, and takes the last few blocks of a batch.</summary>
internal readonly unsafe struct ScalarLanes : ILanes<uint>
{
    public static int Width => 1;

    public static int PartialGroupMin => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Broadcast(uint word) => word;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Xor(uint left, uint right) => left ^ right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void HalfRound(
        uint* m, int x0, int y0, int x1, int y1, int x2, int y2, int x3, int y3,
        ref uint a0, ref uint a1, ref uint a2, ref uint a3,
        ref uint b0, ref uint b1, ref uint b2, ref uint b3,
        ref uint c0, ref uint c1, ref uint c2, ref uint c3,
        ref uint d0, ref uint d1, ref uint d2, ref uint d3)
    {
        a0 = a0 + m[x0] + b0;
        a1 = a1 + m[x1] + b1;
        a2 = a2 + m[x2] + b2;
        a3 = a3 + m[x3] + b3;
        d0 = BitOperations.RotateRight(d0 ^ a0, 16);
        d1 = BitOperations.RotateRight(d1 ^ a1, 16);
        d2 = BitOperations.RotateRight(d2 ^ a2, 16);
        d3 = BitOperations.RotateRight(d3 ^ a3, 16);
        c0 += d0;
        c1 += d1;
        c2 += d2;
        c3 += d3;
        b0 = BitOperations.RotateRight(b0 ^ c0, 12);
        b1 = BitOperations.RotateRight(b1 ^ c1, 12);
        b2 = BitOperations.RotateRight(b2 ^ c2, 12);
        b3 = BitOperations.RotateRight(b3 ^ c3, 12);
        a0 = a0 + m[y0] + b0;
        a1 = a1 + m[y1] + b1;
        a2 = a2 + m[y2] + b2;
        a3 = a3 + m[y3] + b3;
        d0 = BitOperations.RotateRight(d0 ^ a0, 8);
        d1 = BitOperations.RotateRight(d1 ^ a1, 8);
        d2 = BitOperations.RotateRight(d2 ^ a2, 8);
        d3 = BitOperations.RotateRight(d3 ^ a3, 8);
        c0 += d0;
        c1 += d1;
        c2 += d2;
        c3 += d3;
        b0 = BitOperations.RotateRight(b0 ^ c0, 7);
        b1 = BitOperations.RotateRight(b1 ^ c1, 7);
        b2 = BitOperations.RotateRight(b2 ^ c2, 7);
        b3 = BitOperations.RotateRight(b3 ^ c3, 7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadBlocks(byte** sources, nint offset, uint* words)
        => Unsafe.CopyBlockUnaligned(words, sources[0] + offset, Blake3Constants.BlockBytes);

    public static void LoadPartialBlocks(byte** sources, nint offset, int start, int end, ulong prefix, uint* words)
    {
        Unsafe.InitBlockUnaligned(words, 0, Blake3Constants.BlockBytes);
        if (start != 0)
        {
            *(ulong*)words = prefix;
        }

        Unsafe.CopyBlockUnaligned((byte*)words + start, sources[0] + offset + start, (uint)(end - start));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadHalfBlocks(byte** sources, uint* words)
        => Unsafe.CopyBlockUnaligned(words, sources[0], Hash256.ByteLength);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreDigests(uint* words, byte** digests)
        => Unsafe.CopyBlockUnaligned(digests[0], words, Hash256.ByteLength);
}
