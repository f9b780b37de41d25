using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LeitherCluster.Ledger.Hashing;

/// <summary>
/// Eight lanes in 256-bit vectors (AVX2). A block is two halves of 8 words, each transposed as an 8 x 8 square. Where
/// AVX-512's 256-bit forms are there too, the rotations use them: short batches run eight wide then.
/// </summary>
internal readonly unsafe struct Avx2Lanes : ILanes<Vector256<uint>>
{
    public static bool IsSupported => Avx2.IsSupported;

    public static int Width => 8;

    public static int PartialGroupMin => 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Broadcast(uint word) => Vector256.Create(word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Xor(Vector256<uint> left, Vector256<uint> right) => left ^ right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void HalfRound(
        Vector256<uint>* m, int x0, int y0, int x1, int y1, int x2, int y2, int x3, int y3,
        ref Vector256<uint> a0, ref Vector256<uint> a1, ref Vector256<uint> a2, ref Vector256<uint> a3,
        ref Vector256<uint> b0, ref Vector256<uint> b1, ref Vector256<uint> b2, ref Vector256<uint> b3,
        ref Vector256<uint> c0, ref Vector256<uint> c1, ref Vector256<uint> c2, ref Vector256<uint> c3,
        ref Vector256<uint> d0, ref Vector256<uint> d1, ref Vector256<uint> d2, ref Vector256<uint> d3)
    {
        a0 = a0 + m[x0] + b0;
        a1 = a1 + m[x1] + b1;
        a2 = a2 + m[x2] + b2;
        a3 = a3 + m[x3] + b3;
        d0 = RotateRight16(d0 ^ a0);
        d1 = RotateRight16(d1 ^ a1);
        d2 = RotateRight16(d2 ^ a2);
        d3 = RotateRight16(d3 ^ a3);
        c0 += d0;
        c1 += d1;
        c2 += d2;
        c3 += d3;
        b0 = RotateRight12(b0 ^ c0);
        b1 = RotateRight12(b1 ^ c1);
        b2 = RotateRight12(b2 ^ c2);
        b3 = RotateRight12(b3 ^ c3);
        a0 = a0 + m[y0] + b0;
        a1 = a1 + m[y1] + b1;
        a2 = a2 + m[y2] + b2;
        a3 = a3 + m[y3] + b3;
        d0 = RotateRight8(d0 ^ a0);
        d1 = RotateRight8(d1 ^ a1);
        d2 = RotateRight8(d2 ^ a2);
        d3 = RotateRight8(d3 ^ a3);
        c0 += d0;
        c1 += d1;
        c2 += d2;
        c3 += d3;
        b0 = RotateRight7(b0 ^ c0);
        b1 = RotateRight7(b1 ^ c1);
        b2 = RotateRight7(b2 ^ c2);
        b3 = RotateRight7(b3 ^ c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LoadBlocks(byte** sources, nint offset, Vector256<uint>* words)
    {
        LoadSquare(sources, offset, words);
        LoadSquare(sources, offset + 32, words + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LoadPartialBlocks(byte** sources, nint offset, int start, int end, ulong prefix, Vector256<uint>* words)
    {
        Vector256<uint> rest = Vector256.CreateScalar(start == 0 ? 0 : prefix).AsUInt32();
        LoadPartialSquare(sources, offset, start, Math.Min(end, 32), rest, words);
        LoadPartialSquare(sources, offset + 32, 0, Math.Max(end - 32, 0), Vector256<uint>.Zero, words + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LoadHalfBlocks(byte** sources, Vector256<uint>* words) => LoadSquare(sources, 0, words);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void StoreDigests(Vector256<uint>* words, byte** digests)
    {
        Vector256<uint>* rows = stackalloc Vector256<uint>[8];
        Transpose(words[0], words[1], words[2], words[3], words[4], words[5], words[6], words[7], rows);
        for (int lane = 0; lane < 8; lane++)
        {
            rows[lane].Store((uint*)digests[lane]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> RotateRight16(Vector256<uint> value)
        => Avx512F.VL.IsSupported
            ? Avx512F.VL.RotateRight(value, 16)
            : Avx2.Shuffle(value.AsByte(), Vector256.Create(0x0504_0706_0100_0302UL, 0x0D0C_0F0E_0908_0B0A, 0x0504_0706_0100_0302, 0x0D0C_0F0E_0908_0B0A).AsByte()).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> RotateRight12(Vector256<uint> value)
        => Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(value, 12) : (value >>> 12) | (value << 20);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> RotateRight8(Vector256<uint> value)
        => Avx512F.VL.IsSupported
            ? Avx512F.VL.RotateRight(value, 8)
            : Avx2.Shuffle(value.AsByte(), Vector256.Create(0x0407_0605_0003_0201UL, 0x0C0F_0E0D_080B_0A09, 0x0407_0605_0003_0201, 0x0C0F_0E0D_080B_0A09).AsByte()).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> RotateRight7(Vector256<uint> value)
        => Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(value, 7) : (value >>> 7) | (value << 25);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadSquare(byte** sources, nint offset, Vector256<uint>* words)
        => Transpose(
            Vector256.Load((uint*)(sources[0] + offset)), Vector256.Load((uint*)(sources[1] + offset)),
            Vector256.Load((uint*)(sources[2] + offset)), Vector256.Load((uint*)(sources[3] + offset)),
            Vector256.Load((uint*)(sources[4] + offset)), Vector256.Load((uint*)(sources[5] + offset)),
            Vector256.Load((uint*)(sources[6] + offset)), Vector256.Load((uint*)(sources[7] + offset)),
            words);

    private static void LoadPartialSquare(byte** sources, nint offset, int start, int end, Vector256<uint> rest, Vector256<uint>* words)
    {
        Vector256<int> position = Vector256<int>.Indices;
        Vector256<uint> read = (Vector256.GreaterThanOrEqual(position, Vector256.Create(start / 4))
            & Vector256.LessThan(position, Vector256.Create(end / 4))).AsUInt32();
        Vector256<uint> last = Vector256.Equals(position, Vector256.Create(end / 4)).AsUInt32();
        int lastBytes = end % 4;

        Vector256<uint>* rows = stackalloc Vector256<uint>[8];
        for (int lane = 0; lane < 8; lane++)
        {
            byte* source = sources[lane] + offset;
            Vector256<uint> row = Avx2.MaskLoad((uint*)source, read) | rest;
            rows[lane] = lastBytes == 0 ? row : row | (Vector256.Create(LastWord(source + (end - lastBytes), lastBytes)) & last);
        }

        Transpose(rows[0], rows[1], rows[2], rows[3], rows[4], rows[5], rows[6], rows[7], words);
    }

    /// <summary>The one to three bytes behind the last whole word; reading four could run into an unmapped page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint LastWord(byte* source, int count)
        => count switch
        {
            1 => source[0],
            2 => (uint)(source[0] | (source[1] << 8)),
            _ => (uint)(source[0] | (source[1] << 8) | (source[2] << 16)),
        };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        Vector256<uint> r0, Vector256<uint> r1, Vector256<uint> r2, Vector256<uint> r3,
        Vector256<uint> r4, Vector256<uint> r5, Vector256<uint> r6, Vector256<uint> r7, Vector256<uint>* words)
    {
        Interleave4(r0, r1, r2, r3, out var a0, out var a1, out var a2, out var a3);
        Interleave4(r4, r5, r6, r7, out var b0, out var b1, out var b2, out var b3);
        words[0] = Avx2.Permute2x128(a0, b0, 0x20);
        words[1] = Avx2.Permute2x128(a1, b1, 0x20);
        words[2] = Avx2.Permute2x128(a2, b2, 0x20);
        words[3] = Avx2.Permute2x128(a3, b3, 0x20);
        words[4] = Avx2.Permute2x128(a0, b0, 0x31);
        words[5] = Avx2.Permute2x128(a1, b1, 0x31);
        words[6] = Avx2.Permute2x128(a2, b2, 0x31);
        words[7] = Avx2.Permute2x128(a3, b3, 0x31);
    }

    /// <summary>Transposes the 4 x 4 words in each 128-bit half of four registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interleave4(
        Vector256<uint> r0, Vector256<uint> r1, Vector256<uint> r2, Vector256<uint> r3,
        out Vector256<uint> w0, out Vector256<uint> w1, out Vector256<uint> w2, out Vector256<uint> w3)
    {
        Vector256<ulong> low01 = Avx2.UnpackLow(r0, r1).AsUInt64();
        Vector256<ulong> high01 = Avx2.UnpackHigh(r0, r1).AsUInt64();
        Vector256<ulong> low23 = Avx2.UnpackLow(r2, r3).AsUInt64();
        Vector256<ulong> high23 = Avx2.UnpackHigh(r2, r3).AsUInt64();
        w0 = Avx2.UnpackLow(low01, low23).AsUInt32();
        w1 = Avx2.UnpackHigh(low01, low23).AsUInt32();
        w2 = Avx2.UnpackLow(high01, high23).AsUInt32();
        w3 = Avx2.UnpackHigh(high01, high23).AsUInt32();
    }
}
