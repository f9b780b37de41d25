using System.Runtime.InteropServices;

namespace LeitherCluster.Ledger.Signatures;

/// <summary>A point with z = 1 as the right side of an addition wants it: y + x, y - x, 2d x y. Tight.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AffinePoint
{
    public FieldElement YPlusX;
    public FieldElement YMinusX;
    public FieldElement TwiceDXY;

    public AffinePoint(in EdwardsPoint point)
    {
        FieldElement inverse = FieldRoot.Inverse(point.Z);
        FieldElement.Multiply(point.X, inverse, out FieldElement x);
        FieldElement.Multiply(point.Y, inverse, out FieldElement y);
        FieldElement.Add(y, x, out YPlusX);
        FieldElement.Subtract(y, x, out YMinusX);
        FieldElement.Multiply(x, y, out TwiceDXY);
        FieldElement.Multiply(TwiceDXY, Curve.TwiceD, out TwiceDXY);
        YPlusX = YPlusX.Reduced();
        YMinusX = YMinusX.Reduced();
        TwiceDXY = TwiceDXY.Reduced();
    }
}
