using System.Numerics;
using LeitherCluster.Ledger.Signatures;
using LeitherCluster.Tests.Ledger.Keys;

namespace LeitherCluster.Tests.Ledger.Signatures;

/// <summary>Field elements at the bounds of their limbs, beside big integers: wide and narrow products, whatever this machine has.</summary>
public sealed unsafe class FieldElementTests
{
    private const ulong Tight = (1UL << 51) + (1UL << 16) - 1;
    private const ulong Loose = (1UL << 53) - 1;
    private static readonly ulong[] s_edges = [0, 1, (1UL << 26) - 1, 1UL << 26, FieldElement.LimbMask - 18, FieldElement.LimbMask, FieldElement.LimbMask + 1, Tight, Loose - 1, Loose];

    [Fact]
    public void Products_OfLooseLimbs_AreRightAndTight()
    {
        foreach ((FieldElement a, FieldElement b) in Elements(3_000, seed: 1).Zip(Elements(3_000, seed: 2)))
        {
            FieldElement.Multiply(a, b, out FieldElement product);
            FieldElement.Square(a, out FieldElement square);
            FieldElement.SubtractLoose(a, b, out FieldElement difference);
            AssertTight(ValueOf(a) * ValueOf(b), product);
            AssertTight(ValueOf(a) * ValueOf(a), square);
            AssertTight(ValueOf(a) - ValueOf(b), difference);
            Assert.Equal(EdwardsCurve.Mod(ValueOf(a)), ValueOf(a.Reduced()));
        }
    }

    [Fact]
    public void NarrowProducts_OfLooseLimbs_AreThoseOfWideOnes()
    {
        ulong* columns = stackalloc ulong[5];
        foreach ((FieldElement a, FieldElement b) in Elements(3_000, seed: 3).Zip(Elements(3_000, seed: 4)))
        {
            NarrowProduct.Multiply(a, b, columns);
            AssertColumns(ValueOf(a) * ValueOf(b), columns);
            NarrowProduct.Square(a, columns);
            AssertColumns(ValueOf(a) * ValueOf(a), columns);
        }
    }

    // All limbs at the bound first, then mixtures of edges.
    private static IEnumerable<FieldElement> Elements(int count, int seed)
    {
        yield return new FieldElement(Loose, Loose, Loose, Loose, Loose);
        var random = new Random(seed);
        for (int i = 1; i < count; i++)
        {
            ulong[] limbs = [.. Enumerable.Range(0, 5).Select(_ => s_edges[random.Next(s_edges.Length)])];
            yield return new FieldElement(limbs[0], limbs[1], limbs[2], limbs[3], limbs[4]);
        }
    }

    private static void AssertTight(BigInteger expected, in FieldElement actual)
    {
        Assert.All(new[] { actual.L0, actual.L1, actual.L2, actual.L3, actual.L4 }, static limb => Assert.InRange(limb, 0UL, Tight));
        Assert.Equal(EdwardsCurve.Mod(expected), EdwardsCurve.Mod(ValueOf(actual)));
    }

    private static void AssertColumns(BigInteger expected, ulong* columns)
    {
        Assert.All(new[] { columns[0], columns[1], columns[2], columns[3], columns[4] }, static column => Assert.InRange(column, 0UL, 1UL << 63));
        Assert.Equal(EdwardsCurve.Mod(expected), EdwardsCurve.Mod(ValueOf(new FieldElement(columns[0], columns[1], columns[2], columns[3], columns[4]))));
    }

    private static BigInteger ValueOf(in FieldElement a) =>
        a.L0 + ((BigInteger)a.L1 << 51) + ((BigInteger)a.L2 << 102) + ((BigInteger)a.L3 << 153) + ((BigInteger)a.L4 << 204);
}
