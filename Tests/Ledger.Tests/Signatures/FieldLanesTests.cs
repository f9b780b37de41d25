using System.Numerics;
using System.Runtime.Intrinsics;
using LeitherCluster.Ledger.Signatures;
using LeitherCluster.Tests.Ledger.Keys;

namespace LeitherCluster.Tests.Ledger.Signatures;

/// <summary>
/// The lanes' arithmetic at the edges that <see cref="IFieldLanes{TVector}"/> names, beside big integers. What chance draws meets some of them once in
/// 2^36 carries: only crafted numbers show that they are right.
/// </summary>
public sealed unsafe class FieldLanesTests
{
    private const int Limbs = 5;
    private const long Limb = 1L << FieldElement.LimbBits;
    private const long Half = Limb / 2;

    /// <summary>What a carried limb is at most.</summary>
    private const long Carried = Half + (1L << 16);

    /// <summary>Above four times 2^57.8, which is what a product's columns reach and how many of them a doubling adds up.</summary>
    private const long ColumnMax = 1L << 60;

    [Fact]
    public void Avx2_LimbsAtTheirBounds_AgreesWithBigIntegers() => CheckAll<Vector256<double>, Avx2Field>();

    [Fact]
    public void Avx512_LimbsAtTheirBounds_AgreesWithBigIntegers() => CheckAll<Vector512<double>, Avx512Field>();

    private static void CheckAll<TVector, TField>()
        where TVector : unmanaged
        where TField : struct, IFieldLanes<TVector>
    {
        if (!TField.IsSupported)
        {
            return;
        }

        using var room = new LaneRoom<TVector, TField>();
        CheckCarries(room);
        CheckSums(room);
        CheckDoublings(room);
        CheckProducts(room, 2 * Carried, Carried);
        CheckProducts(room, 3 * Carried, Carried);
        CheckSquares(room);
        CheckReductions(room);
    }

    private static void CheckCarries<TVector, TField>(LaneRoom<TVector, TField> room)
        where TVector : unmanaged
        where TField : struct, IFieldLanes<TVector>
    {
        foreach (long[][] group in Mixtures([.. ColumnEdges(1)], 20_000, seed: 1).Chunk(TField.Width))
        {
            Each(group, (columns, lane) => room.SetColumns(0, lane, columns));
            TField.Carry(room.Columns(0), room.Element(0));
            Each(group, (_, lane) => AssertSame(room.ColumnsValue(0, lane), room.Value(0, lane, Carried)));
        }
    }

    private static void CheckSums<TVector, TField>(LaneRoom<TVector, TField> room)
        where TVector : unmanaged
        where TField : struct, IFieldLanes<TVector>
    {
        foreach (long[][] group in Mixtures([.. ColumnEdges(2)], 40_000, seed: 2).Chunk(2 * TField.Width))
        {
            Each(group, (columns, index) => room.SetColumns(index % 2, index / 2, columns));
            TField.CarrySumAndDifference(room.Columns(0), room.Columns(1), room.Element(0), room.Element(1));
            for (int lane = 0; lane < group.Length / 2; lane++)
            {
                (BigInteger a, BigInteger b) = (room.ColumnsValue(0, lane), room.ColumnsValue(1, lane));
                AssertSame(a + b, room.Value(0, lane, Carried));
                AssertSame(a - b, room.Value(1, lane, Carried));
            }
        }
    }

    private static void CheckDoublings<TVector, TField>(LaneRoom<TVector, TField> room)
        where TVector : unmanaged
        where TField : struct, IFieldLanes<TVector>
    {
        foreach (long[][] group in Mixtures([.. ColumnEdges(4)], 60_000, seed: 3).Chunk(3 * TField.Width))
        {
            Each(group, (columns, index) => room.SetColumns(index % 3, index / 3, columns));
            TField.CarryDoubling(room.Columns(0), room.Columns(1), room.Columns(2), room.Element(0), room.Element(1), room.Element(2));
            for (int lane = 0; lane < group.Length / 3; lane++)
            {
                (BigInteger a, BigInteger b, BigInteger c) = (room.ColumnsValue(0, lane), room.ColumnsValue(1, lane), room.ColumnsValue(2, lane));
                AssertSame(a + b, room.Value(0, lane, Carried));
                AssertSame(b - a, room.Value(1, lane, Carried));
                AssertSame((2 * c) - (b - a), room.Value(2, lane, Carried));
            }
        }
    }

    private static void CheckProducts<TVector, TField>(LaneRoom<TVector, TField> room, long leftMax, long rightMax)
        where TVector : unmanaged
        where TField : struct, IFieldLanes<TVector>
    {
        List<long[]> left = [.. Signs(leftMax), .. Mixtures([.. LimbEdges(leftMax)], 4_000, seed: 4)];
        List<long[]> right = [.. Signs(rightMax), .. Mixtures([.. LimbEdges(rightMax)], 4_000, seed: 5)];
        IEnumerable<(long[] Left, long[] Right)> pairs = Signs(leftMax).SelectMany(_ => Signs(rightMax), static (a, b) => (a, b)).Concat(left.Zip(right));
        foreach ((long[] Left, long[] Right)[] group in pairs.Chunk(TField.Width))
        {
            Each(group, (pair, lane) =>
            {
                room.SetElement(0, lane, pair.Left);
                room.SetElement(1, lane, pair.Right);
            });
            TField.Multiply(room.Element(0), room.Element(1), room.Element(2));
            TField.MultiplyColumns(room.Element(0), room.Element(1), room.Columns(0));
            Each(group, (_, lane) =>
            {
                BigInteger product = room.Value(0, lane, leftMax) * room.Value(1, lane, rightMax);
                AssertSame(product, room.Value(2, lane, Carried));
                AssertSame(product, room.ColumnsValue(0, lane));
            });
        }
    }

    private static void CheckSquares<TVector, TField>(LaneRoom<TVector, TField> room)
        where TVector : unmanaged
        where TField : struct, IFieldLanes<TVector>
    {
        foreach (long[][] group in Signs(Carried).Concat(Mixtures([.. LimbEdges(Carried)], 10_000, seed: 6)).Chunk(TField.Width))
        {
            Each(group, (limbs, lane) => room.SetElement(0, lane, limbs));
            TField.Square(room.Element(0), room.Element(1));
            TField.SquareColumns(room.Element(0), room.Columns(0));
            Each(group, (_, lane) =>
            {
                BigInteger square = BigInteger.Pow(room.Value(0, lane, Carried), 2);
                AssertSame(square, room.Value(1, lane, Carried));
                AssertSame(square, room.ColumnsValue(0, lane));
            });
        }
    }

    private static void CheckReductions<TVector, TField>(LaneRoom<TVector, TField> room)
        where TVector : unmanaged
        where TField : struct, IFieldLanes<TVector>
    {
        foreach (long[][] group in Signs(Carried).Concat(Mixtures([.. LimbEdges(Carried)], 20_000, seed: 7)).Chunk(TField.Width))
        {
            Each(group, (limbs, lane) => room.SetElement(0, lane, limbs));
            TField.Reduce(room.Element(0), room.Columns(0));
            Each(group, (_, lane) => Assert.Equal(EdwardsCurve.Mod(room.Value(0, lane, Carried)), room.ColumnsValue(0, lane)));
            TField.ToColumns(room.Element(0), 1, room.Columns(1));
            Each(group, (_, lane) => Assert.Equal(2 * room.Value(0, lane, Carried), room.ColumnsValue(1, lane)));
        }
    }

    // Half a limb is added to a column before it is cut, so that one short of that makes its low bits all ones: whatever is carried in from below then
    // runs over. Columns are so many times smaller than the bound as are added up.
    private static IEnumerable<long> ColumnEdges(int addedUp) =>
        from whole in new[] { 0, Limb, -Limb, (ColumnMax / addedUp) - Limb, Limb - (ColumnMax / addedUp) }
        from part in new[] { 0, Half, -Half }
        from off in new[] { 0, 1, 2, 2_047, 2_048, 2_049, 38_911, 38_912, 38_913 }
        from offset in new[] { part - off, part + off }
        select whole + offset;

    private static IEnumerable<long> LimbEdges(long max) => [0, 1, -1, max, -max, max - 1, 1 - max, Half, -Half, Half - 1, 1 - Half];

    // Every limb at its bound, with every choice of signs.
    private static IEnumerable<long[]> Signs(long max) =>
        Enumerable.Range(0, 1 << Limbs).Select(signs => Enumerable.Range(0, Limbs).Select(limb => (signs >> limb & 1) == 0 ? max : -max).ToArray());

    // Every edge in every place, among others that chance draws.
    private static IEnumerable<long[]> Mixtures(long[] edges, int count, int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
        {
            long[] limbs = [.. Enumerable.Range(0, Limbs).Select(_ => edges[random.Next(edges.Length)])];
            limbs[i % Limbs] = edges[i / Limbs % edges.Length];
            yield return limbs;
        }
    }

    private static void Each<T>(T[] group, Action<T, int> action)
    {
        for (int i = 0; i < group.Length; i++)
        {
            action(group[i], i);
        }
    }

    private static void AssertSame(BigInteger expected, BigInteger actual) => Assert.Equal(EdwardsCurve.Mod(expected), EdwardsCurve.Mod(actual));
}
