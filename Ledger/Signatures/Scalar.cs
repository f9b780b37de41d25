using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Ledger.Signatures;

/// <summary>A number below the prime order L = 2^252 + 27742317777372353535851937790883648493 of the base point, little-endian words.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Scalar
{
    public const int ByteLength = 32;
    public const int Words = 4;
    public const int WideWords = 8;

    private const int QuotientWords = 5;

    private static readonly ulong* s_order = LastingWords.Create([0x5812631A5CF5D3ED, 0x14DEF9DEA2F79CD6, 0x0000000000000000, 0x1000000000000000, 0]);

    /// <summary>2^512 / L, rounded down.</summary>
    private static readonly ulong* s_reciprocal = LastingWords.Create([0xED9CE5A30A2C131B, 0x2106215D086329A7, 0xFFFFFFFFFFFFFFEB, 0xFFFFFFFFFFFFFFFF, 0x000000000000000F]);

    public ulong W0, W1, W2, W3;

    /// <summary>Reads 32 bytes; false if they are L or more.</summary>
    public static bool TryRead(byte* bytes, out Scalar scalar)
    {
        scalar = Unsafe.ReadUnaligned<Scalar>(bytes);
        return IsBelowOrder(scalar);
    }

    /// <summary>Eight words modulo L: Barrett's reduction (Handbook of Applied Cryptography, algorithm 14.42).</summary>
    [SkipLocalsInit]
    public static void Reduce(ulong* wide, out Scalar scalar)
    {
        ulong* product = stackalloc ulong[2 * QuotientWords];
        ulong* multiple = stackalloc ulong[2 * QuotientWords];
        Multiply(wide + (Words - 1), QuotientWords, s_reciprocal, QuotientWords, product);
        MultiplyLow(product + QuotientWords, s_order, multiple);
        ulong borrow = 0;
        for (int i = 0; i < QuotientWords; i++)
        {
            multiple[i] = SubtractBorrow(wide[i], multiple[i], ref borrow);
        }

        // The quotient is short by two at the most.
        SubtractOrderOnce(multiple);
        SubtractOrderOnce(multiple);
        scalar = *(Scalar*)multiple;
    }

    /// <summary>The product of numbers of so many words, as many as both together.</summary>
    public static void Multiply(ulong* a, int aWords, ulong* b, int bWords, ulong* product)
    {
        new Span<ulong>(product, aWords + bWords).Clear();
        for (int i = 0; i < aWords; i++)
        {
            ulong carry = 0;
            for (int j = 0; j < bWords; j++)
            {
                MultiplyAdd(a[i], b[j], ref product[i + j], ref carry);
            }

            product[i + bWords] = carry;
        }
    }

    /// <summary>Adds a number of so many words to a longer one that has room for the carry.</summary>
    public static void AddTo(ulong* sum, int sumWords, ulong* addend, int words)
    {
        ulong carry = 0;
        for (int i = 0; i < sumWords; i++)
        {
            ulong added = i < words ? addend[i] : 0;
            ulong partial = sum[i] + added;
            ulong total = partial + carry;
            carry = (partial < added ? 1UL : 0) + (total < partial ? 1UL : 0);
            sum[i] = total;
        }
    }

    /// <summary>The sum modulo L.</summary>
    public static Scalar Add(in Scalar a, in Scalar b)
    {
        ulong* sum = stackalloc ulong[QuotientWords];
        *(Scalar*)sum = a;
        sum[Words] = 0;
        fixed (Scalar* addend = &b)
        {
            AddTo(sum, Words, (ulong*)addend, Words);
        }

        SubtractOrderOnce(sum);

        return *(Scalar*)sum;
    }

    /// <summary>-a modulo L; L for 0.</summary>
    public static Scalar Negate(in Scalar a)
    {
        ulong borrow = 0;
        Scalar negated;
        negated.W0 = SubtractBorrow(s_order[0], a.W0, ref borrow);
        negated.W1 = SubtractBorrow(s_order[1], a.W1, ref borrow);
        negated.W2 = SubtractBorrow(s_order[2], a.W2, ref borrow);
        negated.W3 = SubtractBorrow(s_order[3], a.W3, ref borrow);
        return negated;
    }

    private static bool IsBelowOrder(in Scalar scalar)
    {
        ulong borrow = 0;
        SubtractBorrow(scalar.W0, s_order[0], ref borrow);
        SubtractBorrow(scalar.W1, s_order[1], ref borrow);
        SubtractBorrow(scalar.W2, s_order[2], ref borrow);
        SubtractBorrow(scalar.W3, s_order[3], ref borrow);
        return borrow != 0;
    }

    // The low five words of a product of five.
    private static void MultiplyLow(ulong* a, ulong* b, ulong* product)
    {
        new Span<ulong>(product, QuotientWords).Clear();
        for (int i = 0; i < QuotientWords; i++)
        {
            ulong carry = 0;
            for (int j = 0; i + j < QuotientWords; j++)
            {
                MultiplyAdd(a[i], b[j], ref product[i + j], ref carry);
            }
        }
    }

    private static void SubtractOrderOnce(ulong* number)
    {
        ulong* reduced = stackalloc ulong[QuotientWords];
        ulong borrow = 0;
        for (int i = 0; i < QuotientWords; i++)
        {
            reduced[i] = SubtractBorrow(number[i], s_order[i], ref borrow);
        }

        if (borrow == 0)
        {
            new ReadOnlySpan<ulong>(reduced, QuotientWords).CopyTo(new Span<ulong>(number, QuotientWords));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyAdd(ulong a, ulong b, ref ulong word, ref ulong carry)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        low += carry;
        high += low < carry ? 1UL : 0;
        word += low;
        carry = high + (word < low ? 1UL : 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SubtractBorrow(ulong a, ulong b, ref ulong borrow)
    {
        ulong partial = a - b;
        ulong difference = partial - borrow;
        borrow = (a < b ? 1UL : 0) | (partial < borrow ? 1UL : 0);
        return difference;
    }
}
