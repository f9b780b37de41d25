using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LeitherCluster.Ledger.Signatures;

/// <summary>Four lanes in 256-bit vectors (AVX2 and FMA).</summary>
internal readonly unsafe struct Avx2Field : IFieldLanes<Vector256<double>>
{
    private const int Lanes = 4;
    private const int Limbs = 5;

    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    public static int Width => Lanes;

    [SkipLocalsInit]
    public static void Multiply(Vector256<double>* a, Vector256<double>* b, Vector256<double>* product)
    {
        Vector256<double> highMagic = Vector256.Create(FieldMagic.High), lowMagic = Vector256.Create(FieldMagic.Low);
        Vector256<double> high, x;
        Vector256<double> b0 = b[0], b1 = b[1], b2 = b[2], b3 = b[3], b4 = b[4];
        x = a[0];
        high = Fma.MultiplyAdd(x, b0, highMagic);
        Vector256<long> c1 = high.AsInt64();
        Vector256<long> c0 = Fma.MultiplyAdd(x, b0, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b1, highMagic);
        Vector256<long> c2 = high.AsInt64();
        c1 += Fma.MultiplyAdd(x, b1, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b2, highMagic);
        Vector256<long> c3 = high.AsInt64();
        c2 += Fma.MultiplyAdd(x, b2, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b3, highMagic);
        Vector256<long> c4 = high.AsInt64();
        c3 += Fma.MultiplyAdd(x, b3, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b4, highMagic);
        Vector256<long> c5 = high.AsInt64();
        c4 += Fma.MultiplyAdd(x, b4, lowMagic - high).AsInt64();
        x = a[1];
        high = Fma.MultiplyAdd(x, b0, highMagic);
        c2 += high.AsInt64();
        c1 += Fma.MultiplyAdd(x, b0, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b1, highMagic);
        c3 += high.AsInt64();
        c2 += Fma.MultiplyAdd(x, b1, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b2, highMagic);
        c4 += high.AsInt64();
        c3 += Fma.MultiplyAdd(x, b2, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b3, highMagic);
        c5 += high.AsInt64();
        c4 += Fma.MultiplyAdd(x, b3, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b4, highMagic);
        Vector256<long> c6 = high.AsInt64();
        c5 += Fma.MultiplyAdd(x, b4, lowMagic - high).AsInt64();
        x = a[2];
        high = Fma.MultiplyAdd(x, b0, highMagic);
        c3 += high.AsInt64();
        c2 += Fma.MultiplyAdd(x, b0, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b1, highMagic);
        c4 += high.AsInt64();
        c3 += Fma.MultiplyAdd(x, b1, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b2, highMagic);
        c5 += high.AsInt64();
        c4 += Fma.MultiplyAdd(x, b2, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b3, highMagic);
        c6 += high.AsInt64();
        c5 += Fma.MultiplyAdd(x, b3, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b4, highMagic);
        Vector256<long> c7 = high.AsInt64();
        c6 += Fma.MultiplyAdd(x, b4, lowMagic - high).AsInt64();
        x = a[3];
        high = Fma.MultiplyAdd(x, b0, highMagic);
        c4 += high.AsInt64();
        c3 += Fma.MultiplyAdd(x, b0, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b1, highMagic);
        c5 += high.AsInt64();
        c4 += Fma.MultiplyAdd(x, b1, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b2, highMagic);
        c6 += high.AsInt64();
        c5 += Fma.MultiplyAdd(x, b2, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b3, highMagic);
        c7 += high.AsInt64();
        c6 += Fma.MultiplyAdd(x, b3, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b4, highMagic);
        Vector256<long> c8 = high.AsInt64();
        c7 += Fma.MultiplyAdd(x, b4, lowMagic - high).AsInt64();
        x = a[4];
        high = Fma.MultiplyAdd(x, b0, highMagic);
        c5 += high.AsInt64();
        c4 += Fma.MultiplyAdd(x, b0, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b1, highMagic);
        c6 += high.AsInt64();
        c5 += Fma.MultiplyAdd(x, b1, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b2, highMagic);
        c7 += high.AsInt64();
        c6 += Fma.MultiplyAdd(x, b2, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b3, highMagic);
        c8 += high.AsInt64();
        c7 += Fma.MultiplyAdd(x, b3, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b4, highMagic);
        Vector256<long> c9 = high.AsInt64();
        c8 += Fma.MultiplyAdd(x, b4, lowMagic - high).AsInt64();
        c0 += Times19(c5) + Vector256.Create(FieldMagic.ProductStart0);
        c1 += Times19(c6) + Vector256.Create(FieldMagic.ProductStart1);
        c2 += Times19(c7) + Vector256.Create(FieldMagic.ProductStart2);
        c3 += Times19(c8) + Vector256.Create(FieldMagic.ProductStart3);
        c4 += Times19(c9) + Vector256.Create(FieldMagic.ProductStart4);
        Carry(c0, c1, c2, c3, c4, product);
    }

    [SkipLocalsInit]
    public static void Square(Vector256<double>* a, Vector256<double>* square)
    {
        Vector256<double> highMagic = Vector256.Create(FieldMagic.High), lowMagic = Vector256.Create(FieldMagic.Low);
        Vector256<double> high, x;
        Vector256<double> a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3], a4 = a[4];
        high = Fma.MultiplyAdd(a0, a0, highMagic);
        Vector256<long> c1 = high.AsInt64();
        Vector256<long> c0 = Fma.MultiplyAdd(a0, a0, lowMagic - high).AsInt64();
        x = a0 + a0;
        high = Fma.MultiplyAdd(x, a1, highMagic);
        Vector256<long> c2 = high.AsInt64();
        c1 += Fma.MultiplyAdd(x, a1, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, a2, highMagic);
        Vector256<long> c3 = high.AsInt64();
        c2 += Fma.MultiplyAdd(x, a2, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, a3, highMagic);
        Vector256<long> c4 = high.AsInt64();
        c3 += Fma.MultiplyAdd(x, a3, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, a4, highMagic);
        Vector256<long> c5 = high.AsInt64();
        c4 += Fma.MultiplyAdd(x, a4, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(a1, a1, highMagic);
        c3 += high.AsInt64();
        c2 += Fma.MultiplyAdd(a1, a1, lowMagic - high).AsInt64();
        x = a1 + a1;
        high = Fma.MultiplyAdd(x, a2, highMagic);
        c4 += high.AsInt64();
        c3 += Fma.MultiplyAdd(x, a2, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, a3, highMagic);
        c5 += high.AsInt64();
        c4 += Fma.MultiplyAdd(x, a3, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, a4, highMagic);
        Vector256<long> c6 = high.AsInt64();
        c5 += Fma.MultiplyAdd(x, a4, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(a2, a2, highMagic);
        c5 += high.AsInt64();
        c4 += Fma.MultiplyAdd(a2, a2, lowMagic - high).AsInt64();
        x = a2 + a2;
        high = Fma.MultiplyAdd(x, a3, highMagic);
        c6 += high.AsInt64();
        c5 += Fma.MultiplyAdd(x, a3, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, a4, highMagic);
        Vector256<long> c7 = high.AsInt64();
        c6 += Fma.MultiplyAdd(x, a4, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(a3, a3, highMagic);
        c7 += high.AsInt64();
        c6 += Fma.MultiplyAdd(a3, a3, lowMagic - high).AsInt64();
        x = a3 + a3;
        high = Fma.MultiplyAdd(x, a4, highMagic);
        Vector256<long> c8 = high.AsInt64();
        c7 += Fma.MultiplyAdd(x, a4, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(a4, a4, highMagic);
        Vector256<long> c9 = high.AsInt64();
        c8 += Fma.MultiplyAdd(a4, a4, lowMagic - high).AsInt64();
        c0 += Times19(c5) + Vector256.Create(FieldMagic.SquareStart0);
        c1 += Times19(c6) + Vector256.Create(FieldMagic.SquareStart1);
        c2 += Times19(c7) + Vector256.Create(FieldMagic.SquareStart2);
        c3 += Times19(c8) + Vector256.Create(FieldMagic.SquareStart3);
        c4 += Times19(c9) + Vector256.Create(FieldMagic.SquareStart4);
        Carry(c0, c1, c2, c3, c4, square);
    }

    [SkipLocalsInit]
    public static void MultiplyColumns(Vector256<double>* a, Vector256<double>* b, long* columns)
    {
        Vector256<double> highMagic = Vector256.Create(FieldMagic.High), lowMagic = Vector256.Create(FieldMagic.Low);
        Vector256<double> high, x;
        Vector256<double> b0 = b[0], b1 = b[1], b2 = b[2], b3 = b[3], b4 = b[4];
        x = a[0];
        high = Fma.MultiplyAdd(x, b0, highMagic);
        Vector256<long> c1 = high.AsInt64();
        Vector256<long> c0 = Fma.MultiplyAdd(x, b0, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b1, highMagic);
        Vector256<long> c2 = high.AsInt64();
        c1 += Fma.MultiplyAdd(x, b1, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b2, highMagic);
        Vector256<long> c3 = high.AsInt64();
        c2 += Fma.MultiplyAdd(x, b2, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b3, highMagic);
        Vector256<long> c4 = high.AsInt64();
        c3 += Fma.MultiplyAdd(x, b3, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b4, highMagic);
        Vector256<long> c5 = high.AsInt64();
        c4 += Fma.MultiplyAdd(x, b4, lowMagic - high).AsInt64();
        x = a[1];
        high = Fma.MultiplyAdd(x, b0, highMagic);
        c2 += high.AsInt64();
        c1 += Fma.MultiplyAdd(x, b0, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b1, highMagic);
        c3 += high.AsInt64();
        c2 += Fma.MultiplyAdd(x, b1, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b2, highMagic);
        c4 += high.AsInt64();
        c3 += Fma.MultiplyAdd(x, b2, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b3, highMagic);
        c5 += high.AsInt64();
        c4 += Fma.MultiplyAdd(x, b3, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b4, highMagic);
        Vector256<long> c6 = high.AsInt64();
        c5 += Fma.MultiplyAdd(x, b4, lowMagic - high).AsInt64();
        x = a[2];
        high = Fma.MultiplyAdd(x, b0, highMagic);
        c3 += high.AsInt64();
        c2 += Fma.MultiplyAdd(x, b0, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b1, highMagic);
        c4 += high.AsInt64();
        c3 += Fma.MultiplyAdd(x, b1, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b2, highMagic);
        c5 += high.AsInt64();
        c4 += Fma.MultiplyAdd(x, b2, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b3, highMagic);
        c6 += high.AsInt64();
        c5 += Fma.MultiplyAdd(x, b3, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b4, highMagic);
        Vector256<long> c7 = high.AsInt64();
        c6 += Fma.MultiplyAdd(x, b4, lowMagic - high).AsInt64();
        x = a[3];
        high = Fma.MultiplyAdd(x, b0, highMagic);
        c4 += high.AsInt64();
        c3 += Fma.MultiplyAdd(x, b0, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b1, highMagic);
        c5 += high.AsInt64();
        c4 += Fma.MultiplyAdd(x, b1, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b2, highMagic);
        c6 += high.AsInt64();
        c5 += Fma.MultiplyAdd(x, b2, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b3, highMagic);
        c7 += high.AsInt64();
        c6 += Fma.MultiplyAdd(x, b3, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b4, highMagic);
        Vector256<long> c8 = high.AsInt64();
        c7 += Fma.MultiplyAdd(x, b4, lowMagic - high).AsInt64();
        x = a[4];
        high = Fma.MultiplyAdd(x, b0, highMagic);
        c5 += high.AsInt64();
        c4 += Fma.MultiplyAdd(x, b0, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b1, highMagic);
        c6 += high.AsInt64();
        c5 += Fma.MultiplyAdd(x, b1, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b2, highMagic);
        c7 += high.AsInt64();
        c6 += Fma.MultiplyAdd(x, b2, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b3, highMagic);
        c8 += high.AsInt64();
        c7 += Fma.MultiplyAdd(x, b3, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, b4, highMagic);
        Vector256<long> c9 = high.AsInt64();
        c8 += Fma.MultiplyAdd(x, b4, lowMagic - high).AsInt64();
        c0 += Times19(c5) + Vector256.Create(FieldMagic.ProductStart0);
        c1 += Times19(c6) + Vector256.Create(FieldMagic.ProductStart1);
        c2 += Times19(c7) + Vector256.Create(FieldMagic.ProductStart2);
        c3 += Times19(c8) + Vector256.Create(FieldMagic.ProductStart3);
        c4 += Times19(c9) + Vector256.Create(FieldMagic.ProductStart4);
        c0.Store(columns);
        c1.Store(columns + (1 * Lanes));
        c2.Store(columns + (2 * Lanes));
        c3.Store(columns + (3 * Lanes));
        c4.Store(columns + (4 * Lanes));
    }

    [SkipLocalsInit]
    public static void SquareColumns(Vector256<double>* a, long* columns)
    {
        Vector256<double> highMagic = Vector256.Create(FieldMagic.High), lowMagic = Vector256.Create(FieldMagic.Low);
        Vector256<double> high, x;
        Vector256<double> a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3], a4 = a[4];
        high = Fma.MultiplyAdd(a0, a0, highMagic);
        Vector256<long> c1 = high.AsInt64();
        Vector256<long> c0 = Fma.MultiplyAdd(a0, a0, lowMagic - high).AsInt64();
        x = a0 + a0;
        high = Fma.MultiplyAdd(x, a1, highMagic);
        Vector256<long> c2 = high.AsInt64();
        c1 += Fma.MultiplyAdd(x, a1, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, a2, highMagic);
        Vector256<long> c3 = high.AsInt64();
        c2 += Fma.MultiplyAdd(x, a2, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, a3, highMagic);
        Vector256<long> c4 = high.AsInt64();
        c3 += Fma.MultiplyAdd(x, a3, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, a4, highMagic);
        Vector256<long> c5 = high.AsInt64();
        c4 += Fma.MultiplyAdd(x, a4, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(a1, a1, highMagic);
        c3 += high.AsInt64();
        c2 += Fma.MultiplyAdd(a1, a1, lowMagic - high).AsInt64();
        x = a1 + a1;
        high = Fma.MultiplyAdd(x, a2, highMagic);
        c4 += high.AsInt64();
        c3 += Fma.MultiplyAdd(x, a2, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, a3, highMagic);
        c5 += high.AsInt64();
        c4 += Fma.MultiplyAdd(x, a3, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, a4, highMagic);
        Vector256<long> c6 = high.AsInt64();
        c5 += Fma.MultiplyAdd(x, a4, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(a2, a2, highMagic);
        c5 += high.AsInt64();
        c4 += Fma.MultiplyAdd(a2, a2, lowMagic - high).AsInt64();
        x = a2 + a2;
        high = Fma.MultiplyAdd(x, a3, highMagic);
        c6 += high.AsInt64();
        c5 += Fma.MultiplyAdd(x, a3, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(x, a4, highMagic);
        Vector256<long> c7 = high.AsInt64();
        c6 += Fma.MultiplyAdd(x, a4, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(a3, a3, highMagic);
        c7 += high.AsInt64();
        c6 += Fma.MultiplyAdd(a3, a3, lowMagic - high).AsInt64();
        x = a3 + a3;
        high = Fma.MultiplyAdd(x, a4, highMagic);
        Vector256<long> c8 = high.AsInt64();
        c7 += Fma.MultiplyAdd(x, a4, lowMagic - high).AsInt64();
        high = Fma.MultiplyAdd(a4, a4, highMagic);
        Vector256<long> c9 = high.AsInt64();
        c8 += Fma.MultiplyAdd(a4, a4, lowMagic - high).AsInt64();
        c0 += Times19(c5) + Vector256.Create(FieldMagic.SquareStart0);
        c1 += Times19(c6) + Vector256.Create(FieldMagic.SquareStart1);
        c2 += Times19(c7) + Vector256.Create(FieldMagic.SquareStart2);
        c3 += Times19(c8) + Vector256.Create(FieldMagic.SquareStart3);
        c4 += Times19(c9) + Vector256.Create(FieldMagic.SquareStart4);
        c0.Store(columns);
        c1.Store(columns + (1 * Lanes));
        c2.Store(columns + (2 * Lanes));
        c3.Store(columns + (3 * Lanes));
        c4.Store(columns + (4 * Lanes));
    }

    public static void ToColumns(Vector256<double>* a, int shift, long* columns)
    {
        Vector256<double> magic = Vector256.Create(FieldMagic.Whole);
        for (int i = 0; i < Limbs; i++)
        {
            Vector256<long> limb = (a[i] + magic).AsInt64() - Vector256.Create(FieldMagic.WholeBits);
            (limb << shift).Store(columns + (i * Lanes));
        }
    }

    public static void Carry(long* columns, Vector256<double>* result) =>
        Carry(Column(columns, 0), Column(columns, 1), Column(columns, 2), Column(columns, 3), Column(columns, 4), result);

    public static void CarrySumAndDifference(long* a, long* b, Vector256<double>* sum, Vector256<double>* difference)
    {
        Vector256<long> a0 = Column(a, 0), a1 = Column(a, 1), a2 = Column(a, 2), a3 = Column(a, 3), a4 = Column(a, 4);
        Vector256<long> b0 = Column(b, 0), b1 = Column(b, 1), b2 = Column(b, 2), b3 = Column(b, 3), b4 = Column(b, 4);
        Carry(a0 + b0, a1 + b1, a2 + b2, a3 + b3, a4 + b4, sum);
        Carry(a0 - b0, a1 - b1, a2 - b2, a3 - b3, a4 - b4, difference);
    }

    public static void CarryDoubling(long* a, long* b, long* c, Vector256<double>* sum, Vector256<double>* difference, Vector256<double>* rest)
    {
        CarrySumAndDifference(b, a, sum, difference);
        Carry(Rest(a, b, c, 0), Rest(a, b, c, 1), Rest(a, b, c, 2), Rest(a, b, c, 3), Rest(a, b, c, 4), rest);
    }

    public static void Add(Vector256<double>* a, Vector256<double>* b, Vector256<double>* sum)
    {
        for (int i = 0; i < Limbs; i++)
        {
            sum[i] = a[i] + b[i];
        }
    }

    public static void Subtract(Vector256<double>* a, Vector256<double>* b, Vector256<double>* difference)
    {
        for (int i = 0; i < Limbs; i++)
        {
            difference[i] = a[i] - b[i];
        }
    }

    public static void Reduce(Vector256<double>* a, long* limbs)
    {
        Vector256<long> mask = Vector256.Create(FieldMagic.LimbMask);
        Vector256<long> l0 = Whole(a[0]) - Vector256.Create(18 * 8L), l1 = Whole(a[1]), l2 = Whole(a[2]), l3 = Whole(a[3]), l4 = Whole(a[4]);

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
        Vector256<long> over = (l0 + Vector256.Create(19L)) >>> FieldMagic.LimbBits;
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Carry(Vector256<long> c0, Vector256<long> c1, Vector256<long> c2, Vector256<long> c3, Vector256<long> c4, Vector256<double>* result)
    {
        Vector256<long> centre = Vector256.Create(FieldMagic.Centre), mask = Vector256.Create(FieldMagic.LimbMask), whole = Vector256.Create(FieldMagic.WholeBits);
        Vector256<double> excess = Vector256.Create(FieldMagic.Excess);
        c0 += centre;
        c1 += centre;
        c2 += centre;
        c3 += centre;
        c4 += centre;
        Vector256<long> top = Times19(c4 >>> FieldMagic.LimbBits);
        result[0] = (((c0 & mask) | whole) + top).AsDouble() - Vector256.Create(FieldMagic.ExcessOfLimb0);
        result[1] = (((c1 & mask) | whole) + (c0 >>> FieldMagic.LimbBits)).AsDouble() - excess;
        result[2] = (((c2 & mask) | whole) + (c1 >>> FieldMagic.LimbBits)).AsDouble() - excess;
        result[3] = (((c3 & mask) | whole) + (c2 >>> FieldMagic.LimbBits)).AsDouble() - excess;
        result[4] = (((c4 & mask) | whole) + (c3 >>> FieldMagic.LimbBits)).AsDouble() - excess;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> Column(long* columns, int index) => Vector256.Load(columns + (index * Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> Rest(long* a, long* b, long* c, int index)
    {
        Vector256<long> third = Column(c, index);
        return third + third - (Column(b, index) - Column(a, index));
    }

    /// <summary>A limb as an integer, with 8 p's limb added: positive.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> Whole(Vector256<double> limb) =>
        (limb + Vector256.Create(FieldMagic.Whole)).AsInt64() - Vector256.Create(FieldMagic.WholeBits - (8 * FieldMagic.LimbMask));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> Times19(Vector256<long> value) => value + (value << 1) + (value << 4);

    /// <summary>All bits of the lanes whose bit is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Mask(uint lanes)
    {
        Vector256<long> bit = Vector256.Create(1L, 2, 4, 8);
        return Vector256.Equals(Vector256.Create((long)lanes) & bit, bit).AsDouble();
    }
}
