namespace LeitherCluster.Ledger.Signatures;

/// <summary>Scalars as few signed odd digits: the width-w non-adjacent form.</summary>
internal static unsafe class SignedDigits
{
    /// <summary>So many digits come of a scalar: bit for bit, and one for the last carry.</summary>
    public const int Count = 256;

    /// <summary>
    /// Writes digits that are 0 or odd and between -2^(width-1) and 2^(width-1), of which those that are not 0 lie at least width places
    /// apart. Returns the place above the highest of them.
    /// </summary>
    public static int Write(in Scalar scalar, int width, sbyte* digits)
    {
        new Span<sbyte>(digits, Count).Clear();
        ulong* words = stackalloc ulong[Scalar.Words + 1];
        *(Scalar*)words = scalar;
        words[Scalar.Words] = 0;
        int top = 0;
        ulong carry = 0;
        ulong window = (1UL << width) - 1;
        int place = 0;
        while (place < Count)
        {
            int word = place / 64;
            int bit = place % 64;
            ulong bits = words[word] >> bit;
            if (bit + width > 64)
            {
                bits |= words[word + 1] << (64 - bit);
            }

            bits = (bits & window) + carry;
            if ((bits & 1) == 0)
            {
                place++;
                continue;
            }

            carry = bits >> (width - 1);
            digits[place] = (sbyte)((int)bits - (int)(carry << width));
            top = place + 1;
            place += width;
        }

        return top;
    }
}
