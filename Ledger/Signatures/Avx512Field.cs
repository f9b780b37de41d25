using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LeitherCluster.Ledger.Signatures;

/// <summary>Eight lanes in 512-bit vectors (AVX-512 F and DQ).</summary>
internal readonly unsafe partial struct Avx512Field : IFieldLanes<Vector512<double>>
{
    private const int Lanes = 8;
    private const int Limbs = 5;

    public static bool IsSupported => Avx512F.IsSupported && Avx512DQ.IsSupported;

    public static int Width => Lanes;

    public static void Multiply(Vector512<double>* a, Vector512<double>* b, Vector512<double>* product)
    {
        Product(a, b, out Vector512<long> c0, out Vector512<long> c1, out Vector512<long> c2, out Vector512<long> c3, out Vector512<long> c4);
        Carry(c0, c1, c2, c3, c4, product);
    }

    public static void Square(Vector512<double>* a, Vector512<double>* square)
    {
        ProductWithItself(a, out Vector512<long> c0, out Vector512<long> c1, out Vector512<long> c2, out Vector512<long> c3, out Vector512<long> c4);
        Carry(c0, c1, c2, c3, c4, square);
    }

    public static void MultiplyColumns(Vector512<double>* a, Vector512<double>* b, long* columns)
    {
        Product(a, b, out Vector512<long> c0, out Vector512<long> c1, out Vector512<long> c2, out Vector512<long> c3, out Vector512<long> c4);
        Store(c0, c1, c2, c3, c4, columns);
    }

    public static void SquareColumns(Vector512<double>* a, long* columns)
    {
        ProductWithItself(a, out Vector512<long> c0, out Vector512<long> c1, out Vector512<long> c2, out Vector512<long> c3, out Vector512<long> c4);
        Store(c0, c1, c2, c3, c4, columns);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Product(
        Vector512<double>* a, Vector512<double>* b, out Vector512<long> r0, out Vector512<long> r1, out Vector512<long> r2, out Vector512<long> r3, out Vector512<long> r4)
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
        r0 = c0 + Times19(c5) + Vector512.Create(FieldMagic.ProductStart0);
        r1 = c1 + Times19(c6) + Vector512.Create(FieldMagic.ProductStart1);
        r2 = c2 + Times19(c7) + Vector512.Create(FieldMagic.ProductStart2);
        r3 = c3 + Times19(c8) + Vector512.Create(FieldMagic.ProductStart3);
        r4 = c4 + Times19(c9) + Vector512.Create(FieldMagic.ProductStart4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ProductWithItself(
        Vector512<double>* a, out Vector512<long> r0, out Vector512<long> r1, out Vector512<long> r2, out Vector512<long> r3, out Vector512<long> r4)
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
        r0 = c0 + Times19(c5) + Vector512.Create(FieldMagic.SquareStart0);
        r1 = c1 + Times19(c6) + Vector512.Create(FieldMagic.SquareStart1);
        r2 = c2 + Times19(c7) + Vector512.Create(FieldMagic.SquareStart2);
        r3 = c3 + Times19(c8) + Vector512.Create(FieldMagic.SquareStart3);
        r4 = c4 + Times19(c9) + Vector512.Create(FieldMagic.SquareStart4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<long> c0, Vector512<long> c1, Vector512<long> c2, Vector512<long> c3, Vector512<long> c4, long* columns)
    {
        c0.Store(columns);
        c1.Store(columns + (1 * Lanes));
        c2.Store(columns + (2 * Lanes));
        c3.Store(columns + (3 * Lanes));
        c4.Store(columns + (4 * Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Carry(Vector512<long> c0, Vector512<long> c1, Vector512<long> c2, Vector512<long> c3, Vector512<long> c4, Vector512<double>* result)
    {
        Vector512<long> centre = Vector512.Create(FieldMagic.Centre), mask = Vector512.Create(FieldMagic.LimbMask), cut = Vector512.Create(FieldMagic.CutBits);
        Vector512<double> excess = Vector512.Create(FieldMagic.Excess);
        c0 += centre;
        c1 += centre;
        c2 += centre;
        c3 += centre;
        c4 += centre;
        Vector512<long> top = Times19(c4 >>> FieldMagic.LimbBits);
        result[0] = (((c0 & mask) | cut) + top).AsDouble() - Vector512.Create(FieldMagic.ExcessOfLimb0);
        result[1] = (((c1 & mask) | cut) + (c0 >>> FieldMagic.LimbBits)).AsDouble() - excess;
        result[2] = (((c2 & mask) | cut) + (c1 >>> FieldMagic.LimbBits)).AsDouble() - excess;
        result[3] = (((c3 & mask) | cut) + (c2 >>> FieldMagic.LimbBits)).AsDouble() - excess;
        result[4] = (((c4 & mask) | cut) + (c3 >>> FieldMagic.LimbBits)).AsDouble() - excess;
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
}
