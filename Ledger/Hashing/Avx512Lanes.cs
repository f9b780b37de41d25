using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LeitherCluster.Ledger.Hashing;

/// <summary>
/// Sixteen lanes in 512-bit vectors (AVX-512 F and BW). A transposition goes from "a register holds one lane's 16
/// words" to "a register holds one word of 16 lanes" in four steps: 32-bit and 64-bit interleaving inside the
/// 128-bit quarters, then two steps that move whole quarters.
/// </summary>
internal readonly unsafe struct Avx512Lanes : ILanes<Vector512<uint>>
{
    public static bool IsSupported => Avx512BW.IsSupported;

    public static int Width => 16;

    public static int PartialGroupMin => 9;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Broadcast(uint word) => Vector512.Create(word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Xor(Vector512<uint> left, Vector512<uint> right) => left ^ right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void HalfRound(
        Vector512<uint>* m, int x0, int y0, int x1, int y1, int x2, int y2, int x3, int y3,
        ref Vector512<uint> a0, ref Vector512<uint> a1, ref Vector512<uint> a2, ref Vector512<uint> a3,
        ref Vector512<uint> b0, ref Vector512<uint> b1, ref Vector512<uint> b2, ref Vector512<uint> b3,
        ref Vector512<uint> c0, ref Vector512<uint> c1, ref Vector512<uint> c2, ref Vector512<uint> c3,
        ref Vector512<uint> d0, ref Vector512<uint> d1, ref Vector512<uint> d2, ref Vector512<uint> d3)
    {
        a0 = a0 + m[x0] + b0;
        a1 = a1 + m[x1] + b1;
        a2 = a2 + m[x2] + b2;
        a3 = a3 + m[x3] + b3;
        d0 = Avx512F.RotateRight(d0 ^ a0, 16);
        d1 = Avx512F.RotateRight(d1 ^ a1, 16);
        d2 = Avx512F.RotateRight(d2 ^ a2, 16);
        d3 = Avx512F.RotateRight(d3 ^ a3, 16);
        c0 += d0;
        c1 += d1;
        c2 += d2;
        c3 += d3;
        b0 = Avx512F.RotateRight(b0 ^ c0, 12);
        b1 = Avx512F.RotateRight(b1 ^ c1, 12);
        b2 = Avx512F.RotateRight(b2 ^ c2, 12);
        b3 = Avx512F.RotateRight(b3 ^ c3, 12);
        a0 = a0 + m[y0] + b0;
        a1 = a1 + m[y1] + b1;
        a2 = a2 + m[y2] + b2;
        a3 = a3 + m[y3] + b3;
        d0 = Avx512F.RotateRight(d0 ^ a0, 8);
        d1 = Avx512F.RotateRight(d1 ^ a1, 8);
        d2 = Avx512F.RotateRight(d2 ^ a2, 8);
        d3 = Avx512F.RotateRight(d3 ^ a3, 8);
        c0 += d0;
        c1 += d1;
        c2 += d2;
        c3 += d3;
        b0 = Avx512F.RotateRight(b0 ^ c0, 7);
        b1 = Avx512F.RotateRight(b1 ^ c1, 7);
        b2 = Avx512F.RotateRight(b2 ^ c2, 7);
        b3 = Avx512F.RotateRight(b3 ^ c3, 7);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LoadBlocks(byte** sources, nint offset, Vector512<uint>* words)
    {
        Interleave4(Block(sources[0], offset), Block(sources[1], offset), Block(sources[2], offset), Block(sources[3], offset), out var a0, out var a1, out var a2, out var a3);
        Interleave4(Block(sources[4], offset), Block(sources[5], offset), Block(sources[6], offset), Block(sources[7], offset), out var b0, out var b1, out var b2, out var b3);
        Interleave4(Block(sources[8], offset), Block(sources[9], offset), Block(sources[10], offset), Block(sources[11], offset), out var c0, out var c1, out var c2, out var c3);
        Interleave4(Block(sources[12], offset), Block(sources[13], offset), Block(sources[14], offset), Block(sources[15], offset), out var d0, out var d1, out var d2, out var d3);
        GatherQuarters(a0, b0, c0, d0, words);
        GatherQuarters(a1, b1, c1, d1, words + 1);
        GatherQuarters(a2, b2, c2, d2, words + 2);
        GatherQuarters(a3, b3, c3, d3, words + 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LoadPartialBlocks(byte** sources, nint offset, int start, int end, ulong prefix, Vector512<uint>* words)
    {
        Vector512<byte> position = Vector512<byte>.Indices;
        Vector512<byte> read = Vector512.GreaterThanOrEqual(position, Vector512.Create((byte)start))
            & Vector512.LessThan(position, Vector512.Create((byte)end));
        Vector512<byte> rest = Vector512.CreateScalar(start == 0 ? 0 : prefix).AsByte();

        Interleave4(Block(sources[0], offset, read, rest), Block(sources[1], offset, read, rest), Block(sources[2], offset, read, rest), Block(sources[3], offset, read, rest), out var a0, out var a1, out var a2, out var a3);
        Interleave4(Block(sources[4], offset, read, rest), Block(sources[5], offset, read, rest), Block(sources[6], offset, read, rest), Block(sources[7], offset, read, rest), out var b0, out var b1, out var b2, out var b3);
        Interleave4(Block(sources[8], offset, read, rest), Block(sources[9], offset, read, rest), Block(sources[10], offset, read, rest), Block(sources[11], offset, read, rest), out var c0, out var c1, out var c2, out var c3);
        Interleave4(Block(sources[12], offset, read, rest), Block(sources[13], offset, read, rest), Block(sources[14], offset, read, rest), Block(sources[15], offset, read, rest), out var d0, out var d1, out var d2, out var d3);
        GatherQuarters(a0, b0, c0, d0, words);
        GatherQuarters(a1, b1, c1, d1, words + 1);
        GatherQuarters(a2, b2, c2, d2, words + 2);
        GatherQuarters(a3, b3, c3, d3, words + 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LoadHalfBlocks(byte** sources, Vector512<uint>* words)
    {
        Interleave4(QuarterOf4(sources, 0), QuarterOf4(sources + 1, 0), QuarterOf4(sources + 2, 0), QuarterOf4(sources + 3, 0), out words[0], out words[1], out words[2], out words[3]);
        Interleave4(QuarterOf4(sources, 16), QuarterOf4(sources + 1, 16), QuarterOf4(sources + 2, 16), QuarterOf4(sources + 3, 16), out words[4], out words[5], out words[6], out words[7]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void StoreDigests(Vector512<uint>* words, byte** digests)
    {
        Interleave4(words[0], words[1], words[2], words[3], out var a0, out var a1, out var a2, out var a3);
        Interleave4(words[4], words[5], words[6], words[7], out var b0, out var b1, out var b2, out var b3);
        Store4(a0, b0, digests);
        Store4(a1, b1, digests + 1);
        Store4(a2, b2, digests + 2);
        Store4(a3, b3, digests + 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Block(byte* source, nint offset) => Vector512.Load((uint*)(source + offset));

    /// <summary>A masked load neither reads nor faults on the bytes it leaves out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Block(byte* source, nint offset, Vector512<byte> read, Vector512<byte> rest)
        => Avx512BW.MaskLoad(source + offset, read, rest).AsUInt32();

    /// <summary>16 bytes each of the lanes 0, 4, 8 and 12, counted from the given one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> QuarterOf4(byte** sources, nint offset)
        => Vector512.Create(
            Vector256.Create(Vector128.Load((uint*)(sources[0] + offset)), Vector128.Load((uint*)(sources[4] + offset))),
            Vector256.Create(Vector128.Load((uint*)(sources[8] + offset)), Vector128.Load((uint*)(sources[12] + offset))));

    /// <summary>Transposes the 4 x 4 words in each 128-bit quarter of four registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interleave4(
        Vector512<uint> r0, Vector512<uint> r1, Vector512<uint> r2, Vector512<uint> r3,
        out Vector512<uint> w0, out Vector512<uint> w1, out Vector512<uint> w2, out Vector512<uint> w3)
    {
        Vector512<ulong> low01 = Avx512F.UnpackLow(r0, r1).AsUInt64();
        Vector512<ulong> high01 = Avx512F.UnpackHigh(r0, r1).AsUInt64();
        Vector512<ulong> low23 = Avx512F.UnpackLow(r2, r3).AsUInt64();
        Vector512<ulong> high23 = Avx512F.UnpackHigh(r2, r3).AsUInt64();
        w0 = Avx512F.UnpackLow(low01, low23).AsUInt32();
        w1 = Avx512F.UnpackHigh(low01, low23).AsUInt32();
        w2 = Avx512F.UnpackLow(high01, high23).AsUInt32();
        w3 = Avx512F.UnpackHigh(high01, high23).AsUInt32();
    }

    /// <summary>Transposes 4 x 4 quarters: word k, k + 4, k + 8 and k + 12 of all lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void GatherQuarters(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c, Vector512<uint> d, Vector512<uint>* words)
    {
        Vector512<uint> lowAb = Avx512F.Shuffle4x128(a, b, 0x44);
        Vector512<uint> highAb = Avx512F.Shuffle4x128(a, b, 0xEE);
        Vector512<uint> lowCd = Avx512F.Shuffle4x128(c, d, 0x44);
        Vector512<uint> highCd = Avx512F.Shuffle4x128(c, d, 0xEE);
        words[0] = Avx512F.Shuffle4x128(lowAb, lowCd, 0x88);
        words[4] = Avx512F.Shuffle4x128(lowAb, lowCd, 0xDD);
        words[8] = Avx512F.Shuffle4x128(highAb, highCd, 0x88);
        words[12] = Avx512F.Shuffle4x128(highAb, highCd, 0xDD);
    }

    /// <summary>Joins the first and second halves of the digests of the lanes 0, 4, 8 and 12 and writes them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store4(Vector512<uint> first, Vector512<uint> second, byte** digests)
    {
        Vector512<uint> lanes0And4 = Avx512F.PermuteVar16x32x2(first, Vector512.Create(0u, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23), second);
        Vector512<uint> lanes8And12 = Avx512F.PermuteVar16x32x2(first, Vector512.Create(8u, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31), second);
        lanes0And4.GetLower().Store((uint*)digests[0]);
        lanes0And4.GetUpper().Store((uint*)digests[4]);
        lanes8And12.GetLower().Store((uint*)digests[8]);
        lanes8And12.GetUpper().Store((uint*)digests[12]);
    }
}
