namespace LeitherCluster.Ledger.Signatures;

/// <summary>The lanes of one instruction set at work: what of it does not lie in the rows of its callers is memory of its own.</summary>
internal sealed unsafe partial class LaneEngine<TVector, TField> : ILaneEngine
    where TVector : unmanaged
    where TField : struct, IFieldLanes<TVector>
{
    private const int WidthMax = 8;
    private const int PointWidth = PointLanes<TVector, TField>.PointWidth;
    private const int AffineWidth = PointLanes<TVector, TField>.AffineWidth;
    private const int Limbs = PointLanes<TVector, TField>.Limbs;
    private const int DecodeGroups = DecodingLanes<TVector, TField>.Groups;

    // Two points, an addend, a constant, and what decoding works in.
    private const int Vectors = ((DecodeGroups + 1) * PointWidth) + (2 * Limbs) + DecodingLanes<TVector, TField>.WorkWidth;

    private readonly PinnedRoom _room;
    private readonly TVector* _twiceD;
    private readonly TVector* _points;
    private readonly TVector* _addend;
    private readonly TVector* _work;
    private readonly double* _keyMultiples;
    private readonly double* _buckets;
    private readonly EdwardsPoint* _windows;

    public LaneEngine()
    {
        int keyDoubles = (KeyMultipleMax + 1) * TField.Width * PointRow.PointDoubles;
        int bucketDoubles = (BucketMax + 1) * TField.Width * PointRow.PointDoubles;
        long bytes = ((long)Vectors * sizeof(TVector)) + ((keyDoubles + bucketDoubles) * sizeof(double)) + (WindowsMax * sizeof(EdwardsPoint));
        _room = new PinnedRoom(bytes, pieces: 4);
        _points = _room.Take<TVector>(Vectors);
        _addend = _points + (DecodeGroups * PointWidth);
        _twiceD = _addend + PointWidth;
        _work = _twiceD + (2 * Limbs);
        _keyMultiples = _room.Take<double>(keyDoubles);
        _buckets = _room.Take<double>(bucketDoubles);
        _windows = _room.Take<EdwardsPoint>(WindowsMax);
        DecodingLanes<TVector, TField>.Broadcast(Curve.TwiceD, _twiceD);
    }

    public int Width => TField.Width;

    public void Decode(byte** encodings, int count, double** rows, byte* valid)
    {
        byte** padded = stackalloc byte*[DecodeGroups * WidthMax];
        double** places = stackalloc double*[WidthMax];
        double* discarded = stackalloc double[PointRow.AffineDoubles];
        int width = TField.Width;
        for (int first = 0; first < count; first += DecodeGroups * width)
        {
            for (int i = 0; i < DecodeGroups * width; i++)
            {
                padded[i] = encodings[Math.Min(first + i, count - 1)];
            }

            uint lanes = DecodingLanes<TVector, TField>.Decode(padded, _points, _work);
            for (int group = 0; group < DecodeGroups; group++)
            {
                PointLanes<TVector, TField>.ToAffine(_points + (group * PointWidth), _twiceD, _addend, _work);
                for (int lane = 0; lane < width; lane++)
                {
                    int index = first + (group * width) + lane;
                    places[lane] = index < count ? rows[index] : discarded;
                    if (index < count)
                    {
                        valid[index] = (byte)(lanes & 1);
                    }

                    lanes >>= 1;
                }

                TField.Scatter(_addend, AffineWidth, places);
            }
        }
    }
}
