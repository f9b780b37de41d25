using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace LeitherCluster.Ledger.Signatures;

/// <summary>
/// A number modulo p = 2^255 - 19 in five limbs of 51 bits. Two sizes of limb occur: <em>tight</em>, below 2^51 + 2^16, is what
/// a product has; <em>loose</em>, below 2^53, is the sum or difference of two tight ones, and what a product may be taken of.
/// A product of limbs is split at bit 51 by shifting the factors 13 bits to the left beforehand, so that the high words and the
/// shifted low words add up without a carry.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct FieldElement
{
    public const int ByteLength = 32;
    public const int LimbBits = 51;
    public const ulong LimbMask = (1UL << LimbBits) - 1;

    // The 13 bits, shared out so that both factors stay below 2^64 when loose: 53 + 11, and 53 + 2 + log2(19).
    private const int LeftShift = 11;
    private const int RightShift = 2;
    private const int SplitShift = LeftShift + RightShift;
    private const ulong Wrap = 19;
    private const int Limbs = 5;

    public ulong L0, L1, L2, L3, L4;

    public FieldElement(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4)
    {
        L0 = l0;
        L1 = l1;
        L2 = l2;
        L3 = l3;
        L4 = l4;
    }

    /// <summary>
    /// Whether 64 by 64 bits are multiplied in one instruction: fixed when this is compiled. The framework has x86's only together with BMI2, which comes, and is switched
    /// off, with AVX2.
    /// </summary>
    private static bool HasWideProduct => Bmi2.X64.IsSupported || ArmBase.Arm64.IsSupported;

    public static FieldElement Zero => default;

    public static FieldElement One => new(1, 0, 0, 0, 0);

    /// <summary>Whether this is 0 modulo p.</summary>
    public readonly bool IsZero
    {
        get
        {
            FieldElement reduced = Reduced();
            return (reduced.L0 | reduced.L1 | reduced.L2 | reduced.L3 | reduced.L4) == 0;
        }
    }

    /// <summary>Whether the number from 0 to p - 1 that this is, is odd: RFC 8032's sign.</summary>
    public readonly bool IsOdd => (Reduced().L0 & 1) != 0;

    /// <summary>The low 255 bits of 32 bytes, which may be p and above. Tight.</summary>
    public static FieldElement Read(byte* bytes)
    {
        ulong w0 = Unsafe.ReadUnaligned<ulong>(bytes);
        ulong w1 = Unsafe.ReadUnaligned<ulong>(bytes + 8);
        ulong w2 = Unsafe.ReadUnaligned<ulong>(bytes + 16);
        ulong w3 = Unsafe.ReadUnaligned<ulong>(bytes + 24);
        return new FieldElement(
            w0 & LimbMask,
            ((w0 >> 51) | (w1 << 13)) & LimbMask,
            ((w1 >> 38) | (w2 << 26)) & LimbMask,
            ((w2 >> 25) | (w3 << 39)) & LimbMask,
            (w3 >> 12) & LimbMask);
    }

    /// <summary>The sum of two tight ones: loose.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(in FieldElement a, in FieldElement b, out FieldElement sum)
    {
        sum.L0 = a.L0 + b.L0;
        sum.L1 = a.L1 + b.L1;
        sum.L2 = a.L2 + b.L2;
        sum.L3 = a.L3 + b.L3;
        sum.L4 = a.L4 + b.L4;
    }

    /// <summary>The difference of two tight ones: loose.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Subtract(in FieldElement a, in FieldElement b, out FieldElement difference)
    {
        difference.L0 = a.L0 + (2 * (LimbMask - 18)) - b.L0;
        difference.L1 = a.L1 + (2 * LimbMask) - b.L1;
        difference.L2 = a.L2 + (2 * LimbMask) - b.L2;
        difference.L3 = a.L3 + (2 * LimbMask) - b.L3;
        difference.L4 = a.L4 + (2 * LimbMask) - b.L4;
    }

    /// <summary>The difference of two that may be loose: tight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SubtractLoose(in FieldElement a, in FieldElement b, out FieldElement difference) =>
        Carry(
            a.L0 + (8 * (LimbMask - 18)) - b.L0,
            a.L1 + (8 * LimbMask) - b.L1,
            a.L2 + (8 * LimbMask) - b.L2,
            a.L3 + (8 * LimbMask) - b.L3,
            a.L4 + (8 * LimbMask) - b.L4,
            out difference);

    /// <summary>The product of two that may be loose: tight. The result may be one of the factors.</summary>
    [SkipLocalsInit]
    public static void Multiply(in FieldElement a, in FieldElement b, out FieldElement product)
    {
        if (!HasWideProduct)
        {
            ulong* columns = stackalloc ulong[Limbs];
            NarrowProduct.Multiply(a, b, columns);
            Carry(columns[0], columns[1], columns[2], columns[3], columns[4], out product);
            return;
        }

        ulong a0 = a.L0 << LeftShift, a1 = a.L1 << LeftShift, a2 = a.L2 << LeftShift, a3 = a.L3 << LeftShift, a4 = a.L4 << LeftShift;
        ulong b0 = b.L0 << RightShift, b1 = b.L1 << RightShift, b2 = b.L2 << RightShift, b3 = b.L3 << RightShift, b4 = b.L4 << RightShift;
        ulong w1 = b1 * Wrap, w2 = b2 * Wrap, w3 = b3 * Wrap, w4 = b4 * Wrap;

        ulong h0 = High(a0, b0);
        ulong r0 = (a0 * b0) >> SplitShift;
        Accumulate(a1, w4, ref r0, ref h0);
        Accumulate(a2, w3, ref r0, ref h0);
        Accumulate(a3, w2, ref r0, ref h0);
        Accumulate(a4, w1, ref r0, ref h0);

        ulong h1 = High(a0, b1);
        ulong r1 = (a0 * b1) >> SplitShift;
        Accumulate(a1, b0, ref r1, ref h1);
        Accumulate(a2, w4, ref r1, ref h1);
        Accumulate(a3, w3, ref r1, ref h1);
        Accumulate(a4, w2, ref r1, ref h1);

        ulong h2 = High(a0, b2);
        ulong r2 = (a0 * b2) >> SplitShift;
        Accumulate(a1, b1, ref r2, ref h2);
        Accumulate(a2, b0, ref r2, ref h2);
        Accumulate(a3, w4, ref r2, ref h2);
        Accumulate(a4, w3, ref r2, ref h2);

        ulong h3 = High(a0, b3);
        ulong r3 = (a0 * b3) >> SplitShift;
        Accumulate(a1, b2, ref r3, ref h3);
        Accumulate(a2, b1, ref r3, ref h3);
        Accumulate(a3, b0, ref r3, ref h3);
        Accumulate(a4, w4, ref r3, ref h3);

        ulong h4 = High(a0, b4);
        ulong r4 = (a0 * b4) >> SplitShift;
        Accumulate(a1, b3, ref r4, ref h4);
        Accumulate(a2, b2, ref r4, ref h4);
        Accumulate(a3, b1, ref r4, ref h4);
        Accumulate(a4, b0, ref r4, ref h4);

        Carry(r0 + (h4 * Wrap), r1 + h0, r2 + h1, r3 + h2, r4 + h3, out product);
    }

    /// <summary>The square of one that may be loose: tight. The result may be the argument.</summary>
    [SkipLocalsInit]
    public static void Square(in FieldElement a, out FieldElement square)
    {
        if (!HasWideProduct)
        {
            ulong* columns = stackalloc ulong[Limbs];
            NarrowProduct.Square(a, columns);
            Carry(columns[0], columns[1], columns[2], columns[3], columns[4], out square);
            return;
        }

        ulong a0 = a.L0 << LeftShift, a1 = a.L1 << LeftShift, a2 = a.L2 << LeftShift, a3 = a.L3 << LeftShift, a4 = a.L4 << LeftShift;
        ulong b0 = a.L0 << RightShift, b1 = a.L1 << RightShift, b2 = a.L2 << RightShift, b3 = a.L3 << RightShift;
        ulong d1 = b1 * 2, d2 = b2 * 2, d3 = b3 * 2, d0 = b0 * 2;
        ulong w3 = b3 * Wrap, w4 = (a.L4 << RightShift) * Wrap;

        ulong h0 = High(a0, b0);
        ulong r0 = (a0 * b0) >> SplitShift;
        Accumulate(a4, d1 * Wrap, ref r0, ref h0);
        Accumulate(a3, d2 * Wrap, ref r0, ref h0);

        ulong h1 = High(a1, d0);
        ulong r1 = (a1 * d0) >> SplitShift;
        Accumulate(a4, d2 * Wrap, ref r1, ref h1);
        Accumulate(a3, w3, ref r1, ref h1);

        ulong h2 = High(a2, d0);
        ulong r2 = (a2 * d0) >> SplitShift;
        Accumulate(a1, b1, ref r2, ref h2);
        Accumulate(a4, d3 * Wrap, ref r2, ref h2);

        ulong h3 = High(a3, d0);
        ulong r3 = (a3 * d0) >> SplitShift;
        Accumulate(a2, d1, ref r3, ref h3);
        Accumulate(a4, w4, ref r3, ref h3);

        ulong h4 = High(a4, d0);
        ulong r4 = (a4 * d0) >> SplitShift;
        Accumulate(a3, d1, ref r4, ref h4);
        Accumulate(a2, b2, ref r4, ref h4);

        Carry(r0 + (h4 * Wrap), r1 + h0, r2 + h1, r3 + h2, r4 + h3, out square);
    }

    /// <summary>The square of the square, so many times over. At least once.</summary>
    public static void SquareTimes(in FieldElement a, int times, out FieldElement power)
    {
        Square(a, out power);
        for (int done = 1; done < times; done++)
        {
            Square(power, out power);
        }
    }

    /// <summary>p - a, of a tight one: loose.</summary>
    public readonly FieldElement Negated()
    {
        Subtract(Zero, this, out FieldElement negated);
        return negated;
    }

    /// <summary>The number from 0 to p - 1, in limbs below 2^51.</summary>
    public readonly FieldElement Reduced()
    {
        Carry(L0, L1, L2, L3, L4, out FieldElement tight);

        // 1 if it is p or more, which adding 19 carries over the top: a tight one is below 2p.
        ulong over = (tight.L0 + Wrap) >> LimbBits;
        over = (tight.L1 + over) >> LimbBits;
        over = (tight.L2 + over) >> LimbBits;
        over = (tight.L3 + over) >> LimbBits;
        over = (tight.L4 + over) >> LimbBits;
        ulong l0 = tight.L0 + (over * Wrap);
        ulong l1 = tight.L1 + (l0 >> LimbBits);
        ulong l2 = tight.L2 + (l1 >> LimbBits);
        ulong l3 = tight.L3 + (l2 >> LimbBits);
        ulong l4 = tight.L4 + (l3 >> LimbBits);
        return new FieldElement(l0 & LimbMask, l1 & LimbMask, l2 & LimbMask, l3 & LimbMask, l4 & LimbMask);
    }

    // A second multiplication for the low word costs less than the detour through memory that the call giving both takes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong High(ulong a, ulong b) => Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(a, b) : Math.BigMul(a, b, out _);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(ulong a, ulong b, ref ulong low, ref ulong high)
    {
        high += High(a, b);
        low += (a * b) >> SplitShift;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Carry(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4, out FieldElement tight)
    {
        tight.L0 = (l0 & LimbMask) + ((l4 >> LimbBits) * Wrap);
        tight.L1 = (l1 & LimbMask) + (l0 >> LimbBits);
        tight.L2 = (l2 & LimbMask) + (l1 >> LimbBits);
        tight.L3 = (l3 & LimbMask) + (l2 >> LimbBits);
        tight.L4 = (l4 & LimbMask) + (l3 >> LimbBits);
    }
}
