using System.Numerics;
using LeitherCluster.Tests.Ledger.Keys;

namespace LeitherCluster.Tests.Ledger.Signatures;

/// <summary>edwards25519 in big integers and extended coordinates: like <see cref="EdwardsCurve"/>, without its inversions.</summary>
internal static class ExtendedCurve
{
    private static readonly BigInteger s_d = EdwardsCurve.Mod(-121665 * BigInteger.ModPow(121666, EdwardsCurve.P - 2, EdwardsCurve.P));

    public static Point Neutral => new(0, 1, 1, 0);

    public static Point Base { get; } = Decode(Convert.FromHexString("58" + string.Concat(Enumerable.Repeat("66", 31))))!;

    /// <summary>ZIP-215: y may be p and above, and x = 0 goes with either sign.</summary>
    public static Point? Decode(ReadOnlySpan<byte> encoding)
    {
        BigInteger bits = new(encoding, isUnsigned: true);
        BigInteger sign = bits >> 255;
        if (EdwardsCurve.Decode(bits & ((BigInteger.One << 255) - 1)) is not { } point)
        {
            return null;
        }

        BigInteger x = sign.IsZero ? point.X : EdwardsCurve.Mod(-point.X);
        return new Point(x, point.Y, 1, EdwardsCurve.Mod(x * point.Y));
    }

    /// <summary>The canonical encoding.</summary>
    public static byte[] Encode(Point point)
    {
        BigInteger inverse = BigInteger.ModPow(point.Z, EdwardsCurve.P - 2, EdwardsCurve.P);
        BigInteger x = EdwardsCurve.Mod(point.X * inverse);
        return ToBytes(EdwardsCurve.Mod(point.Y * inverse) + (x.IsEven ? 0 : BigInteger.One << 255));
    }

    public static Point Add(Point left, Point right)
    {
        BigInteger a = EdwardsCurve.Mod((left.Y - left.X) * (right.Y - right.X));
        BigInteger b = EdwardsCurve.Mod((left.Y + left.X) * (right.Y + right.X));
        BigInteger c = EdwardsCurve.Mod(2 * s_d * left.T * right.T);
        BigInteger d = EdwardsCurve.Mod(2 * left.Z * right.Z);
        return new Point(
            EdwardsCurve.Mod((b - a) * (d - c)),
            EdwardsCurve.Mod((d + c) * (b + a)),
            EdwardsCurve.Mod((d - c) * (d + c)),
            EdwardsCurve.Mod((b - a) * (b + a)));
    }

    public static Point Negate(Point point) => point with { X = EdwardsCurve.Mod(-point.X), T = EdwardsCurve.Mod(-point.T) };

    public static Point Multiply(BigInteger factor, Point point) => MultiplyBoth(factor, point, 0, Neutral);

    /// <summary>The sum of two products.</summary>
    public static Point MultiplyBoth(BigInteger factor, Point point, BigInteger otherFactor, Point other)
    {
        Point both = Add(point, other);
        Point sum = Neutral;
        for (int bit = (int)Math.Max(factor.GetBitLength(), otherFactor.GetBitLength()) - 1; bit >= 0; bit--)
        {
            sum = Add(sum, sum);
            bool first = !((factor >> bit) & 1).IsZero;
            bool second = !((otherFactor >> bit) & 1).IsZero;
            sum = first ? Add(sum, second ? both : point) : second ? Add(sum, other) : sum;
        }

        return sum;
    }

    public static bool IsNeutral(Point point) => point.X.IsZero && point.Y == point.Z;

    /// <summary>32 bytes, little-endian.</summary>
    public static byte[] ToBytes(BigInteger value)
    {
        byte[] bytes = new byte[32];
        Assert.True(value.TryWriteBytes(bytes, out _, isUnsigned: true));
        return bytes;
    }

    internal sealed record Point(BigInteger X, BigInteger Y, BigInteger Z, BigInteger T);
}
