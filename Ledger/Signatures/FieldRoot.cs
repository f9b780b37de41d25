namespace LeitherCluster.Ledger.Signatures;

/// <summary>Powers that take a field element to its inverse and to a square root of a fraction, by the usual addition chain.</summary>
internal static class FieldRoot
{
    /// <summary>1/a, or 0 for 0: a^(p - 2).</summary>
    public static FieldElement Inverse(in FieldElement a)
    {
        Ladder(a, out FieldElement power11, out FieldElement power250);
        FieldElement.SquareTimes(power250, 5, out FieldElement result);
        FieldElement.Multiply(result, power11, out result);
        return result;
    }

    /// <summary>
    /// Whether u/v is a square, and then a root of it, of either sign. Where v is 0, u is not: that is so for all y
    /// (RFC 8032, section 5.1.3).
    /// </summary>
    public static bool TryRoot(in FieldElement u, in FieldElement v, out FieldElement root)
    {
        FieldElement.Square(v, out FieldElement v3);
        FieldElement.Multiply(v3, v, out v3);
        FieldElement.Square(v3, out FieldElement v7);
        FieldElement.Multiply(v7, v, out v7);
        FieldElement.Multiply(u, v7, out FieldElement fraction);
        Power252(fraction, out FieldElement power);
        FieldElement.Multiply(u, v3, out root);
        FieldElement.Multiply(root, power, out root);

        FieldElement.Square(root, out FieldElement check);
        FieldElement.Multiply(check, v, out check);
        FieldElement.SubtractLoose(check, u, out FieldElement difference);
        if (difference.IsZero)
        {
            return true;
        }

        FieldElement.Multiply(root, Curve.RootOfMinusOne, out root);
        FieldElement sum = new(check.L0 + u.L0, check.L1 + u.L1, check.L2 + u.L2, check.L3 + u.L3, check.L4 + u.L4);
        return sum.IsZero;
    }

    // a^((p - 5) / 8) = a^(2^252 - 3)
    private static void Power252(in FieldElement a, out FieldElement result)
    {
        Ladder(a, out _, out FieldElement power250);
        FieldElement.SquareTimes(power250, 2, out result);
        FieldElement.Multiply(result, a, out result);
    }

    // a^11 and a^(2^250 - 1)
    private static void Ladder(in FieldElement a, out FieldElement power11, out FieldElement power250)
    {
        FieldElement.Square(a, out FieldElement a2);
        FieldElement.SquareTimes(a2, 2, out FieldElement t);
        FieldElement.Multiply(t, a, out FieldElement a9);
        FieldElement.Multiply(a9, a2, out power11);
        FieldElement.Square(power11, out t);
        FieldElement.Multiply(t, a9, out FieldElement ones5);
        Lengthen(ones5, ones5, 5, out FieldElement ones10);
        Lengthen(ones10, ones10, 10, out FieldElement ones20);
        Lengthen(ones20, ones20, 20, out FieldElement ones40);
        Lengthen(ones40, ones10, 10, out FieldElement ones50);
        Lengthen(ones50, ones50, 50, out FieldElement ones100);
        Lengthen(ones100, ones100, 100, out FieldElement ones200);
        Lengthen(ones200, ones50, 50, out power250);
    }

    // From exponents of so many ones each, the exponent of all of them.
    private static void Lengthen(in FieldElement high, in FieldElement low, int lowOnes, out FieldElement result)
    {
        FieldElement.SquareTimes(high, lowOnes, out result);
        FieldElement.Multiply(result, low, out result);
    }
}
