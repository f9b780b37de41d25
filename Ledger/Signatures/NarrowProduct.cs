using System.Runtime.CompilerServices;

namespace LeitherCluster.Ledger.Signatures;

/// <summary>
/// Products of <see cref="FieldElement"/>s where the processor's wide multiplication cannot be had: every limb is cut at bit 26, so that the products of the parts,
/// of 64 bits each, add up without a carry. A hundred multiplications take less than 25 wide ones put together of four each and their carries.
/// </summary>
internal static unsafe class NarrowProduct
{
    private const int Limbs = 5;
    private const int PartBits = 26;
    private const int LimbBits = FieldElement.LimbBits;
    private const ulong PartMask = (1UL << PartBits) - 1;
    private const ulong MiddleMask = (1UL << (LimbBits - PartBits)) - 1;
    private const ulong Wrap = 19;

    /// <summary>Writes the product's five columns, each below 2^63, of two elements that may be loose.</summary>
    [SkipLocalsInit]
    public static void Multiply(in FieldElement a, in FieldElement b, ulong* columns)
    {
        ulong* x = stackalloc ulong[2 * Limbs];
        ulong* y = stackalloc ulong[2 * Limbs];
        ulong* w = stackalloc ulong[2 * Limbs];
        Cut(a, x);
        Cut(b, y);
        for (int i = 0; i < 2 * Limbs; i++)
        {
            w[i] = y[i] * Wrap;
        }

        Sum s0 = default, s1 = default, s2 = default, s3 = default, s4 = default;
        Add(x, y, ref s0);
        Add(x + 2, w + 8, ref s0);
        Add(x + 4, w + 6, ref s0);
        Add(x + 6, w + 4, ref s0);
        Add(x + 8, w + 2, ref s0);

        Add(x, y + 2, ref s1);
        Add(x + 2, y, ref s1);
        Add(x + 4, w + 8, ref s1);
        Add(x + 6, w + 6, ref s1);
        Add(x + 8, w + 4, ref s1);

        Add(x, y + 4, ref s2);
        Add(x + 2, y + 2, ref s2);
        Add(x + 4, y, ref s2);
        Add(x + 6, w + 8, ref s2);
        Add(x + 8, w + 6, ref s2);

        Add(x, y + 6, ref s3);
        Add(x + 2, y + 4, ref s3);
        Add(x + 4, y + 2, ref s3);
        Add(x + 6, y, ref s3);
        Add(x + 8, w + 8, ref s3);

        Add(x, y + 8, ref s4);
        Add(x + 2, y + 6, ref s4);
        Add(x + 4, y + 4, ref s4);
        Add(x + 6, y + 2, ref s4);
        Add(x + 8, y, ref s4);
        Put(s0, s1, s2, s3, s4, columns);
    }

    /// <summary>The same for a square.</summary>
    [SkipLocalsInit]
    public static void Square(in FieldElement a, ulong* columns)
    {
        ulong* x = stackalloc ulong[2 * Limbs];
        ulong* d = stackalloc ulong[2 * Limbs];
        ulong* w = stackalloc ulong[2 * Limbs];
        Cut(a, x);
        for (int i = 0; i < 2 * Limbs; i++)
        {
            d[i] = x[i] * 2;
            w[i] = x[i] * Wrap;
        }

        Sum s0 = default, s1 = default, s2 = default, s3 = default, s4 = default;
        Add(x, x, ref s0);
        Add(d + 2, w + 8, ref s0);
        Add(d + 4, w + 6, ref s0);

        Add(d, x + 2, ref s1);
        Add(d + 4, w + 8, ref s1);
        Add(x + 6, w + 6, ref s1);

        Add(d, x + 4, ref s2);
        Add(x + 2, x + 2, ref s2);
        Add(d + 6, w + 8, ref s2);

        Add(d, x + 6, ref s3);
        Add(d + 2, x + 4, ref s3);
        Add(x + 8, w + 8, ref s3);

        Add(d, x + 8, ref s4);
        Add(d + 2, x + 6, ref s4);
        Add(x + 4, x + 4, ref s4);
        Put(s0, s1, s2, s3, s4, columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Cut(in FieldElement a, ulong* parts)
    {
        parts[0] = a.L0 & PartMask;
        parts[1] = a.L0 >> PartBits;
        parts[2] = a.L1 & PartMask;
        parts[3] = a.L1 >> PartBits;
        parts[4] = a.L2 & PartMask;
        parts[5] = a.L2 >> PartBits;
        parts[6] = a.L3 & PartMask;
        parts[7] = a.L3 >> PartBits;
        parts[8] = a.L4 & PartMask;
        parts[9] = a.L4 >> PartBits;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ulong* a, ulong* b, ref Sum sum)
    {
        sum.Low += a[0] * b[0];
        sum.Middle += (a[0] * b[1]) + (a[1] * b[0]);
        sum.High += a[1] * b[1];
    }

    // Middle weighs 2^26, and High 2^52, which is twice the next limb.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(in Sum s0, in Sum s1, in Sum s2, in Sum s3, in Sum s4, ulong* columns)
    {
        columns[0] = Own(s0) + (Next(s4) * Wrap);
        columns[1] = Own(s1) + Next(s0);
        columns[2] = Own(s2) + Next(s1);
        columns[3] = Own(s3) + Next(s2);
        columns[4] = Own(s4) + Next(s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Own(in Sum sum) => sum.Low + ((sum.Middle & MiddleMask) << PartBits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Next(in Sum sum) => (sum.Middle >> (LimbBits - PartBits)) + (2 * sum.High);

    private struct Sum
    {
        public ulong Low;
        public ulong Middle;
        public ulong High;
    }
}
