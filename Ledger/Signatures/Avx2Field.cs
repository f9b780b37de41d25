using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LeitherCluster.Ledger.Signatures;

/// <summary>Four lanes in 256-bit vectors (AVX2 and FMA).</summary>
internal readonly unsafe partial struct Avx2Field : IFieldLanes<Vector256<double>>
{
    private const int Lanes = 4;
    private const int Limbs = 5;

    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    public static int Width => Lanes;

    public static void Multiply(Vector256<double>* a, Vector256<double>* b, Vector256<double>* product)
    {
        Product(a, b, out Vector256<long> c0, out Vector256<long> c1, out Vector256<long> c2, out Vector256<long> c3, out Vector256<long> c4);
        Carry(c0, c1, c2, c3, c4, product);
    }

    public static void Square(Vector256<double>* a, Vector256<double>* square)
    {
        ProductWithItself(a, out Vector256<long> c0, out Vector256<long> c1, out Vector256<long> c2, out Vector256<long> c3, out Vector256<long> c4);
        Carry(c0, c1, c2, c3, c4, square);
    }

    public static void MultiplyColumns(Vector256<double>* a, Vector256<double>* b, long* columns)
    {
        Product(a, b, out Vector256<long> c0, out Vector256<long> c1, out Vector256<long> c2, out Vector256<long> c3, out Vector256<long> c4);
        Store(c0, c1, c2, c3, c4, columns);
    }

    public static void SquareColumns(Vector256<double>* a, long* columns)
    {
        ProductWithItself(a, out Vector256<long> c0, out Vector256<long> c1, out Vector256<long> c2, out Vector256<long> c3, out Vector256<long> c4);
        Store(c0, c1, c2, c3, c4, columns);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Product(
        Vector256<double>* a, Vector256<double>* b, out Vector256<long> r0, out Vector256<long> r1, out Vector256<long> r2, out Vector256<long> r3, out Vector256<long> r4)
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
        r0 = c0 + Times19(c5) + Vector256.Create(FieldMagic.ProductStart0);
        r1 = c1 + Times19(c6) + Vector256.Create(FieldMagic.ProductStart1);
        r2 = c2 + Times19(c7) + Vector256.Create(FieldMagic.ProductStart2);
        r3 = c3 + Times19(c8) + Vector256.Create(FieldMagic.ProductStart3);
        r4 = c4 + Times19(c9) + Vector256.Create(FieldMagic.ProductStart4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ProductWithItself(
        Vector256<double>* a, out Vector256<long> r0, out Vector256<long> r1, out Vector256<long> r2, out Vector256<long> r3, out Vector256<long> r4)
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
        r0 = c0 + Times19(c5) + Vector256.Create(FieldMagic.SquareStart0);
        r1 = c1 + Times19(c6) + Vector256.Create(FieldMagic.SquareStart1);
        r2 = c2 + Times19(c7) + Vector256.Create(FieldMagic.SquareStart2);
        r3 = c3 + Times19(c8) + Vector256.Create(FieldMagic.SquareStart3);
        r4 = c4 + Times19(c9) + Vector256.Create(FieldMagic.SquareStart4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<long> c0, Vector256<long> c1, Vector256<long> c2, Vector256<long> c3, Vector256<long> c4, long* columns)
    {
        c0.Store(columns);
        c1.Store(columns + (1 * Lanes));
        c2.Store(columns + (2 * Lanes));
        c3.Store(columns + (3 * Lanes));
        c4.Store(columns + (4 * Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Carry(Vector256<long> c0, Vector256<long> c1, Vector256<long> c2, Vector256<long> c3, Vector256<long> c4, Vector256<double>* result)
    {
        Vector256<long> centre = Vector256.Create(FieldMagic.Centre), mask = Vector256.Create(FieldMagic.LimbMask), cut = Vector256.Create(FieldMagic.CutBits);
        Vector256<double> excess = Vector256.Create(FieldMagic.Excess);
        c0 += centre;
        c1 += centre;
        c2 += centre;
        c3 += centre;
        c4 += centre;
        Vector256<long> top = Times19(c4 >>> FieldMagic.LimbBits);
        result[0] = (((c0 & mask) | cut) + top).AsDouble() - Vector256.Create(FieldMagic.ExcessOfLimb0);
        result[1] = (((c1 & mask) | cut) + (c0 >>> FieldMagic.LimbBits)).AsDouble() - excess;
        result[2] = (((c2 & mask) | cut) + (c1 >>> FieldMagic.LimbBits)).AsDouble() - excess;
        result[3] = (((c3 & mask) | cut) + (c2 >>> FieldMagic.LimbBits)).AsDouble() - excess;
        result[4] = (((c4 & mask) | cut) + (c3 >>> FieldMagic.LimbBits)).AsDouble() - excess;
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
}
