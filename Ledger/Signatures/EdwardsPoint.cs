using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LeitherCluster.Ledger.Signatures;

/// <summary>
/// A point of edwards25519 in extended coordinates: x = X/Z, y = Y/Z, T = XY/Z. Coordinates are tight. The formulas are those of
/// Hisil, Wong, Carter and Dawson (2008) for a = -1, complete for every point of the curve, those of small order included.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct EdwardsPoint
{
    private const byte SignBit = 0x80;

    public FieldElement X;
    public FieldElement Y;
    public FieldElement Z;
    public FieldElement T;

    /// <summary>The neutral element, (0, 1).</summary>
    public static EdwardsPoint Neutral => new() { Y = FieldElement.One, Z = FieldElement.One };

    /// <summary>Whether this is (0, 1).</summary>
    public readonly bool IsNeutral
    {
        get
        {
            FieldElement.Subtract(Y, Z, out FieldElement difference);
            return X.IsZero && difference.IsZero;
        }
    }

    /// <summary>
    /// Decodes 32 bytes as ZIP-215 does: RFC 8032, section 5.1.3, but y may be p and above, and x = 0 goes with either sign bit. False
    /// if no point has this y.
    /// </summary>
    public static bool TryDecode(byte* bytes, out EdwardsPoint point)
    {
        point.Y = FieldElement.Read(bytes);
        point.Z = FieldElement.One;
        FieldElement.Square(point.Y, out FieldElement y2);
        FieldElement.SubtractLoose(y2, point.Z, out FieldElement u);
        FieldElement.Multiply(y2, Curve.D, out FieldElement v);
        v.L0++;
        bool isOnCurve = FieldRoot.TryRoot(u, v, out point.X);
        if (point.X.IsOdd != ((bytes[FieldElement.ByteLength - 1] & SignBit) != 0))
        {
            FieldElement.SubtractLoose(FieldElement.Zero, point.X, out point.X);
        }

        FieldElement.Multiply(point.X, point.Y, out point.T);
        return isOnCurve;
    }

    /// <summary>Twice the point; T is left out where the next step does not need it.</summary>
    public static void Double(ref EdwardsPoint point, bool withT)
    {
        FieldElement.Square(point.X, out FieldElement a);
        FieldElement.Square(point.Y, out FieldElement b);
        FieldElement.Square(point.Z, out FieldElement c);
        FieldElement.Add(point.X, point.Y, out FieldElement sum);
        FieldElement.Square(sum, out FieldElement e);
        FieldElement.Add(a, b, out FieldElement h);
        FieldElement.SubtractLoose(e, h, out e);
        FieldElement.Subtract(b, a, out FieldElement g);
        FieldElement.Add(c, c, out c);
        FieldElement.SubtractLoose(c, g, out FieldElement f);
        Join(ref point, e, f, g, h, withT);
    }

    /// <summary>Adds a point, or subtracts it.</summary>
    public static void Add(ref EdwardsPoint point, in CachedPoint other, bool isNegative, bool withT)
    {
        FieldElement.Subtract(point.Y, point.X, out FieldElement a);
        FieldElement.Add(point.Y, point.X, out FieldElement b);
        FieldElement.Multiply(a, isNegative ? ref Unsafe.AsRef(in other.YPlusX) : ref Unsafe.AsRef(in other.YMinusX), out a);
        FieldElement.Multiply(b, isNegative ? ref Unsafe.AsRef(in other.YMinusX) : ref Unsafe.AsRef(in other.YPlusX), out b);
        FieldElement.Multiply(point.T, other.TwiceDT, out FieldElement c);
        FieldElement.Multiply(point.Z, other.TwiceZ, out FieldElement d);
        FieldElement.Subtract(b, a, out FieldElement e);
        FieldElement.Add(b, a, out FieldElement h);
        FieldElement.Subtract(d, c, out FieldElement f);
        FieldElement.Add(d, c, out FieldElement g);
        if (isNegative)
        {
            Join(ref point, e, g, f, h, withT);
        }
        else
        {
            Join(ref point, e, f, g, h, withT);
        }
    }

    /// <summary>Adds a point, or subtracts it.</summary>
    public static void Add(ref EdwardsPoint point, in AffinePoint other, bool isNegative, bool withT)
    {
        FieldElement.Subtract(point.Y, point.X, out FieldElement a);
        FieldElement.Add(point.Y, point.X, out FieldElement b);
        FieldElement.Multiply(a, isNegative ? ref Unsafe.AsRef(in other.YPlusX) : ref Unsafe.AsRef(in other.YMinusX), out a);
        FieldElement.Multiply(b, isNegative ? ref Unsafe.AsRef(in other.YMinusX) : ref Unsafe.AsRef(in other.YPlusX), out b);
        FieldElement.Multiply(point.T, other.TwiceDXY, out FieldElement c);
        FieldElement.Add(point.Z, point.Z, out FieldElement d);
        FieldElement.Subtract(b, a, out FieldElement e);
        FieldElement.Add(b, a, out FieldElement h);
        FieldElement.SubtractLoose(d, c, out FieldElement f);
        FieldElement.Add(d, c, out FieldElement g);
        if (isNegative)
        {
            Join(ref point, e, g, f, h, withT);
        }
        else
        {
            Join(ref point, e, f, g, h, withT);
        }
    }

    private static void Join(ref EdwardsPoint point, in FieldElement e, in FieldElement f, in FieldElement g, in FieldElement h, bool withT)
    {
        FieldElement.Multiply(e, f, out point.X);
        FieldElement.Multiply(g, h, out point.Y);
        FieldElement.Multiply(f, g, out point.Z);
        if (withT)
        {
            FieldElement.Multiply(e, h, out point.T);
        }
    }
}
