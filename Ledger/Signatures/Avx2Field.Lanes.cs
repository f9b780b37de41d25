using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LeitherCluster.Ledger.Signatures;

/// <content>What moves whole lanes: signs, choices, and the way from rows to lanes and back.</content>
internal readonly unsafe partial struct Avx2Field
{
    public static void NegateWhere(uint lanes, Vector256<double>* yPlusX, Vector256<double>* yMinusX, Vector256<double>* t)
    {
        Vector256<double> mask = Mask(lanes);
        Vector256<double> sign = mask & Vector256.Create(-0.0);
        for (int i = 0; i < Limbs; i++)
        {
            Vector256<double> plus = yPlusX[i];
            Vector256<double> minus = yMinusX[i];
            yPlusX[i] = Vector256.ConditionalSelect(mask, minus, plus);
            yMinusX[i] = Vector256.ConditionalSelect(mask, plus, minus);
            t[i] ^= sign;
        }
    }

    public static void NegateWhere(uint lanes, Vector256<double>* a)
    {
        Vector256<double> sign = Mask(lanes) & Vector256.Create(-0.0);
        for (int i = 0; i < Limbs; i++)
        {
            a[i] ^= sign;
        }
    }

    public static void TakeWhere(uint lanes, Vector256<double>* a, Vector256<double>* b)
    {
        Vector256<double> mask = Mask(lanes);
        for (int i = 0; i < Limbs; i++)
        {
            a[i] = Vector256.ConditionalSelect(mask, b[i], a[i]);
        }
    }

    public static void Broadcast(double* row, int count, Vector256<double>* vectors)
    {
        for (int i = 0; i < count; i++)
        {
            vectors[i] = Vector256.Create(row[i]);
        }
    }

    public static void Gather(double** rows, int count, Vector256<double>* vectors)
    {
        for (int at = 0; at < count; at += Lanes)
        {
            Transpose(
                Vector256.Load(rows[0] + at), Vector256.Load(rows[1] + at), Vector256.Load(rows[2] + at), Vector256.Load(rows[3] + at),
                out vectors[at], out vectors[at + 1], out vectors[at + 2], out vectors[at + 3]);
        }
    }

    public static void Scatter(Vector256<double>* vectors, int count, double** rows)
    {
        for (int at = 0; at < count; at += Lanes)
        {
            Transpose(
                vectors[at], vectors[at + 1], vectors[at + 2], vectors[at + 3],
                out Vector256<double> r0, out Vector256<double> r1, out Vector256<double> r2, out Vector256<double> r3);
            r0.Store(rows[0] + at);
            r1.Store(rows[1] + at);
            r2.Store(rows[2] + at);
            r3.Store(rows[3] + at);
        }
    }

    /// <summary>Transposes 4 x 4: pairs within the 128-bit halves, then halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        Vector256<double> r0, Vector256<double> r1, Vector256<double> r2, Vector256<double> r3,
        out Vector256<double> c0, out Vector256<double> c1, out Vector256<double> c2, out Vector256<double> c3)
    {
        Vector256<double> even01 = Avx.UnpackLow(r0, r1), odd01 = Avx.UnpackHigh(r0, r1);
        Vector256<double> even23 = Avx.UnpackLow(r2, r3), odd23 = Avx.UnpackHigh(r2, r3);
        c0 = Avx.Permute2x128(even01, even23, 0x20);
        c1 = Avx.Permute2x128(odd01, odd23, 0x20);
        c2 = Avx.Permute2x128(even01, even23, 0x31);
        c3 = Avx.Permute2x128(odd01, odd23, 0x31);
    }

    /// <summary>All bits of the lanes whose bit is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Mask(uint lanes)
    {
        Vector256<long> bit = Vector256.Create(1L, 2, 4, 8);
        return Vector256.Equals(Vector256.Create((long)lanes) & bit, bit).AsDouble();
    }
}
