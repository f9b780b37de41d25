namespace LeitherCluster.Ledger.Signatures;

/// <summary>Points in memory, as lanes load and store them: limbs as doubles, coordinate after coordinate, zeros up to whole cache lines.</summary>
internal static unsafe class PointRow
{
    /// <summary>y + x, y - x, 2d xy: 128 bytes.</summary>
    public const int AffineDoubles = 16;

    /// <summary>X, Y, Z, T, or a cached point: 192 bytes.</summary>
    public const int PointDoubles = 24;

    private const int Limbs = 5;

    /// <summary>Writes an affine point's row.</summary>
    public static void Write(in AffinePoint point, double* row)
    {
        FieldRow.Write(point.YPlusX, row);
        FieldRow.Write(point.YMinusX, row + Limbs);
        FieldRow.Write(point.TwiceDXY, row + (2 * Limbs));
        row[AffineDoubles - 1] = 0;
    }

    /// <summary>Reads a point.</summary>
    public static EdwardsPoint Read(double* row) => new()
    {
        X = FieldRow.Read(row),
        Y = FieldRow.Read(row + Limbs),
        Z = FieldRow.Read(row + (2 * Limbs)),
        T = FieldRow.Read(row + (3 * Limbs)),
    };
}
