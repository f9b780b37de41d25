using System.Runtime.CompilerServices;

namespace LeitherCluster.Ledger.Signatures;

/// <summary>
/// Decodes points, one a lane, by ZIP-215's rule (<see cref="EdwardsPoint.TryDecode"/>). Two groups of lanes go side by side, as
/// a chain of squares, each waiting for the one before, leaves half of the processor idle.
/// </summary>
internal static unsafe class DecodingLanes<TVector, TField>
    where TVector : unmanaged
    where TField : struct, IFieldLanes<TVector>
{
    /// <summary>Groups of lanes in one call.</summary>
    public const int Groups = 2;

    /// <summary>Vectors that decoding works in.</summary>
    public const int WorkWidth = PointLanes<TVector, TField>.WorkWidth + ConstantsWidth + (Groups * GroupWidth);

    private const int Limbs = PointLanes<TVector, TField>.Limbs;
    private const int ConstantsWidth = 4 * Limbs;
    private const int GroupWidth = 12 * Limbs;
    private const int LastByte = FieldElement.ByteLength - 1;

    // What a group keeps, by element.
    private const int U = 0;
    private const int V = Limbs;
    private const int V3 = 2 * Limbs;
    private const int Fraction = 3 * Limbs;
    private const int Power = 4 * Limbs;
    private const int Ones5 = 5 * Limbs;
    private const int Ones10 = 6 * Limbs;
    private const int Ones50 = 7 * Limbs;
    private const int Ones100 = 8 * Limbs;
    private const int Other = 9 * Limbs;
    private const int Second = 10 * Limbs;
    private const int Third = 11 * Limbs;

    /// <summary>
    /// Decodes <see cref="Groups"/> times as many encodings as there are lanes. Writes the groups' points one behind the other, Z = 1,
    /// and returns a bit for every encoding that is a point's; where it is not, the coordinates are any.
    /// </summary>
    public static uint Decode(byte** encodings, TVector* points, TVector* work)
    {
        TVector* constants = work + PointLanes<TVector, TField>.WorkWidth;
        TVector* d = constants;
        TVector* one = constants + Limbs;
        TVector* root = constants + (2 * Limbs);
        TVector* group = constants + ConstantsWidth;
        Broadcast(Curve.D, d);
        Broadcast(FieldElement.One, one);
        Broadcast(Curve.RootOfMinusOne, root);
        for (int i = 0; i < Groups; i++)
        {
            TVector* point = points + (i * PointLanes<TVector, TField>.PointWidth);
            Read(encodings + (i * TField.Width), point + PointLanes<TVector, TField>.Y, work);
            Start(point, d, one, group + (i * GroupWidth));
        }

        RaisePowers(group);
        uint valid = 0;
        for (int i = 0; i < Groups; i++)
        {
            TVector* point = points + (i * PointLanes<TVector, TField>.PointWidth);
            uint lanes = Finish(encodings + (i * TField.Width), point, root, group + (i * GroupWidth), work);
            Broadcast(FieldElement.One, point + PointLanes<TVector, TField>.Z);
            valid |= lanes << (i * TField.Width);
        }

        return valid;
    }

    /// <summary>The same element in every lane.</summary>
    public static void Broadcast(in FieldElement element, TVector* vectors)
    {
        double* row = stackalloc double[Limbs];
        FieldRow.Write(element, row);
        TField.Broadcast(row, Limbs, vectors);
    }

    [SkipLocalsInit]
    private static void Read(byte** encodings, TVector* y, TVector* work)
    {
        long* columns = (long*)work;
        int width = TField.Width;
        for (int lane = 0; lane < width; lane++)
        {
            FieldElement limbs = FieldElement.Read(encodings[lane]);
            columns[lane] = (long)limbs.L0;
            columns[width + lane] = (long)limbs.L1;
            columns[(2 * width) + lane] = (long)limbs.L2;
            columns[(3 * width) + lane] = (long)limbs.L3;
            columns[(4 * width) + lane] = (long)limbs.L4;
        }

        TField.Carry(columns, y);
    }

    // u = y^2 - 1 and v = d y^2 + 1 stay carried: 1 is far less than what the bound leaves. The fraction is u v^7.
    private static void Start(TVector* point, TVector* d, TVector* one, TVector* group)
    {
        TField.Square(point + PointLanes<TVector, TField>.Y, group + Power);
        TField.Subtract(group + Power, one, group + U);
        TField.Multiply(group + Power, d, group + V);
        TField.Add(group + V, one, group + V);
        TField.Square(group + V, group + V3);
        TField.Multiply(group + V3, group + V, group + V3);
        TField.Square(group + V3, group + Power);
        TField.Multiply(group + Power, group + V, group + Power);
        TField.Multiply(group + Power, group + U, group + Fraction);
    }

    // The power 2^252 - 3 of the fraction, by the chain of FieldRoot.
    private static void RaisePowers(TVector* group)
    {
        for (int i = 0; i < Groups; i++)
        {
            TVector* own = group + (i * GroupWidth);
            TField.Square(own + Fraction, own + Second);
            TField.Square(own + Second, own + Third);
            TField.Square(own + Third, own + Third);
            TField.Multiply(own + Third, own + Fraction, own + Third);
            TField.Multiply(own + Third, own + Second, own + Other);
            TField.Square(own + Other, own + Other);
            TField.Multiply(own + Other, own + Third, own + Ones5);
        }

        Lengthen(group, Ones5, Ones5, 5, Ones10);
        Lengthen(group, Ones10, Ones10, 10, Second);
        Lengthen(group, Second, Second, 20, Third);
        Lengthen(group, Third, Ones10, 10, Ones50);
        Lengthen(group, Ones50, Ones50, 50, Ones100);
        Lengthen(group, Ones100, Ones100, 100, Second);
        Lengthen(group, Second, Ones50, 50, Third);
        Lengthen(group, Third, Fraction, 2, Power);
    }

    private static void Lengthen(TVector* group, int high, int low, int lowOnes, int result)
    {
        TVector* second = group + GroupWidth;
        TField.Square(group + high, group + Other);
        TField.Square(second + high, second + Other);
        for (int done = 1; done < lowOnes; done++)
        {
            TField.Square(group + Other, group + Other);
            TField.Square(second + Other, second + Other);
        }

        TField.Multiply(group + Other, group + low, group + result);
        TField.Multiply(second + Other, second + low, second + result);
    }

    private static uint Finish(byte** encodings, TVector* point, TVector* root, TVector* group, TVector* work)
    {
        TVector* x = point + PointLanes<TVector, TField>.X;
        TField.Multiply(group + V3, group + U, x);
        TField.Multiply(x, group + Power, x);

        // v x^2 is u or -u where there is a root; in the second case x is short of a root of -1.
        TField.Square(x, group + Second);
        TField.Multiply(group + Second, group + V, group + Second);
        long* check = (long*)(group + Third);
        long* u = (long*)(group + Other);
        TField.ToColumns(group + Second, 0, check);
        TField.ToColumns(group + U, 0, u);
        TField.CarrySumAndDifference(check, u, group + Ones5, group + Ones10);
        uint isRoot = PointLanes<TVector, TField>.ZeroLanes(group + Ones10, work);
        uint isShort = PointLanes<TVector, TField>.ZeroLanes(group + Ones5, work);
        TField.Multiply(x, root, group + Second);
        TField.TakeWhere(isShort & ~isRoot, x, group + Second);

        long* limbs = (long*)(group + Third);
        TField.Reduce(x, limbs);
        uint negated = 0;
        for (int lane = 0; lane < TField.Width; lane++)
        {
            int sign = encodings[lane][LastByte] >> 7;
            negated |= (uint)(sign ^ (int)(limbs[lane] & 1)) << lane;
        }

        TField.NegateWhere(negated, x);
        TField.Multiply(x, point + PointLanes<TVector, TField>.Y, point + PointLanes<TVector, TField>.T);
        return isRoot | isShort;
    }
}
