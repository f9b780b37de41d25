using System.Globalization;

namespace LeitherCluster.Ledger.Values;

/// <summary>
/// A quantity of a ledger's token in its smallest unit: unsigned 64 bits, always checked, never saturating.
/// How many decimals are shown is a parameter of the ledger, never of the value.
/// </summary>
public readonly record struct Amount(ulong Units) : IComparable<Amount>
{
    public static readonly Amount Zero;

    public static bool operator <(Amount left, Amount right) => left.Units < right.Units;

    public static bool operator >(Amount left, Amount right) => left.Units > right.Units;

    public static bool operator <=(Amount left, Amount right) => left.Units <= right.Units;

    public static bool operator >=(Amount left, Amount right) => left.Units >= right.Units;

    /// <summary>Adds.</summary>
    /// <exception cref="OverflowException">The sum does not fit 64 bits.</exception>
    public static Amount operator +(Amount left, Amount right) => new(checked(left.Units + right.Units));

    /// <summary>Subtracts.</summary>
    /// <exception cref="OverflowException">The result would be negative.</exception>
    public static Amount operator -(Amount left, Amount right) => new(checked(left.Units - right.Units));

    /// <summary>Adds without exception; false when the sum does not fit.</summary>
    public bool TryAdd(Amount other, out Amount sum)
    {
        // Nothing of this or other is read after the first write: sum may be the same variable.
        ulong units = unchecked(Units + other.Units);
        bool fits = units >= Units;
        sum = new Amount(units);
        return fits;
    }

    /// <summary>Subtracts without exception; false when <paramref name="other"/> is larger.</summary>
    public bool TrySubtract(Amount other, out Amount difference)
    {
        bool fits = other.Units <= Units;
        difference = new Amount(unchecked(Units - other.Units));
        return fits;
    }

    /// <summary>
    /// Parses an exact decimal such as <c>245.20</c> with at most <paramref name="decimals"/> (0 to 19) fractional digits.
    /// No sign, no exponent, no grouping, no rounding: what does not fit exactly is refused.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, int decimals, out Amount amount)
    {
        amount = default;
        int point = text.IndexOf('.');
        ReadOnlySpan<char> whole = point < 0 ? text : text[..point];
        ReadOnlySpan<char> fraction = point < 0 ? default : text[(point + 1)..];
        if (whole.IsEmpty || (point >= 0 && fraction.IsEmpty) || fraction.Length > decimals)
        {
            return false;
        }

        UInt128 units = 0;
        for (int i = 0; i < whole.Length + decimals; i++)
        {
            int inFraction = i - whole.Length;
            char digit = inFraction < 0 ? whole[i] : inFraction < fraction.Length ? fraction[inFraction] : '0';
            if (!char.IsAsciiDigit(digit))
            {
                return false;
            }

            units = (units * 10) + (uint)(digit - '0');
            if (units > ulong.MaxValue)
            {
                return false;
            }
        }

        amount = new Amount((ulong)units);
        return true;
    }

    public int CompareTo(Amount other) => Units.CompareTo(other.Units);

    /// <summary>The amount as an exact decimal with <paramref name="decimals"/> (0 to 19) fractional digits.</summary>
    public string ToString(int decimals)
    {
        string digits = Units.ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        return decimals == 0 ? digits : $"{digits.AsSpan(0, digits.Length - decimals)}.{digits.AsSpan(digits.Length - decimals)}";
    }

    /// <summary>The number of smallest units.</summary>
    public override string ToString() => Units.ToString(CultureInfo.InvariantCulture);
}
