using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LeitherCluster.LoadTests.Benchmarks.Hashing;

/// <summary>
/// The limit of hashing on AVX-512: the additions, exclusive ors and rotations of BLAKE3's compressions in their order and with
/// their dependencies, sixteen lanes wide, but without a load, a store or a transposition. No code that hashes messages from
/// memory in this way can be faster.
/// </summary>
internal static class VectorArithmetic
{
    public const int Lanes = 16;

    private const int HalfRounds = 14;

    public static bool IsSupported => Avx512F.IsSupported;

    /// <summary>Does the arithmetic of <paramref name="groups"/> compressions of sixteen lanes.</summary>
    /// <returns>Something that depends on all of it.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static uint Run(int groups)
    {
        Vector512<uint> a0 = Vector512.Create(1u), a1 = a0 + a0, a2 = a1 + a0, a3 = a2 + a0;
        Vector512<uint> b0 = a3 + a0, b1 = b0 + a0, b2 = b1 + a0, b3 = b2 + a0;
        Vector512<uint> c0 = b3 + a0, c1 = c0 + a0, c2 = c1 + a0, c3 = c2 + a0;
        Vector512<uint> d0 = c3 + a0, d1 = d0 + a0, d2 = d1 + a0, d3 = d2 + a0;
        Vector512<uint> m = Vector512.Create(0x9E37_79B9u);
        for (int halfRound = groups * HalfRounds; halfRound > 0; halfRound--)
        {
            a0 += m + b0;
            a1 += m + b1;
            a2 += m + b2;
            a3 += m + b3;
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
            a0 += m + b0;
            a1 += m + b1;
            a2 += m + b2;
            a3 += m + b3;
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

        return Vector512.Sum(a0 ^ a1 ^ a2 ^ a3 ^ b0 ^ b1 ^ b2 ^ b3 ^ c0 ^ c1 ^ c2 ^ c3 ^ d0 ^ d1 ^ d2 ^ d3);
    }
}
