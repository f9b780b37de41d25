using System.Numerics;
using System.Text;
using LeitherCluster.Tests.Ledger.Keys;

namespace LeitherCluster.Tests.Ledger.Signatures;

/// <summary>
/// Signatures that nobody makes by accident: what validation rules disagree on, after "Taming the many EdDSAs" (Chalkias, Garillot,
/// Nikolaenko 2020) and the test vectors of ZIP-215. They are made from secret scalars, so what must come of them is known.
/// </summary>
internal static class CraftedSignatures
{
    private static readonly BigInteger s_top = BigInteger.One << 255;

    /// <summary>The 14 encodings of the points whose order divides 8, canonical or not.</summary>
    public static IReadOnlyList<byte[]> SmallOrderEncodings { get; } =
    [
        .. EdwardsCurve.SmallOrderPoints()
            .SelectMany(static point => new[] { point.Y, point.Y + EdwardsCurve.P })
            .Where(static y => y < s_top)
            .Distinct()
            .SelectMany(static y => new[] { ExtendedCurve.ToBytes(y), ExtendedCurve.ToBytes(y + s_top) }),
    ];

    /// <summary>Encodings of points with y from p to 2^255 - 1.</summary>
    public static IReadOnlyList<byte[]> NonCanonicalEncodings { get; } =
    [
        .. Enumerable.Range(0, 19)
            .SelectMany(static above => new[] { EdwardsCurve.P + above, EdwardsCurve.P + above + s_top })
            .Select(ExtendedCurve.ToBytes)
            .Where(static encoding => ExtendedCurve.Decode(encoding) != null),
    ];

    /// <summary>ZIP-215's 196: every small-order A with every small-order R, S = 0. All are valid.</summary>
    public static IEnumerable<SignatureCase> SmallOrderPairs() =>
        from key in SmallOrderEncodings
        from commitment in SmallOrderEncodings
        select new SignatureCase(
            $"A {Convert.ToHexStringLower(key)}, R {Convert.ToHexStringLower(commitment)}", key, Encoding.ASCII.GetBytes("Zcash"), [.. commitment, .. new byte[32]], IsValid: true);

    /// <summary>
    /// A = aB + T, R = rB + T', with T and T' of small order (pure, mixed or only torsion), S = r + ka: valid by the cofactor, whatever T and T' are. With
    /// S one more, not.
    /// </summary>
    public static IEnumerable<SignatureCase> Torsion(Random random, int rounds)
    {
        ExtendedCurve.Point[] torsion = [.. EdwardsCurve.SmallOrderPoints().Select(static point => new ExtendedCurve.Point(point.X, point.Y, 1, EdwardsCurve.Mod(point.X * point.Y)))];
        for (int round = 0; round < rounds; round++)
        {
            BigInteger a = round % 5 == 1 ? 0 : Scalar(random);
            BigInteger r = round % 7 == 2 ? 0 : Scalar(random);
            byte[] key = ExtendedCurve.Encode(ExtendedCurve.Add(ExtendedCurve.Multiply(a, ExtendedCurve.Base), torsion[round % 8]));
            byte[] commitment = ExtendedCurve.Encode(ExtendedCurve.Add(ExtendedCurve.Multiply(r, ExtendedCurve.Base), torsion[round / 8 % 8]));
            byte[] message = Bytes(random, random.Next(200));
            BigInteger s = (r + (Zip215Reference.Challenge(commitment, key, message) * a)) % EdwardsCurve.Order;
            yield return new($"torsion {round}", key, message, [.. commitment, .. ExtendedCurve.ToBytes(s)], IsValid: true);
            yield return new($"torsion {round}, S + 1", key, message, [.. commitment, .. ExtendedCurve.ToBytes((s + 1) % EdwardsCurve.Order)], IsValid: false);
        }
    }

    /// <summary>R a non-canonical encoding of a point of small order, A mixed: the equation holds by the cofactor, if k is taken of the bytes as they are.</summary>
    public static IEnumerable<SignatureCase> NonCanonicalCommitments(Random random)
    {
        foreach (byte[] commitment in SmallOrderEncodings)
        {
            BigInteger a = Scalar(random);
            byte[] key = ExtendedCurve.Encode(ExtendedCurve.Multiply(a, ExtendedCurve.Base));
            byte[] message = Bytes(random, 32);
            BigInteger s = Zip215Reference.Challenge(commitment, key, message) * a % EdwardsCurve.Order;
            yield return new($"R {Convert.ToHexStringLower(commitment)}", key, message, [.. commitment, .. ExtendedCurve.ToBytes(s)], IsValid: true);
        }

        foreach (byte[] key in SmallOrderEncodings)
        {
            BigInteger r = Scalar(random);
            byte[] commitment = ExtendedCurve.Encode(ExtendedCurve.Multiply(r, ExtendedCurve.Base));
            yield return new($"A {Convert.ToHexStringLower(key)}", key, Bytes(random, 32), [.. commitment, .. ExtendedCurve.ToBytes(r)], IsValid: true);
        }
    }

    /// <summary>S at L and above, of a signature that would hold otherwise; and S just below.</summary>
    public static IEnumerable<SignatureCase> ResponsesOutOfRange(Random random)
    {
        BigInteger a = Scalar(random);
        byte[] key = ExtendedCurve.Encode(ExtendedCurve.Multiply(a, ExtendedCurve.Base));
        foreach (BigInteger wanted in new BigInteger[] { 0, 1, EdwardsCurve.Order - 1, Scalar(random) })
        {
            // R = S B - k A has k in it: so A is neutral here.
            byte[] neutral = ExtendedCurve.ToBytes(1);
            byte[] commitment = ExtendedCurve.Encode(ExtendedCurve.Multiply(wanted, ExtendedCurve.Base));
            for (BigInteger s = wanted; s < BigInteger.One << 256; s += EdwardsCurve.Order)
            {
                yield return new($"S = {s}", neutral, [1, 2, 3], [.. commitment, .. ExtendedCurve.ToBytes(s)], s < EdwardsCurve.Order);
            }
        }

        byte[] message = Bytes(random, 64);
        BigInteger r = Scalar(random);
        byte[] own = ExtendedCurve.Encode(ExtendedCurve.Multiply(r, ExtendedCurve.Base));
        BigInteger response = (r + (Zip215Reference.Challenge(own, key, message) * a)) % EdwardsCurve.Order;
        for (BigInteger s = response; s < BigInteger.One << 256; s += EdwardsCurve.Order)
        {
            yield return new($"S + {s / EdwardsCurve.Order} L", key, message, [.. own, .. ExtendedCurve.ToBytes(s)], s < EdwardsCurve.Order);
        }

        yield return new("S all ones", key, message, [.. own, .. Enumerable.Repeat((byte)0xFF, 32)], IsValid: false);
    }

    /// <summary>Keys and R's of any bytes, and at the edges of the field, where half of them are no points: what the reference says.</summary>
    public static IEnumerable<SignatureCase> AnyBytes(Random random, int count)
    {
        byte[][] edges = [.. NonCanonicalEncodings, .. SmallOrderEncodings, ExtendedCurve.ToBytes((BigInteger.One << 256) - 1), ExtendedCurve.ToBytes(s_top - 1), ExtendedCurve.ToBytes(2)];
        for (int i = 0; i < count; i++)
        {
            byte[] key = i % 3 == 0 ? edges[random.Next(edges.Length)] : Bytes(random, 32);
            byte[] commitment = i % 4 == 0 ? edges[random.Next(edges.Length)] : Bytes(random, 32);
            byte[] message = Bytes(random, random.Next(300));
            byte[] signature = [.. commitment, .. i % 2 == 0 ? new byte[32] : ExtendedCurve.ToBytes(Scalar(random))];
            yield return new($"any bytes {i}", key, message, signature, Zip215Reference.IsValid(key, message, signature));
        }
    }

    public static BigInteger Scalar(Random random) => new BigInteger(Bytes(random, 64), isUnsigned: true) % EdwardsCurve.Order;

    public static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
