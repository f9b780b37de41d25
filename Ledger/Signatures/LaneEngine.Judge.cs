using System.Runtime.CompilerServices;

namespace LeitherCluster.Ledger.Signatures;

/// <content>
/// Signatures judged by themselves, one a lane: S B - k A - R by one run of 252 doublings, with k in windows of 4 bits over a table of
/// the lane's own, and S in windows of 8 over the base point's. Lane by lane that is 252 * (3 squares and 3 products), 64 additions of 8 products,
/// 32 of 7, and a table of 8 multiples: about 850 squares and 1,600 products, next to some 520 squares for decoding A and R.
/// </content>
internal sealed unsafe partial class LaneEngine<TVector, TField>
{
    private const int KeyMultipleMax = 8;
    private const int KeyWindowBits = 4;
    private const int KeyWindows = 64;
    private const int BaseHalfWindow = 128;

    [SkipLocalsInit]
    public uint Judge(double** keys, double** commitments, Scalar* challenges, Scalar* responses, int count)
    {
        byte* keyDigits = stackalloc byte[WidthMax * Scalar.ByteLength];
        byte* baseDigits = stackalloc byte[WidthMax * Scalar.ByteLength];
        double** keyRows = stackalloc double*[WidthMax];
        double** commitmentRows = stackalloc double*[WidthMax];
        for (int lane = 0; lane < TField.Width; lane++)
        {
            int index = Math.Min(lane, count - 1);
            keyRows[lane] = keys[index];
            commitmentRows[lane] = commitments[index];
            WindowDigits.Write(challenges[index], KeyWindowBits, keyDigits + (lane * Scalar.ByteLength));
            WindowDigits.Write(responses[index], WindowDigits.ByteBits, baseDigits + (lane * Scalar.ByteLength));
        }

        MakeKeyMultiples(keyRows);
        PointLanes<TVector, TField>.SetNeutral(_points);
        for (int window = KeyWindows - 1; window >= 0; window--)
        {
            bool withBase = window % 2 == 0;
            if (window < KeyWindows - 1)
            {
                DoubleTimes(KeyWindowBits);
            }

            AddKeys(keyDigits, window, withT: withBase);
            if (withBase)
            {
                AddBase(baseDigits, window / 2, withT: window == 0);
            }
        }

        TField.Gather(commitmentRows, AffineWidth, _addend);
        NegateAddend(uint.MaxValue);
        PointLanes<TVector, TField>.AddAffine(_points, _addend, withT: false, _work);
        MultiplyByCofactor();
        return PointLanes<TVector, TField>.NeutralLanes(_points, _work) & ((1u << count) - 1);
    }

    // Rows of 0, A, ... 8 A, cached, for every lane: lane after lane, as the bucket rows are.
    private void MakeKeyMultiples(double** keyRows)
    {
        TVector* key = _points + PointWidth;
        TField.Gather(keyRows, AffineWidth, key);
        PointLanes<TVector, TField>.SetNeutral(_points);
        double** rows = stackalloc double*[WidthMax];
        for (int multiple = 0; multiple <= KeyMultipleMax; multiple++)
        {
            for (int lane = 0; lane < TField.Width; lane++)
            {
                rows[lane] = KeyMultiple(multiple, lane);
            }

            PointLanes<TVector, TField>.ToCached(_points, _twiceD, _addend, _work);
            TField.Scatter(_addend, PointWidth, rows);
            PointLanes<TVector, TField>.AddAffine(_points, key, withT: true, _work);
        }
    }

    private void AddKeys(byte* digits, int window, bool withT)
    {
        double** rows = stackalloc double*[WidthMax];
        uint negated = 0;
        for (int lane = 0; lane < TField.Width; lane++)
        {
            // It is subtracted: what is not negative is negated.
            int digit = WindowDigits.Digit(digits + (lane * Scalar.ByteLength), window, KeyWindowBits);
            rows[lane] = KeyMultiple(Math.Abs(digit), lane);
            negated |= digit < 0 ? 0 : 1u << lane;
        }

        TField.Gather(rows, PointWidth, _addend);
        TField.NegateWhere(
            negated,
            _addend + PointLanes<TVector, TField>.YPlusX,
            _addend + PointLanes<TVector, TField>.YMinusX,
            _addend + PointLanes<TVector, TField>.TwiceDT);
        PointLanes<TVector, TField>.AddCached(_points, _addend, withT, _work);
    }

    private void AddBase(byte* digits, int window, bool withT)
    {
        double** rows = stackalloc double*[WidthMax];
        uint negated = 0;
        for (int lane = 0; lane < TField.Width; lane++)
        {
            int digit = digits[(lane * Scalar.ByteLength) + window] - BaseHalfWindow;
            rows[lane] = BaseRows.Multiple(Math.Abs(digit));
            negated |= digit < 0 ? 1u << lane : 0;
        }

        TField.Gather(rows, AffineWidth, _addend);
        NegateAddend(negated);
        PointLanes<TVector, TField>.AddAffine(_points, _addend, withT, _work);
    }

    private void NegateAddend(uint lanes) => TField.NegateWhere(
        lanes,
        _addend + PointLanes<TVector, TField>.YPlusX,
        _addend + PointLanes<TVector, TField>.YMinusX,
        _addend + PointLanes<TVector, TField>.TwiceDXY);

    private void DoubleTimes(int times)
    {
        for (int done = 1; done <= times; done++)
        {
            PointLanes<TVector, TField>.Double(_points, withT: done == times, _work);
        }
    }

    private void MultiplyByCofactor()
    {
        PointLanes<TVector, TField>.Double(_points, withT: false, _work);
        PointLanes<TVector, TField>.Double(_points, withT: false, _work);
        PointLanes<TVector, TField>.Double(_points, withT: false, _work);
    }

    private double* KeyMultiple(int multiple, int lane) => _keyMultiples + (((multiple * TField.Width) + lane) * PointRow.PointDoubles);
}
