using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LeitherCluster.Ledger.Signatures;

/// <summary>Eight lanes in 512-bit vectors (AVX-512 F and DQ).</summary>
internal readonly unsafe struct Avx512Field : IFieldLanes<Vector512<double>>
{
    private const int Lanes = 8;
    private const int Limbs = 5;

    public static bool IsSupported => Avx512F.IsSupported && Avx512DQ.IsSupported;

    public static int Width => Lanes;

    [SkipLocalsInit]
    public static void Multiply(Vector512<double>* a, Vector512<double>* b, Vector512<double>* product)
    {
        Vector512<double> highMagic = Vector512.Create(FieldMagic.High), lowMagic = Vector512.Create(FieldMagic.Low);
        Vector512<double> high, x;
        Vector512<double> b0 = b[0], b1 = b[1], b2 = b[2], b3 = b[3], b4 = b[4];
        x = a[0];
        high = Avx512F.FusedMultiplyAdd(x, b0, highMagic);
        Vector512<long> c1 = high.AsInt64();
        Vector512<long> c0 = Avx512F.FusedMultiplyAdd(x, b0, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b1, highMagic);
        Vector512<long> c2 = high.AsInt64();
        c1 += Avx512F.FusedMultiplyAdd(x, b1, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b2, highMagic);
        Vector512<long> c3 = high.AsInt64();
        c2 += Avx512F.FusedMultiplyAdd(x, b2, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b3, highMagic);
        Vector512<long> c4 = high.AsInt64();
        c3 += Avx512F.FusedMultiplyAdd(x, b3, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b4, highMagic);
        Vector512<long> c5 = high.AsInt64();
        c4 += Avx512F.FusedMultiplyAdd(x, b4, lowMagic - high).AsInt64();
        x = a[1];
        high = Avx512F.FusedMultiplyAdd(x, b0, highMagic);
        c2 += high.AsInt64();
        c1 += Avx512F.FusedMultiplyAdd(x, b0, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b1, highMagic);
        c3 += high.AsInt64();
        c2 += Avx512F.FusedMultiplyAdd(x, b1, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b2, highMagic);
        c4 += high.AsInt64();
        c3 += Avx512F.FusedMultiplyAdd(x, b2, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b3, highMagic);
        c5 += high.AsInt64();
        c4 += Avx512F.FusedMultiplyAdd(x, b3, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b4, highMagic);
        Vector512<long> c6 = high.AsInt64();
        c5 += Avx512F.FusedMultiplyAdd(x, b4, lowMagic - high).AsInt64();
        x = a[2];
        high = Avx512F.FusedMultiplyAdd(x, b0, highMagic);
        c3 += high.AsInt64();
        c2 += Avx512F.FusedMultiplyAdd(x, b0, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b1, highMagic);
        c4 += high.AsInt64();
        c3 += Avx512F.FusedMultiplyAdd(x, b1, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b2, highMagic);
        c5 += high.AsInt64();
        c4 += Avx512F.FusedMultiplyAdd(x, b2, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b3, highMagic);
        c6 += high.AsInt64();
        c5 += Avx512F.FusedMultiplyAdd(x, b3, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b4, highMagic);
        Vector512<long> c7 = high.AsInt64();
        c6 += Avx512F.FusedMultiplyAdd(x, b4, lowMagic - high).AsInt64();
        x = a[3];
        high = Avx512F.FusedMultiplyAdd(x, b0, highMagic);
        c4 += high.AsInt64();
        c3 += Avx512F.FusedMultiplyAdd(x, b0, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b1, highMagic);
        c5 += high.AsInt64();
        c4 += Avx512F.FusedMultiplyAdd(x, b1, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b2, highMagic);
        c6 += high.AsInt64();
        c5 += Avx512F.FusedMultiplyAdd(x, b2, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b3, highMagic);
        c7 += high.AsInt64();
        c6 += Avx512F.FusedMultiplyAdd(x, b3, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b4, highMagic);
        Vector512<long> c8 = high.AsInt64();
        c7 += Avx512F.FusedMultiplyAdd(x, b4, lowMagic - high).AsInt64();
        x = a[4];
        high = Avx512F.FusedMultiplyAdd(x, b0, highMagic);
        c5 += high.AsInt64();
        c4 += Avx512F.FusedMultiplyAdd(x, b0, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b1, highMagic);
        c6 += high.AsInt64();
        c5 += Avx512F.FusedMultiplyAdd(x, b1, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b2, highMagic);
        c7 += high.AsInt64();
        c6 += Avx512F.FusedMultiplyAdd(x, b2, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b3, highMagic);
        c8 += high.AsInt64();
        c7 += Avx512F.FusedMultiplyAdd(x, b3, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b4, highMagic);
        Vector512<long> c9 = high.AsInt64();
        c8 += Avx512F.FusedMultiplyAdd(x, b4, lowMagic - high).AsInt64();
        c0 += Times19(c5) + Vector512.Create(FieldMagic.ProductStart0);
        c1 += Times19(c6) + Vector512.Create(FieldMagic.ProductStart1);
        c2 += Times19(c7) + Vector512.Create(FieldMagic.ProductStart2);
        c3 += Times19(c8) + Vector512.Create(FieldMagic.ProductStart3);
        c4 += Times19(c9) + Vector512.Create(FieldMagic.ProductStart4);
        Carry(c0, c1, c2, c3, c4, product);
    }

    [SkipLocalsInit]
    public static void Square(Vector512<double>* a, Vector512<double>* square)
    {
        Vector512<double> highMagic = Vector512.Create(FieldMagic.High), lowMagic = Vector512.Create(FieldMagic.Low);
        Vector512<double> high, x;
        Vector512<double> a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3], a4 = a[4];
        high = Avx512F.FusedMultiplyAdd(a0, a0, highMagic);
        Vector512<long> c1 = high.AsInt64();
        Vector512<long> c0 = Avx512F.FusedMultiplyAdd(a0, a0, lowMagic - high).AsInt64();
        x = a0 + a0;
        high = Avx512F.FusedMultiplyAdd(x, a1, highMagic);
        Vector512<long> c2 = high.AsInt64();
        c1 += Avx512F.FusedMultiplyAdd(x, a1, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, a2, highMagic);
        Vector512<long> c3 = high.AsInt64();
        c2 += Avx512F.FusedMultiplyAdd(x, a2, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, a3, highMagic);
        Vector512<long> c4 = high.AsInt64();
        c3 += Avx512F.FusedMultiplyAdd(x, a3, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, a4, highMagic);
        Vector512<long> c5 = high.AsInt64();
        c4 += Avx512F.FusedMultiplyAdd(x, a4, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(a1, a1, highMagic);
        c3 += high.AsInt64();
        c2 += Avx512F.FusedMultiplyAdd(a1, a1, lowMagic - high).AsInt64();
        x = a1 + a1;
        high = Avx512F.FusedMultiplyAdd(x, a2, highMagic);
        c4 += high.AsInt64();
        c3 += Avx512F.FusedMultiplyAdd(x, a2, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, a3, highMagic);
        c5 += high.AsInt64();
        c4 += Avx512F.FusedMultiplyAdd(x, a3, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, a4, highMagic);
        Vector512<long> c6 = high.AsInt64();
        c5 += Avx512F.FusedMultiplyAdd(x, a4, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(a2, a2, highMagic);
        c5 += high.AsInt64();
        c4 += Avx512F.FusedMultiplyAdd(a2, a2, lowMagic - high).AsInt64();
        x = a2 + a2;
        high = Avx512F.FusedMultiplyAdd(x, a3, highMagic);
        c6 += high.AsInt64();
        c5 += Avx512F.FusedMultiplyAdd(x, a3, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, a4, highMagic);
        Vector512<long> c7 = high.AsInt64();
        c6 += Avx512F.FusedMultiplyAdd(x, a4, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(a3, a3, highMagic);
        c7 += high.AsInt64();
        c6 += Avx512F.FusedMultiplyAdd(a3, a3, lowMagic - high).AsInt64();
        x = a3 + a3;
        high = Avx512F.FusedMultiplyAdd(x, a4, highMagic);
        Vector512<long> c8 = high.AsInt64();
        c7 += Avx512F.FusedMultiplyAdd(x, a4, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(a4, a4, highMagic);
        Vector512<long> c9 = high.AsInt64();
        c8 += Avx512F.FusedMultiplyAdd(a4, a4, lowMagic - high).AsInt64();
        c0 += Times19(c5) + Vector512.Create(FieldMagic.SquareStart0);
        c1 += Times19(c6) + Vector512.Create(FieldMagic.SquareStart1);
        c2 += Times19(c7) + Vector512.Create(FieldMagic.SquareStart2);
        c3 += Times19(c8) + Vector512.Create(FieldMagic.SquareStart3);
        c4 += Times19(c9) + Vector512.Create(FieldMagic.SquareStart4);
        Carry(c0, c1, c2, c3, c4, square);
    }

    [SkipLocalsInit]
    public static void MultiplyColumns(Vector512<double>* a, Vector512<double>* b, long* columns)
    {
        Vector512<double> highMagic = Vector512.Create(FieldMagic.High), lowMagic = Vector512.Create(FieldMagic.Low);
        Vector512<double> high, x;
        Vector512<double> b0 = b[0], b1 = b[1], b2 = b[2], b3 = b[3], b4 = b[4];
        x = a[0];
        high = Avx512F.FusedMultiplyAdd(x, b0, highMagic);
        Vector512<long> c1 = high.AsInt64();
        Vector512<long> c0 = Avx512F.FusedMultiplyAdd(x, b0, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b1, highMagic);
        Vector512<long> c2 = high.AsInt64();
        c1 += Avx512F.FusedMultiplyAdd(x, b1, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b2, highMagic);
        Vector512<long> c3 = high.AsInt64();
        c2 += Avx512F.FusedMultiplyAdd(x, b2, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b3, highMagic);
        Vector512<long> c4 = high.AsInt64();
        c3 += Avx512F.FusedMultiplyAdd(x, b3, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b4, highMagic);
        Vector512<long> c5 = high.AsInt64();
        c4 += Avx512F.FusedMultiplyAdd(x, b4, lowMagic - high).AsInt64();
        x = a[1];
        high = Avx512F.FusedMultiplyAdd(x, b0, highMagic);
        c2 += high.AsInt64();
        c1 += Avx512F.FusedMultiplyAdd(x, b0, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b1, highMagic);
        c3 += high.AsInt64();
        c2 += Avx512F.FusedMultiplyAdd(x, b1, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b2, highMagic);
        c4 += high.AsInt64();
        c3 += Avx512F.FusedMultiplyAdd(x, b2, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b3, highMagic);
        c5 += high.AsInt64();
        c4 += Avx512F.FusedMultiplyAdd(x, b3, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b4, highMagic);
        Vector512<long> c6 = high.AsInt64();
        c5 += Avx512F.FusedMultiplyAdd(x, b4, lowMagic - high).AsInt64();
        x = a[2];
        high = Avx512F.FusedMultiplyAdd(x, b0, highMagic);
        c3 += high.AsInt64();
        c2 += Avx512F.FusedMultiplyAdd(x, b0, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b1, highMagic);
        c4 += high.AsInt64();
        c3 += Avx512F.FusedMultiplyAdd(x, b1, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b2, highMagic);
        c5 += high.AsInt64();
        c4 += Avx512F.FusedMultiplyAdd(x, b2, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b3, highMagic);
        c6 += high.AsInt64();
        c5 += Avx512F.FusedMultiplyAdd(x, b3, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b4, highMagic);
        Vector512<long> c7 = high.AsInt64();
        c6 += Avx512F.FusedMultiplyAdd(x, b4, lowMagic - high).AsInt64();
        x = a[3];
        high = Avx512F.FusedMultiplyAdd(x, b0, highMagic);
        c4 += high.AsInt64();
        c3 += Avx512F.FusedMultiplyAdd(x, b0, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b1, highMagic);
        c5 += high.AsInt64();
        c4 += Avx512F.FusedMultiplyAdd(x, b1, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b2, highMagic);
        c6 += high.AsInt64();
        c5 += Avx512F.FusedMultiplyAdd(x, b2, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b3, highMagic);
        c7 += high.AsInt64();
        c6 += Avx512F.FusedMultiplyAdd(x, b3, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b4, highMagic);
        Vector512<long> c8 = high.AsInt64();
        c7 += Avx512F.FusedMultiplyAdd(x, b4, lowMagic - high).AsInt64();
        x = a[4];
        high = Avx512F.FusedMultiplyAdd(x, b0, highMagic);
        c5 += high.AsInt64();
        c4 += Avx512F.FusedMultiplyAdd(x, b0, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b1, highMagic);
        c6 += high.AsInt64();
        c5 += Avx512F.FusedMultiplyAdd(x, b1, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b2, highMagic);
        c7 += high.AsInt64();
        c6 += Avx512F.FusedMultiplyAdd(x, b2, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b3, highMagic);
        c8 += high.AsInt64();
        c7 += Avx512F.FusedMultiplyAdd(x, b3, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, b4, highMagic);
        Vector512<long> c9 = high.AsInt64();
        c8 += Avx512F.FusedMultiplyAdd(x, b4, lowMagic - high).AsInt64();
        c0 += Times19(c5) + Vector512.Create(FieldMagic.ProductStart0);
        c1 += Times19(c6) + Vector512.Create(FieldMagic.ProductStart1);
        c2 += Times19(c7) + Vector512.Create(FieldMagic.ProductStart2);
        c3 += Times19(c8) + Vector512.Create(FieldMagic.ProductStart3);
        c4 += Times19(c9) + Vector512.Create(FieldMagic.ProductStart4);
        c0.Store(columns);
        c1.Store(columns + (1 * Lanes));
        c2.Store(columns + (2 * Lanes));
        c3.Store(columns + (3 * Lanes));
        c4.Store(columns + (4 * Lanes));
    }

    [SkipLocalsInit]
    public static void SquareColumns(Vector512<double>* a, long* columns)
    {
        Vector512<double> highMagic = Vector512.Create(FieldMagic.High), lowMagic = Vector512.Create(FieldMagic.Low);
        Vector512<double> high, x;
        Vector512<double> a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3], a4 = a[4];
        high = Avx512F.FusedMultiplyAdd(a0, a0, highMagic);
        Vector512<long> c1 = high.AsInt64();
        Vector512<long> c0 = Avx512F.FusedMultiplyAdd(a0, a0, lowMagic - high).AsInt64();
        x = a0 + a0;
        high = Avx512F.FusedMultiplyAdd(x, a1, highMagic);
        Vector512<long> c2 = high.AsInt64();
        c1 += Avx512F.FusedMultiplyAdd(x, a1, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, a2, highMagic);
        Vector512<long> c3 = high.AsInt64();
        c2 += Avx512F.FusedMultiplyAdd(x, a2, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, a3, highMagic);
        Vector512<long> c4 = high.AsInt64();
        c3 += Avx512F.FusedMultiplyAdd(x, a3, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, a4, highMagic);
        Vector512<long> c5 = high.AsInt64();
        c4 += Avx512F.FusedMultiplyAdd(x, a4, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(a1, a1, highMagic);
        c3 += high.AsInt64();
        c2 += Avx512F.FusedMultiplyAdd(a1, a1, lowMagic - high).AsInt64();
        x = a1 + a1;
        high = Avx512F.FusedMultiplyAdd(x, a2, highMagic);
        c4 += high.AsInt64();
        c3 += Avx512F.FusedMultiplyAdd(x, a2, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, a3, highMagic);
        c5 += high.AsInt64();
        c4 += Avx512F.FusedMultiplyAdd(x, a3, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, a4, highMagic);
        Vector512<long> c6 = high.AsInt64();
        c5 += Avx512F.FusedMultiplyAdd(x, a4, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(a2, a2, highMagic);
        c5 += high.AsInt64();
        c4 += Avx512F.FusedMultiplyAdd(a2, a2, lowMagic - high).AsInt64();
        x = a2 + a2;
        high = Avx512F.FusedMultiplyAdd(x, a3, highMagic);
        c6 += high.AsInt64();
        c5 += Avx512F.FusedMultiplyAdd(x, a3, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(x, a4, highMagic);
        Vector512<long> c7 = high.AsInt64();
        c6 += Avx512F.FusedMultiplyAdd(x, a4, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(a3, a3, highMagic);
        c7 += high.AsInt64();
        c6 += Avx512F.FusedMultiplyAdd(a3, a3, lowMagic - high).AsInt64();
        x = a3 + a3;
        high = Avx512F.FusedMultiplyAdd(x, a4, highMagic);
        Vector512<long> c8 = high.AsInt64();
        c7 += Avx512F.FusedMultiplyAdd(x, a4, lowMagic - high).AsInt64();
        high = Avx512F.FusedMultiplyAdd(a4, a4, highMagic);
        Vector512<long> c9 = high.AsInt64();
        c8 += Avx512F.FusedMultiplyAdd(a4, a4, lowMagic - high).AsInt64();
        c0 += Times19(c5) + Vector512.Create(FieldMagic.SquareStart0);
        c1 += Times19(c6) + Vector512.Create(FieldMagic.SquareStart1);
        c2 += Times19(c7) + Vector512.Create(FieldMagic.SquareStart2);
        c3 += Times19(c8) + Vector512.Create(FieldMagic.SquareStart3);
        c4 += Times19(c9) + Vector512.Create(FieldMagic.SquareStart4);
        c0.Store(columns);
        c1.Store(columns + (1 * Lanes));
        c2.Store(columns + (2 * Lanes));
        c3.Store(columns + (3 * Lanes));
        c4.Store(columns + (4 * Lanes));
    }

    public static void ToColumns(Vector512<double>* a, int shift, long* columns)
    {
        Vector512<double> magic = Vector512.Create(FieldMagic.Whole);
        for (int i = 0; i < Limbs; i++)
        {
            Vector512<long> limb = (a[i] + magic).AsInt64() - Vector512.Create(FieldMagic.WholeBits);
            (limb << shift).Store(columns + (i * Lanes));
        }
    }

    public static void Carry(long* columns, Vector512<double>* result) =>
        Carry(Column(columns, 0), Column(columns, 1), Column(columns, 2), Column(columns, 3), Column(columns, 4), result);

    public static void CarrySumAndDifference(long* a, long* b, Vector512<double>* sum, Vector512<double>* difference)
    {
        Vector512<long> a0 = Column(a, 0), a1 = Column(a, 1), a2 = Column(a, 2), a3 = Column(a, 3), a4 = Column(a, 4);
        Vector512<long> b0 = Column(b, 0), b1 = Column(b, 1), b2 = Column(b, 2), b3 = Column(b, 3), b4 = Column(b, 4);
        Carry(a0 + b0, a1 + b1, a2 + b2, a3 + b3, a4 + b4, sum);
        Carry(a0 - b0, a1 - b1, a2 - b2, a3 - b3, a4 - b4, difference);
    }

    public static void CarryDoubling(long* a, long* b, long* c, Vector512<double>* sum, Vector512<double>* difference, Vector512<double>* rest)
    {
        CarrySumAndDifference(b, a, sum, difference);
        Carry(Rest(a, b, c, 0), Rest(a, b, c, 1), Rest(a, b, c, 2), Rest(a, b, c, 3), Rest(a, b, c, 4), rest);
    }

    public static void Add(Vector512<double>* a, Vector512<double>* b, Vector512<double>* sum)
    {
        for (int i = 0; i < Limbs; i++)
        {
            sum[i] = a[i] + b[i];
        }
    }

    public static void Subtract(Vector512<double>* a, Vector512<double>* b, Vector512<double>* difference)
    {
        for (int i = 0; i < Limbs; i++)
        {
            difference[i] = a[i] - b[i];
        }
    }

    public static void Reduce(Vector512<double>* a, long* limbs)
    {
        Vector512<long> mask = Vector512.Create(FieldMagic.LimbMask);
        Vector512<long> l0 = Whole(a[0]) - Vector512.Create(18 * 8L), l1 = Whole(a[1]), l2 = Whole(a[2]), l3 = Whole(a[3]), l4 = Whole(a[4]);

        // Twice round, as the first round may carry over the top: below 2p then.
        for (int round = 0; round < 2; round++)
        {
            l1 += l0 >>> FieldMagic.LimbBits;
            l2 += l1 >>> FieldMagic.LimbBits;
            l3 += l2 >>> FieldMagic.LimbBits;
            l4 += l3 >>> FieldMagic.LimbBits;
            l0 = (l0 & mask) + Times19(l4 >>> FieldMagic.LimbBits);
            l1 &= mask;
            l2 &= mask;
            l3 &= mask;
            l4 &= mask;
        }

        // 1 where it is p or more, which adding 19 carries over the top.
        Vector512<long> over = (l0 + Vector512.Create(19L)) >>> FieldMagic.LimbBits;
        over = (l1 + over) >>> FieldMagic.LimbBits;
        over = (l2 + over) >>> FieldMagic.LimbBits;
        over = (l3 + over) >>> FieldMagic.LimbBits;
        over = (l4 + over) >>> FieldMagic.LimbBits;
        l0 += Times19(over);
        l1 += l0 >>> FieldMagic.LimbBits;
        l2 += l1 >>> FieldMagic.LimbBits;
        l3 += l2 >>> FieldMagic.LimbBits;
        l4 += l3 >>> FieldMagic.LimbBits;
        (l0 & mask).Store(limbs);
        (l1 & mask).Store(limbs + Lanes);
        (l2 & mask).Store(limbs + (2 * Lanes));
        (l3 & mask).Store(limbs + (3 * Lanes));
        (l4 & mask).Store(limbs + (4 * Lanes));
    }

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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Carry(Vector512<long> c0, Vector512<long> c1, Vector512<long> c2, Vector512<long> c3, Vector512<long> c4, Vector512<double>* result)
    {
        Vector512<long> centre = Vector512.Create(FieldMagic.Centre), mask = Vector512.Create(FieldMagic.LimbMask), whole = Vector512.Create(FieldMagic.WholeBits);
        Vector512<double> excess = Vector512.Create(FieldMagic.Excess);
        c0 += centre;
        c1 += centre;
        c2 += centre;
        c3 += centre;
        c4 += centre;
        Vector512<long> top = Times19(c4 >>> FieldMagic.LimbBits);
        result[0] = (((c0 & mask) | whole) + top).AsDouble() - Vector512.Create(FieldMagic.ExcessOfLimb0);
        result[1] = (((c1 & mask) | whole) + (c0 >>> FieldMagic.LimbBits)).AsDouble() - excess;
        result[2] = (((c2 & mask) | whole) + (c1 >>> FieldMagic.LimbBits)).AsDouble() - excess;
        result[3] = (((c3 & mask) | whole) + (c2 >>> FieldMagic.LimbBits)).AsDouble() - excess;
        result[4] = (((c4 & mask) | whole) + (c3 >>> FieldMagic.LimbBits)).AsDouble() - excess;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Column(long* columns, int index) => Vector512.Load(columns + (index * Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Rest(long* a, long* b, long* c, int index)
    {
        Vector512<long> third = Column(c, index);
        return third + third - (Column(b, index) - Column(a, index));
    }

    /// <summary>A limb as an integer, with 8 p's limb added: positive.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Whole(Vector512<double> limb) =>
        (limb + Vector512.Create(FieldMagic.Whole)).AsInt64() - Vector512.Create(FieldMagic.WholeBits - (8 * FieldMagic.LimbMask));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Times19(Vector512<long> value) => value * 19;

    /// <summary>All bits of the lanes whose bit is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Mask(uint lanes)
    {
        Vector512<long> bit = Vector512.Create(1L, 2, 4, 8, 16, 32, 64, 128);
        return Vector512.Equals(Vector512.Create((long)lanes) & bit, bit).AsDouble();
    }
}
