using System.Runtime.CompilerServices;

namespace LeitherCluster.Ledger.Signatures;

/// <content>
/// A sum of many points by buckets (Pippenger), one window a lane: every lane adds the same point, each to the bucket of its own digit, so
/// that no two lanes ever meet. A signature costs one such addition for 8 (or 4) windows, 7 products a lane: with windows of 8 bits
/// 4 for A and 2 for R in eight lanes. The buckets of all windows are summed up once a batch, 2 additions for each of 128 buckets and
/// group of windows. With windows of 4 bits it is 8 and 4, and 8 buckets: better for small batches.
/// </content>
internal sealed unsafe partial class LaneEngine<TVector, TField>
{
    private const int BucketMax = 128;
    private const int WindowsMax = 64;
    private const int LongBits = 256;
    private const int ShortBits = 128;

    [SkipLocalsInit]
    public bool IsSumNeutral(double** points, byte** digits, int longCount, int count, int windowBits)
    {
        int groups = LongBits / windowBits / TField.Width;
        int shortGroups = ShortBits / windowBits / TField.Width;
        for (int group = 0; group < groups; group++)
        {
            FillBuckets(points, digits, group < shortGroups ? count : longCount, group * TField.Width, windowBits);
            SumBuckets(1 << (windowBits - 1), _windows + (group * TField.Width));
        }

        EdwardsPoint sum = EdwardsPoint.Neutral;
        for (int window = (groups * TField.Width) - 1; window >= 0; window--)
        {
            for (int done = 1; done <= windowBits; done++)
            {
                EdwardsPoint.Double(ref sum, withT: done == windowBits);
            }

            EdwardsPoint.Add(ref sum, new CachedPoint(_windows[window]), isNegative: false, withT: false);
        }

        EdwardsPoint.Double(ref sum, withT: false);
        EdwardsPoint.Double(ref sum, withT: false);
        EdwardsPoint.Double(ref sum, withT: false);
        return sum.IsNeutral;
    }

    // Bucket 0 takes what no bucket needs, so that no lane has to stand aside.
    [SkipLocalsInit]
    private void FillBuckets(double** points, byte** digits, int count, int firstWindow, int windowBits)
    {
        ClearBuckets(1 << (windowBits - 1));
        double** rows = stackalloc double*[WidthMax];
        for (int i = 0; i < count; i++)
        {
            uint negated = 0;
            byte* own = digits[i];
            for (int lane = 0; lane < TField.Width; lane++)
            {
                int digit = WindowDigits.Digit(own, firstWindow + lane, windowBits);
                rows[lane] = Bucket(Math.Abs(digit), lane);
                negated |= (uint)(digit >>> 31) << lane;
            }

            TField.Gather(rows, PointWidth, _points);
            TField.Broadcast(points[i], AffineWidth, _addend);
            NegateAddend(negated);
            PointLanes<TVector, TField>.AddAffine(_points, _addend, withT: true, _work);
            TField.Scatter(_points, PointWidth, rows);
        }
    }

    // The sum of b times bucket b, from the top: what was met so far is added once more for every bucket.
    private void SumBuckets(int bucketMax, EdwardsPoint* windows)
    {
        TVector* met = _points;
        TVector* sum = _points + PointWidth;
        double** rows = stackalloc double*[WidthMax];
        PointLanes<TVector, TField>.SetNeutral(met);
        PointLanes<TVector, TField>.SetNeutral(sum);
        for (int bucket = bucketMax; bucket > 0; bucket--)
        {
            SetRows(bucket, rows);
            TField.Gather(rows, PointWidth, _addend);
            PointLanes<TVector, TField>.ToCached(_addend, _twiceD, _addend, _work);
            PointLanes<TVector, TField>.AddCached(met, _addend, withT: true, _work);
            PointLanes<TVector, TField>.ToCached(met, _twiceD, _addend, _work);
            PointLanes<TVector, TField>.AddCached(sum, _addend, withT: true, _work);
        }

        SetRows(0, rows);
        TField.Scatter(sum, PointWidth, rows);
        for (int lane = 0; lane < TField.Width; lane++)
        {
            windows[lane] = PointRow.Read(rows[lane]);
        }
    }

    private void ClearBuckets(int bucketMax)
    {
        double** rows = stackalloc double*[WidthMax];
        PointLanes<TVector, TField>.SetNeutral(_points);
        for (int bucket = 0; bucket <= bucketMax; bucket++)
        {
            SetRows(bucket, rows);
            TField.Scatter(_points, PointWidth, rows);
        }
    }

    private void SetRows(int bucket, double** rows)
    {
        for (int lane = 0; lane < TField.Width; lane++)
        {
            rows[lane] = Bucket(bucket, lane);
        }
    }

    private double* Bucket(int bucket, int lane) => _buckets + (((bucket * TField.Width) + lane) * PointRow.PointDoubles);
}
