using System.Numerics;
using System.Runtime.Intrinsics;
using LeitherCluster.Ledger.Signatures;
using LeitherCluster.Tests.Ledger.Keys;

namespace LeitherCluster.Tests.Ledger.Signatures;

/// <summary>
/// The point formulas of single verification with every limb of every coordinate at its bound, beside big integers. (The formulas hold for any coordinates, of
/// points of the curve or not.)
/// </summary>
public sealed unsafe class QuadPointTests
{
    private const int Coordinates = 4;
    private const int Limbs = 5;
    private const int Work = 1;
    private const int Cached = 4;
    private const int Rounds = 20_000;
    private const long Carried = (1L << 50) + (1L << 16);
    private static readonly long[] s_edges = [Carried, -Carried, Carried - 1, 1 - Carried, 1L << 50, -(1L << 50), 0, 1, -1];

    [Fact]
    public void Double_LimbsAtTheirBounds_AgreesWithBigIntegers() => Each(static (room, _) =>
    {
        BigInteger[] p = Read(room, 0);
        QuadPoint.Double(room.Element(0), room.Element(Work));
        BigInteger a = p[0] * p[0], b = p[1] * p[1], c = p[2] * p[2], e = 2 * p[0] * p[1];
        AssertPoint(room, e, (2 * c) - (b - a), b - a, a + b);
    });

    [Fact]
    public void Add_LimbsAtTheirBounds_AgreesWithBigIntegers() => Each(static (room, round) =>
    {
        bool isNegative = round % 2 == 0;
        BigInteger[] p = Read(room, 0);
        BigInteger[] q = Read(room, Cached);
        QuadPoint.Add(room.Element(0), room.Element(Cached), isNegative, room.Element(Work));
        BigInteger a = (p[1] - p[0]) * q[isNegative ? 1 : 0], b = (p[1] + p[0]) * q[isNegative ? 0 : 1], d = p[2] * q[2], c = p[3] * (isNegative ? -q[3] : q[3]);
        AssertPoint(room, b - a, d - c, d + c, b + a);
    });

    private static void Each(Action<LaneRoom<Vector256<double>, Avx2Field>, int> check)
    {
        if (!QuadPoint.IsSupported)
        {
            return;
        }

        using var room = new LaneRoom<Vector256<double>, Avx2Field>();
        var random = new Random(1);
        for (int round = 0; round < Rounds; round++)
        {
            // The first rounds have limbs at the bounds alone, with signs that chance draws.
            int edges = round < Rounds / 2 ? 2 : s_edges.Length;
            for (int coordinate = 0; coordinate < Coordinates; coordinate++)
            {
                room.SetElement(0, coordinate, Draw(random, edges));
                room.SetElement(Cached, coordinate, Draw(random, edges));
            }

            check(room, round);
        }
    }

    private static long[] Draw(Random random, int edges) => [.. Enumerable.Range(0, Limbs).Select(_ => s_edges[random.Next(edges)])];

    private static BigInteger[] Read(LaneRoom<Vector256<double>, Avx2Field> room, int slot) =>
        [.. Enumerable.Range(0, Coordinates).Select(coordinate => room.Value(slot, coordinate, Carried))];

    private static void AssertPoint(LaneRoom<Vector256<double>, Avx2Field> room, BigInteger e, BigInteger f, BigInteger g, BigInteger h) => Assert.Equal(
        new[] { e * f, g * h, f * g, e * h }.Select(EdwardsCurve.Mod),
        Read(room, 0).Select(EdwardsCurve.Mod));
}
