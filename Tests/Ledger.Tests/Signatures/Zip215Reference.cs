using System.Numerics;
using System.Security.Cryptography;
using LeitherCluster.Tests.Ledger.Keys;

namespace LeitherCluster.Tests.Ledger.Signatures;

/// <summary>ZIP-215 read aloud, in big integers.</summary>
internal static class Zip215Reference
{
    public static bool IsValid(byte[] key, byte[] message, byte[] signature)
    {
        byte[] commitment = signature[..32];
        BigInteger s = new(signature.AsSpan(32), isUnsigned: true);
        if (s >= EdwardsCurve.Order || ExtendedCurve.Decode(key) is not { } a || ExtendedCurve.Decode(commitment) is not { } r)
        {
            return false;
        }

        BigInteger k = Challenge(commitment, key, message);
        ExtendedCurve.Point sum = ExtendedCurve.MultiplyBoth(s, ExtendedCurve.Base, k, ExtendedCurve.Negate(a));
        return ExtendedCurve.IsNeutral(ExtendedCurve.Multiply(8, ExtendedCurve.Add(sum, ExtendedCurve.Negate(r))));
    }

    public static BigInteger Challenge(byte[] commitment, byte[] key, byte[] message) =>
        new BigInteger(SHA512.HashData([.. commitment, .. key, .. message]), isUnsigned: true) % EdwardsCurve.Order;
}
