namespace LeitherCluster.Ledger.Signatures;

/// <summary>
/// Points of edwards25519, one a lane. A <em>point</em> is four elements X, Y, Z, T (x = X/Z, y = Y/Z, T = XY/Z); an <em>affine</em>
/// addend is y + x, y - x, 2d xy; a <em>cached</em> one is Y + X, Y - X, 2Z, 2d T. All are carried. The formulas are those of <see cref="EdwardsPoint"/>,
/// complete for every point of the curve; sums and differences of products are taken of their columns, before the carries, so that
/// every factor is carried and costs no more.
/// <para>
/// Limb products: doubling 3 squares of 15 and 3 products of 25, and one more where T is wanted: 120 + 25. Adding an affine point 6 products
/// and T, a cached one 7 and T.
/// </para>
/// </summary>
internal static unsafe class PointLanes<TVector, TField>
    where TVector : unmanaged
    where TField : struct, IFieldLanes<TVector>
{
    public const int Limbs = 5;
    public const int X = 0;
    public const int Y = Limbs;
    public const int Z = 2 * Limbs;
    public const int T = 3 * Limbs;

    public const int YPlusX = 0;
    public const int YMinusX = Limbs;
    public const int TwiceDXY = 2 * Limbs;
    public const int TwiceZ = 2 * Limbs;
    public const int TwiceDT = 3 * Limbs;

    /// <summary>Vectors of a point or a cached one, and doubles of its row in memory: filled up to a multiple of 8.</summary>
    public const int PointWidth = 24;

    /// <summary>Vectors of an affine one, and doubles of its row.</summary>
    public const int AffineWidth = 16;

    /// <summary>Vectors that the methods work in; a caller's own may stand behind them.</summary>
    public const int WorkWidth = 10 * Limbs;

    private const int E = 0;
    private const int F = Limbs;
    private const int G = 2 * Limbs;
    private const int H = 3 * Limbs;
    private const int Left = 4 * Limbs;
    private const int Right = 5 * Limbs;
    private const int ColumnsA = 6 * Limbs;
    private const int ColumnsB = 7 * Limbs;
    private const int ColumnsC = 8 * Limbs;
    private const int ColumnsD = 9 * Limbs;

    /// <summary>Twice the point; T is left as it was unless it is wanted.</summary>
    public static void Double(TVector* point, bool withT, TVector* work)
    {
        long* a = (long*)(work + ColumnsA);
        long* b = (long*)(work + ColumnsB);
        long* c = (long*)(work + ColumnsC);
        TField.SquareColumns(point + X, a);
        TField.SquareColumns(point + Y, b);
        TField.SquareColumns(point + Z, c);
        TField.CarryDoubling(a, b, c, work + H, work + G, work + F);
        TField.Add(point + Y, point + Y, work + Right);
        TField.Multiply(work + Right, point + X, work + E);
        Join(point, withT, work);
    }

    /// <summary>Adds an affine point.</summary>
    public static void AddAffine(TVector* point, TVector* affine, bool withT, TVector* work)
    {
        TField.ToColumns(point + Z, 1, (long*)(work + ColumnsD));
        TField.MultiplyColumns(point + T, affine + TwiceDXY, (long*)(work + ColumnsC));
        Add(point, affine, withT, work);
    }

    /// <summary>Adds a cached point.</summary>
    public static void AddCached(TVector* point, TVector* cached, bool withT, TVector* work)
    {
        TField.MultiplyColumns(point + Z, cached + TwiceZ, (long*)(work + ColumnsD));
        TField.MultiplyColumns(point + T, cached + TwiceDT, (long*)(work + ColumnsC));
        Add(point, cached, withT, work);
    }

    /// <summary>The cached form of a point.</summary>
    public static void ToCached(TVector* point, TVector* twiceD, TVector* cached, TVector* work)
    {
        ToSumAndDifference(point, cached, work);
        TField.ToColumns(point + Z, 1, (long*)(work + ColumnsA));
        TField.Carry((long*)(work + ColumnsA), cached + TwiceZ);
        TField.Multiply(point + T, twiceD, cached + TwiceDT);
    }

    /// <summary>The affine form of a point with Z = 1.</summary>
    public static void ToAffine(TVector* point, TVector* twiceD, TVector* affine, TVector* work)
    {
        ToSumAndDifference(point, affine, work);
        TField.Multiply(point + T, twiceD, affine + TwiceDXY);
        affine[AffineWidth - 1] = default;
    }

    /// <summary>Makes the point (0, 1) in every lane.</summary>
    public static void SetNeutral(TVector* point)
    {
        double* row = stackalloc double[PointWidth];
        new Span<double>(row, PointWidth).Clear();
        row[Y] = 1;
        row[Z] = 1;
        TField.Broadcast(row, PointWidth, point);
    }

    /// <summary>A bit for every lane whose point is (0, 1).</summary>
    public static uint NeutralLanes(TVector* point, TVector* work)
    {
        long* a = (long*)(work + ColumnsA);
        long* b = (long*)(work + ColumnsB);
        TField.ToColumns(point + Y, 0, a);
        TField.ToColumns(point + Z, 0, b);
        TField.CarrySumAndDifference(a, b, work + E, work + F);
        return ZeroLanes(point + X, work) & ZeroLanes(work + F, work);
    }

    /// <summary>A bit for every lane whose element is 0 modulo p.</summary>
    public static uint ZeroLanes(TVector* element, TVector* work)
    {
        long* limbs = (long*)(work + ColumnsA);
        TField.Reduce(element, limbs);
        uint lanes = 0;
        for (int lane = 0; lane < TField.Width; lane++)
        {
            long bits = 0;
            for (int limb = 0; limb < Limbs; limb++)
            {
                bits |= limbs[(limb * TField.Width) + lane];
            }

            lanes |= bits == 0 ? 1u << lane : 0;
        }

        return lanes;
    }

    private static void ToSumAndDifference(TVector* point, TVector* addend, TVector* work)
    {
        long* a = (long*)(work + ColumnsA);
        long* b = (long*)(work + ColumnsB);
        TField.ToColumns(point + Y, 0, a);
        TField.ToColumns(point + X, 0, b);
        TField.CarrySumAndDifference(a, b, addend + YPlusX, addend + YMinusX);
    }

    private static void Add(TVector* point, TVector* addend, bool withT, TVector* work)
    {
        long* a = (long*)(work + ColumnsA);
        long* b = (long*)(work + ColumnsB);
        TField.Subtract(point + Y, point + X, work + Left);
        TField.Add(point + Y, point + X, work + Right);
        TField.MultiplyColumns(work + Left, addend + YMinusX, a);
        TField.MultiplyColumns(work + Right, addend + YPlusX, b);
        TField.CarrySumAndDifference(b, a, work + H, work + E);
        TField.CarrySumAndDifference((long*)(work + ColumnsD), (long*)(work + ColumnsC), work + G, work + F);
        Join(point, withT, work);
    }

    private static void Join(TVector* point, bool withT, TVector* work)
    {
        TField.Multiply(work + E, work + F, point + X);
        TField.Multiply(work + G, work + H, point + Y);
        TField.Multiply(work + F, work + G, point + Z);
        if (withT)
        {
            TField.Multiply(work + E, work + H, point + T);
        }
    }
}
