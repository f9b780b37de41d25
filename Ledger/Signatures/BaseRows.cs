using System.Runtime.InteropServices;

namespace LeitherCluster.Ledger.Signatures;

/// <summary>0, B, 2B, ... 128 B as rows for lanes: 16.5 kB, made once.</summary>
internal static unsafe class BaseRows
{
    public const int MultipleMax = 128;
    private const int Alignment = 64;

    private static readonly double* s_rows = Create();

    /// <summary>The row of a multiple of the base point.</summary>
    public static double* Multiple(int factor) => s_rows + (factor * PointRow.AffineDoubles);

    private static double* Create()
    {
        double* rows = (double*)NativeMemory.AlignedAlloc((MultipleMax + 1) * PointRow.AffineDoubles * sizeof(double), Alignment);
        CachedPoint step = new(BaseTable.Base);
        EdwardsPoint multiple = EdwardsPoint.Neutral;
        for (int factor = 0; factor <= MultipleMax; factor++)
        {
            PointRow.Write(new AffinePoint(multiple), rows + (factor * PointRow.AffineDoubles));
            EdwardsPoint.Add(ref multiple, step, isNegative: false, withT: true);
        }

        return rows;
    }
}
