using System.Runtime.CompilerServices;
using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Ledger.Signatures;

/// <summary>
/// One signature under ZIP-215's rule, in plain C#, but for the products where there are lanes: S is below L, R and A decode, and 8 (S B - k A - R) is neutral, with
/// k = SHA-512(R | A | M) modulo L.
/// </summary>
internal static unsafe class SingleVerification
{
    private const int KeyWidth = 5;
    private const int KeyMultiples = 1 << (KeyWidth - 2);

    /// <summary>Whether the signature holds. Never throws, allocates nothing.</summary>
    [SkipLocalsInit]
    public static bool Holds(byte* publicKey, byte* message, int messageLength, byte* signature)
    {
        if (!Scalar.TryRead(signature + FieldElement.ByteLength, out Scalar s)
            || !EdwardsPoint.TryDecode(publicKey, out EdwardsPoint key)
            || !EdwardsPoint.TryDecode(signature, out EdwardsPoint commitment))
        {
            return false;
        }

        byte* digest = stackalloc byte[Sha512Constants.DigestBytes];
        Sha512.Hash(new Sha512Input(signature, publicKey, message, messageLength), digest);
        Scalar.Reduce((ulong*)digest, out Scalar challenge);
        EdwardsPoint sum = QuadCombination.IsSupported ? QuadCombination.Run(s, challenge, key) : Combine(s, challenge, key);
        EdwardsPoint.Add(ref sum, new CachedPoint(commitment), isNegative: true, withT: false);
        EdwardsPoint.Double(ref sum, withT: false);
        EdwardsPoint.Double(ref sum, withT: false);
        EdwardsPoint.Double(ref sum, withT: false);
        return sum.IsNeutral;
    }

    // s B - k A, both sums in one run of doublings.
    [SkipLocalsInit]
    private static EdwardsPoint Combine(in Scalar s, in Scalar k, in EdwardsPoint key)
    {
        sbyte* baseDigits = stackalloc sbyte[SignedDigits.Count];
        sbyte* keyDigits = stackalloc sbyte[SignedDigits.Count];
        int top = Math.Max(SignedDigits.Write(s, BaseTable.Width, baseDigits), SignedDigits.Write(k, KeyWidth, keyDigits));
        CachedPoint* multiples = stackalloc CachedPoint[KeyMultiples];
        OddMultiples(key, multiples);
        EdwardsPoint sum = EdwardsPoint.Neutral;
        for (int place = top - 1; place >= 0; place--)
        {
            int keyDigit = keyDigits[place];
            int baseDigit = baseDigits[place];
            EdwardsPoint.Double(ref sum, withT: (keyDigit | baseDigit) != 0 || place == 0);
            if (keyDigit != 0)
            {
                EdwardsPoint.Add(ref sum, multiples[Math.Abs(keyDigit) >> 1], keyDigit > 0, withT: baseDigit != 0 || place == 0);
            }

            if (baseDigit != 0)
            {
                EdwardsPoint.Add(ref sum, BaseTable.Multiple(baseDigit), baseDigit < 0, withT: place == 0);
            }
        }

        return sum;
    }

    private static void OddMultiples(in EdwardsPoint key, CachedPoint* multiples)
    {
        EdwardsPoint multiple = key;
        EdwardsPoint twice = key;
        EdwardsPoint.Double(ref twice, withT: true);
        CachedPoint step = new(twice);
        multiples[0] = new CachedPoint(key);
        for (int i = 1; i < KeyMultiples; i++)
        {
            EdwardsPoint.Add(ref multiple, step, isNegative: false, withT: true);
            multiples[i] = new CachedPoint(multiple);
        }
    }
}
