using System.Numerics;

namespace LeitherCluster.Tests.Ledger.Keys;

/// <summary>edwards25519 in plain big integers (RFC 8032, section 5.1): slow, and nothing to do with the code under test.</summary>
internal static class EdwardsCurve
{
    public static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;
    public static readonly BigInteger Order = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493");
    private static readonly BigInteger s_d = Mod(-121665 * Inverse(121666));
    private static readonly BigInteger s_rootOfMinusOne = BigInteger.ModPow(2, (P - 1) / 4, P);

    public static Point Neutral => new(0, 1);

    /// <summary>The point with this y and the even x, or null if y is on no point. y may be p and above.</summary>
    public static Point? Decode(BigInteger y)
    {
        y = Mod(y);
        BigInteger xSquared = Mod((y * y - 1) * Inverse(s_d * y * y + 1));
        BigInteger x = BigInteger.ModPow(xSquared, (P + 3) / 8, P);
        if (Mod(x * x - xSquared) != 0)
        {
            x = Mod(x * s_rootOfMinusOne);
        }

        return Mod(x * x - xSquared) != 0 ? null : new Point(x.IsEven ? x : P - x, y);
    }

    public static Point Add(Point left, Point right)
    {
        BigInteger product = s_d * left.X * right.X * left.Y * right.Y;
        return new Point(
            Mod((left.X * right.Y + left.Y * right.X) * Inverse(1 + product)),
            Mod((left.Y * right.Y + left.X * right.X) * Inverse(1 - product)));
    }

    public static Point Multiply(BigInteger factor, Point point)
    {
        Point result = Neutral;
        for (; factor > 0; factor >>= 1)
        {
            result = factor.IsEven ? result : Add(result, point);
            point = Add(point, point);
        }

        return result;
    }

    /// <summary>Every point whose order divides 8.</summary>
    public static IReadOnlyList<Point> SmallOrderPoints()
    {
        // Some point times the prime order is a point of the subgroup of 8; one of order 8 generates it.
        for (BigInteger y = 2; ; y++)
        {
            if (Decode(y) is { } point)
            {
                Point candidate = Multiply(Order, point);
                if (Multiply(4, candidate) != Neutral)
                {
                    return [.. Enumerable.Range(0, 8).Select(factor => Multiply(factor, candidate))];
                }
            }
        }
    }

    public static BigInteger Mod(BigInteger value) => ((value % P) + P) % P;

    private static BigInteger Inverse(BigInteger value) => BigInteger.ModPow(Mod(value), P - 2, P);

    internal readonly record struct Point(BigInteger X, BigInteger Y);
}
