using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LeitherCluster.Ledger.Signatures;

/// <summary>
/// One point with its four coordinates X, Y, Z, T in the four lanes of 256-bit vectors: the products of a point formula, which do not depend on each
/// other, side by side (after Hisil, Wong, Carter and Dawson 2008, section 4). A doubling or an addition is two products long. A <em>cached</em> point is
/// Y - X, Y + X, 2Z, 2d T. Elements are those of <see cref="IFieldLanes{TVector}"/>.
/// </summary>
internal static unsafe class QuadPoint
{
    public const int Limbs = 5;

    /// <summary>Vectors that the methods work in.</summary>
    public const int WorkWidth = 3 * Limbs;

    private const int Columns = 2 * Limbs;

    // A lane of the result is the lane of the argument with this number, from the lowest two bits up.
    private const byte Lanes0010 = 0b00_01_00_00;
    private const byte Lanes0000 = 0b00_00_00_00;
    private const byte Lanes0120 = 0b00_10_01_00;
    private const byte Lanes0121 = 0b01_10_01_00;
    private const byte Lanes0330 = 0b00_11_11_00;
    private const byte Lanes1000 = 0b00_00_00_01;
    private const byte Lanes1023 = 0b11_10_00_01;
    private const byte Lanes1123 = 0b11_10_01_01;
    private const byte Lanes1221 = 0b01_10_10_01;
    private const byte Lanes2111 = 0b01_01_01_10;
    private const byte Lanes2121 = 0b01_10_01_10;
    private const byte Lanes3030 = 0b00_11_00_11;
    private const byte Lanes3123 = 0b11_10_01_11;

    public static bool IsSupported => Avx2Field.IsSupported;

    /// <summary>Twice the point.</summary>
    public static void Double(Vector256<double>* point, Vector256<double>* work)
    {
        Vector256<double> twiceLane3 = Vector256.Create(1.0, 1, 1, 2);
        for (int i = 0; i < Limbs; i++)
        {
            work[i] = Avx2.Permute4x64(point[i], Lanes0120);
            work[Limbs + i] = Avx2.Permute4x64(point[i], Lanes0121) * twiceLane3;
        }

        // A = X^2, B = Y^2, C = Z^2, E = 2XY
        long* columns = (long*)(work + Columns);
        Avx2Field.MultiplyColumns(work, work + Limbs, columns);
        Vector256<long> lane0 = Vector256.Create(-1L, 0, 0, 0);
        Vector256<long> lane2 = Vector256.Create(0L, 0, -1, 0);
        Vector256<long> lanes12 = Vector256.Create(0L, -1, -1, 0);
        Vector256<long> signs = Vector256.Create(-1L, 0, -1, 0);
        Vector256<long>* left = (Vector256<long>*)work;
        Vector256<long>* right = left + Limbs;
        for (int i = 0; i < Limbs; i++)
        {
            Vector256<long> c = ((Vector256<long>*)columns)[i];
            Vector256<long> a = Avx2.Permute4x64(c, Lanes0000);

            // E, G = B - A, F = 2C - G, E
            Vector256<long> first = Avx2.Permute4x64(c, Lanes3123);
            left[i] = first + (first & lane2) - (Avx2.Permute4x64(c, Lanes0010) & lanes12) + (a & lane2);

            // F, H = A + B, G, H
            Vector256<long> second = Avx2.Permute4x64(c, Lanes2111);
            Vector256<long> third = Avx2.Permute4x64(c, Lanes1000);
            right[i] = second + (second & lane0) + ((third ^ signs) - signs) + (a & lane0);
        }

        Join(point, work);
    }

    /// <summary>Adds a cached point, or subtracts it.</summary>
    public static void Add(Vector256<double>* point, Vector256<double>* cached, bool isNegative, Vector256<double>* work)
    {
        SumAndDifference(point, work);
        if (isNegative)
        {
            Vector256<double> minusLane3 = Vector256.Create(0.0, 0, 0, -0.0);
            for (int i = 0; i < Limbs; i++)
            {
                work[Limbs + i] = Avx2.Permute4x64(cached[i], Lanes1023) ^ minusLane3;
            }

            cached = work + Limbs;
        }

        // A, B, D, C
        long* columns = (long*)(work + Columns);
        Avx2Field.MultiplyColumns(work, cached, columns);
        Vector256<long> leftSigns = Vector256.Create(-1L, 0, -1, -1);
        Vector256<long> rightSigns = Vector256.Create(-1L, 0, 0, 0);
        Vector256<long>* left = (Vector256<long>*)work;
        Vector256<long>* right = left + Limbs;
        for (int i = 0; i < Limbs; i++)
        {
            Vector256<long> c = ((Vector256<long>*)columns)[i];

            // E = B - A, G = D + C, F = D - C, E
            left[i] = Avx2.Permute4x64(c, Lanes1221) + ((Avx2.Permute4x64(c, Lanes0330) ^ leftSigns) - leftSigns);

            // F, H = B + A, G, H
            right[i] = Avx2.Permute4x64(c, Lanes2121) + ((Avx2.Permute4x64(c, Lanes3030) ^ rightSigns) - rightSigns);
        }

        Join(point, work);
    }

    /// <summary>The cached form of a point.</summary>
    public static void ToCached(Vector256<double>* point, Vector256<double>* cached, Vector256<double>* work)
    {
        SumAndDifference(point, work);
        FieldElement two = new(2, 0, 0, 0, 0);
        Write(FieldElement.One, FieldElement.One, two, Curve.TwiceD, work + Limbs);
        Avx2Field.Multiply(work, work + Limbs, cached);
    }

    /// <summary>Lays out a point.</summary>
    public static void Write(in EdwardsPoint from, Vector256<double>* point) => Write(from.X, from.Y, from.Z, from.T, point);

    /// <summary>Reads a point back.</summary>
    [SkipLocalsInit]
    public static EdwardsPoint Read(Vector256<double>* point)
    {
        double* rows = stackalloc double[4 * Limbs];
        double* limbs = (double*)point;
        for (int i = 0; i < 4 * Limbs; i++)
        {
            rows[(i % 4 * Limbs) + (i / 4)] = limbs[i];
        }

        return PointRow.Read(rows);
    }

    // Y - X, Y + X, Z, T; not carried.
    private static void SumAndDifference(Vector256<double>* point, Vector256<double>* result)
    {
        Vector256<double> signs = Vector256.Create(-1.0, 1, 0, 0);
        for (int i = 0; i < Limbs; i++)
        {
            result[i] = Avx2.Permute4x64(point[i], Lanes1123) + (Avx2.Permute4x64(point[i], Lanes0000) * signs);
        }
    }

    // X = EF, Y = GH, Z = FG, T = EH
    private static void Join(Vector256<double>* point, Vector256<double>* work)
    {
        Avx2Field.Carry((long*)work, work);
        Avx2Field.Carry((long*)(work + Limbs), work + Limbs);
        Avx2Field.Multiply(work, work + Limbs, point);
    }

    [SkipLocalsInit]
    private static void Write(in FieldElement first, in FieldElement second, in FieldElement third, in FieldElement fourth, Vector256<double>* vectors)
    {
        double* rows = stackalloc double[4 * Limbs];
        FieldRow.Write(first, rows);
        FieldRow.Write(second, rows + Limbs);
        FieldRow.Write(third, rows + (2 * Limbs));
        FieldRow.Write(fourth, rows + (3 * Limbs));
        double* limbs = (double*)vectors;
        for (int i = 0; i < 4 * Limbs; i++)
        {
            limbs[i] = rows[(i % 4 * Limbs) + (i / 4)];
        }
    }
}
