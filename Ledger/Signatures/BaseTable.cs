using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LeitherCluster.Ledger.Signatures;

/// <summary>Odd multiples of the base point, B, 3B, 5B, ..., for digits of <see cref="Width"/> bits: 7.5 kB, made once.</summary>
internal static unsafe class BaseTable
{
    public const int Width = 8;
    private const int Count = 1 << (Width - 2);

    private static readonly AffinePoint* s_multiples = Create();

    /// <summary>The base point.</summary>
    public static EdwardsPoint Base
    {
        get
        {
            byte* encoding = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Curve.BaseEncoding));
            if (!EdwardsPoint.TryDecode(encoding, out EdwardsPoint point))
            {
                throw new InvalidOperationException("The base point does not decode: the field arithmetic is broken.");
            }

            return point;
        }
    }

    /// <summary>|digit| B, of an odd digit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref readonly AffinePoint Multiple(int digit) => ref s_multiples[Math.Abs(digit) >> 1];

    private static AffinePoint* Create()
    {
        AffinePoint* multiples = (AffinePoint*)NativeMemory.Alloc(Count, (nuint)sizeof(AffinePoint));
        EdwardsPoint multiple = Base;
        EdwardsPoint twice = multiple;
        EdwardsPoint.Double(ref twice, withT: true);
        CachedPoint step = new(twice);
        for (int i = 0; i < Count; i++)
        {
            multiples[i] = new AffinePoint(multiple);
            EdwardsPoint.Add(ref multiple, step, isNegative: false, withT: true);
        }

        return multiples;
    }
}
