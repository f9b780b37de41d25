using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LeitherCluster.Ledger.Signatures;

/// <content>What moves whole lanes: signs, choices, and the way from rows to lanes and back.</content>
internal readonly unsafe partial struct Avx512Field
{
    public static void NegateWhere(uint lanes, Vector512<double>* yPlusX, Vector512<double>* yMinusX, Vector512<double>* t)
    {
        Vector512<double> mask = Mask(lanes);
        Vector512<double> sign = mask & Vector512.Create(-0.0);
        for (int i = 0; i < Limbs; i++)
        {
            Vector512<double> plus = yPlusX[i];
            Vector512<double> minus = yMinusX[i];
            yPlusX[i] = Vector512.ConditionalSelect(mask, minus, plus);
            yMinusX[i] = Vector512.ConditionalSelect(mask, plus, minus);
            t[i] ^= sign;
        }
    }

    public static void NegateWhere(uint lanes, Vector512<double>* a)
    {
        Vector512<double> sign = Mask(lanes) & Vector512.Create(-0.0);
        for (int i = 0; i < Limbs; i++)
        {
            a[i] ^= sign;
        }
    }

    public static void TakeWhere(uint lanes, Vector512<double>* a, Vector512<double>* b)
    {
        Vector512<double> mask = Mask(lanes);
        for (int i = 0; i < Limbs; i++)
        {
            a[i] = Vector512.ConditionalSelect(mask, b[i], a[i]);
        }
    }

    public static void Broadcast(double* row, int count, Vector512<double>* vectors)
    {
        for (int i = 0; i < count; i++)
        {
            vectors[i] = Vector512.Create(row[i]);
        }
    }

    public static void Gather(double** rows, int count, Vector512<double>* vectors)
    {
        for (int at = 0; at < count; at += Lanes)
        {
            Transpose(
                Vector512.Load(rows[0] + at), Vector512.Load(rows[1] + at), Vector512.Load(rows[2] + at), Vector512.Load(rows[3] + at),
                Vector512.Load(rows[4] + at), Vector512.Load(rows[5] + at), Vector512.Load(rows[6] + at), Vector512.Load(rows[7] + at),
                out vectors[at], out vectors[at + 1], out vectors[at + 2], out vectors[at + 3],
                out vectors[at + 4], out vectors[at + 5], out vectors[at + 6], out vectors[at + 7]);
        }
    }

    public static void Scatter(Vector512<double>* vectors, int count, double** rows)
    {
        for (int at = 0; at < count; at += Lanes)
        {
            Transpose(
                vectors[at], vectors[at + 1], vectors[at + 2], vectors[at + 3],
                vectors[at + 4], vectors[at + 5], vectors[at + 6], vectors[at + 7],
                out Vector512<double> r0, out Vector512<double> r1, out Vector512<double> r2, out Vector512<double> r3,
                out Vector512<double> r4, out Vector512<double> r5, out Vector512<double> r6, out Vector512<double> r7);
            r0.Store(rows[0] + at);
            r1.Store(rows[1] + at);
            r2.Store(rows[2] + at);
            r3.Store(rows[3] + at);
            r4.Store(rows[4] + at);
            r5.Store(rows[5] + at);
            r6.Store(rows[6] + at);
            r7.Store(rows[7] + at);
        }
    }

    /// <summary>Transposes 8 x 8: pairs within the 128-bit quarters, then quarters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        Vector512<double> r0, Vector512<double> r1, Vector512<double> r2, Vector512<double> r3, Vector512<double> r4, Vector512<double> r5, Vector512<double> r6, Vector512<double> r7,
        out Vector512<double> c0, out Vector512<double> c1, out Vector512<double> c2, out Vector512<double> c3,
        out Vector512<double> c4, out Vector512<double> c5, out Vector512<double> c6, out Vector512<double> c7)
    {
        Vector512<double> even01 = Avx512F.UnpackLow(r0, r1), odd01 = Avx512F.UnpackHigh(r0, r1);
        Vector512<double> even23 = Avx512F.UnpackLow(r2, r3), odd23 = Avx512F.UnpackHigh(r2, r3);
        Vector512<double> even45 = Avx512F.UnpackLow(r4, r5), odd45 = Avx512F.UnpackHigh(r4, r5);
        Vector512<double> even67 = Avx512F.UnpackLow(r6, r7), odd67 = Avx512F.UnpackHigh(r6, r7);
        Quarters(even01, even23, even45, even67, out c0, out c2, out c4, out c6);
        Quarters(odd01, odd23, odd45, odd67, out c1, out c3, out c5, out c7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarters(
        Vector512<double> a, Vector512<double> b, Vector512<double> c, Vector512<double> d,
        out Vector512<double> q0, out Vector512<double> q1, out Vector512<double> q2, out Vector512<double> q3)
    {
        Vector512<double> ab02 = Avx512F.Shuffle4x128(a, b, 0x88), ab13 = Avx512F.Shuffle4x128(a, b, 0xDD);
        Vector512<double> cd02 = Avx512F.Shuffle4x128(c, d, 0x88), cd13 = Avx512F.Shuffle4x128(c, d, 0xDD);
        q0 = Avx512F.Shuffle4x128(ab02, cd02, 0x88);
        q2 = Avx512F.Shuffle4x128(ab02, cd02, 0xDD);
        q1 = Avx512F.Shuffle4x128(ab13, cd13, 0x88);
        q3 = Avx512F.Shuffle4x128(ab13, cd13, 0xDD);
    }

    /// <summary>All bits of the lanes whose bit is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Mask(uint lanes)
    {
        Vector512<long> bit = Vector512.Create(1L, 2, 4, 8, 16, 32, 64, 128);
        return Vector512.Equals(Vector512.Create((long)lanes) & bit, bit).AsDouble();
    }
}
