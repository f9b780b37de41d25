using System.Runtime.InteropServices;

namespace LeitherCluster.Ledger.Signatures;

/// <summary>A point as the right side of an addition wants it. Of every limb: y - x is loose, the others are too.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CachedPoint
{
    public FieldElement YPlusX;
    public FieldElement YMinusX;
    public FieldElement TwiceZ;
    public FieldElement TwiceDT;

    public CachedPoint(in EdwardsPoint point)
    {
        FieldElement.Add(point.Y, point.X, out YPlusX);
        FieldElement.Subtract(point.Y, point.X, out YMinusX);
        FieldElement.Add(point.Z, point.Z, out TwiceZ);
        FieldElement.Multiply(point.T, Curve.TwiceD, out TwiceDT);
    }
}
