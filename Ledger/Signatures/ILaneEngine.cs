namespace LeitherCluster.Ledger.Signatures;

/// <summary>What batches need of an instruction set's lanes. An engine has memory of its own, and serves one thread.</summary>
internal unsafe interface ILaneEngine
{
    /// <summary>How many signatures go side by side.</summary>
    int Width { get; }

    /// <summary>
    /// Decodes points by ZIP-215's rule. Writes a row of <see cref="PointRow.AffineDoubles"/> for each, and a 1 where it is a point's encoding;
    /// where not, a 0, and any row.
    /// </summary>
    void Decode(byte** encodings, int count, double** rows, byte* valid);

    /// <summary>
    /// Judges up to <see cref="Width"/> signatures by themselves: a bit for each for which 8 (S B - k A - R) is neutral, from the rows of its A and R.
    /// </summary>
    uint Judge(double** keys, double** commitments, Scalar* challenges, Scalar* responses, int count);

    /// <summary>
    /// Whether 8 times the sum of digits times points is neutral. Digits are windows of 4 or 8 bits, each less half a window:
    /// 32 bytes for the first <paramref name="longCount"/> points, 16 for the others.
    /// </summary>
    bool IsSumNeutral(double** points, byte** digits, int longCount, int count, int windowBits);
}
