using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Ledger.Signatures;

/// <summary>S B - k A of a single signature, in <see cref="QuadPoint"/>s.</summary>
internal static unsafe class QuadCombination
{
    private const int KeyWidth = 5;
    private const int KeyMultiples = 1 << (KeyWidth - 2);
    private const int BaseWidth = 8;
    private const int BaseMultiples = 1 << (BaseWidth - 2);
    private const int Limbs = QuadPoint.Limbs;
    private const int Vectors = (KeyMultiples + 3) * Limbs;

    private static readonly Vector256<double>* s_baseMultiples = CreateBaseMultiples();

    public static bool IsSupported => QuadPoint.IsSupported;

    [SkipLocalsInit]
    public static EdwardsPoint Run(in Scalar s, in Scalar k, in EdwardsPoint key)
    {
        sbyte* baseDigits = stackalloc sbyte[SignedDigits.Count];
        sbyte* keyDigits = stackalloc sbyte[SignedDigits.Count];
        int top = Math.Max(SignedDigits.Write(s, BaseWidth, baseDigits), SignedDigits.Write(k, KeyWidth, keyDigits));
        byte* buffer = stackalloc byte[((Vectors + QuadPoint.WorkWidth) * sizeof(Vector256<double>)) + LaneMemory.Alignment];
        Vector256<double>* keyMultiples = LaneMemory.Align<Vector256<double>>(buffer);
        Vector256<double>* sum = keyMultiples + (KeyMultiples * Limbs);
        Vector256<double>* step = sum + Limbs;
        Vector256<double>* work = keyMultiples + Vectors;
        MakeOddMultiples(key, KeyMultiples, keyMultiples, sum, step, work);
        QuadPoint.Write(EdwardsPoint.Neutral, sum);
        for (int place = top - 1; place >= 0; place--)
        {
            QuadPoint.Double(sum, work);
            int keyDigit = keyDigits[place];
            if (keyDigit != 0)
            {
                QuadPoint.Add(sum, keyMultiples + (Math.Abs(keyDigit) / 2 * Limbs), keyDigit > 0, work);
            }

            int baseDigit = baseDigits[place];
            if (baseDigit != 0)
            {
                QuadPoint.Add(sum, s_baseMultiples + (Math.Abs(baseDigit) / 2 * Limbs), baseDigit < 0, work);
            }
        }

        return QuadPoint.Read(sum);
    }

    // P, 3P, 5P, ..., cached.
    private static void MakeOddMultiples(
        in EdwardsPoint point, int count, Vector256<double>* multiples, Vector256<double>* multiple, Vector256<double>* step, Vector256<double>* work)
    {
        QuadPoint.Write(point, multiple);
        QuadPoint.Double(multiple, work);
        QuadPoint.ToCached(multiple, step, work);
        QuadPoint.Write(point, multiple);
        for (int i = 0; i < count; i++)
        {
            QuadPoint.ToCached(multiple, multiples + (i * Limbs), work);
            QuadPoint.Add(multiple, step, isNegative: false, work);
        }
    }

    private static Vector256<double>* CreateBaseMultiples()
    {
        if (!IsSupported)
        {
            return null;
        }

        int bytes = sizeof(Vector256<double>) * Limbs;
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)((BaseMultiples * bytes) + (3 * bytes) + (QuadPoint.WorkWidth * sizeof(Vector256<double>))), LaneMemory.Alignment);
        Vector256<double>* multiples = (Vector256<double>*)memory;
        Vector256<double>* multiple = multiples + (BaseMultiples * Limbs);
        MakeOddMultiples(BaseTable.Base, BaseMultiples, multiples, multiple, multiple + Limbs, multiple + (3 * Limbs));
        return multiples;
    }
}
