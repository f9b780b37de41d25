using System.Globalization;
using System.Runtime.CompilerServices;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// How the tree above the accounts is cut into bands of trunks, from the top: how many bits of the account id each band takes, such as 8, or
/// 8+8. Together they are the depth of the branches: 2^depth of them. Written <c>8+8</c>.
/// </summary>
public readonly record struct TreeBands
{
    /// <summary>The most bands there are.</summary>
    public const int CountMax = 8;

    /// <summary>The most bits that one band takes: a trunk has at most 2^12 children.</summary>
    public const int BitsMax = 12;

    /// <summary>The most bits that all bands take together.</summary>
    public const int DepthBitsMax = 32;

    // Byte i holds the bits of band i; behind the last band there are zeros.
    private readonly ulong _bits;

    private TreeBands(ulong bits) => _bits = bits;

    /// <summary>How many bands there are; 0 of the default value, which is no valid division.</summary>
    public int Count => sizeof(ulong) - (System.Numerics.BitOperations.LeadingZeroCount(_bits) / 8);

    /// <summary>The bits of the account id that name a branch: 1 to 32.</summary>
    public int DepthBits
    {
        get
        {
            int sum = 0;
            for (int i = 0; i < Count; i++)
            {
                sum += this[i];
            }

            return sum;
        }
    }

    /// <summary>The bits of band <paramref name="index"/>, 0 being the top trunk's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such band.</exception>
    public int this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return (byte)(_bits >> (8 * index));
        }
    }

    /// <summary>Takes the bits of each band, from the top: 1 to 8 bands of 1 to 12 bits, 32 together at the most.</summary>
    public static bool TryCreate(ReadOnlySpan<byte> bandBits, out TreeBands bands)
    {
        bands = default;
        if (bandBits.IsEmpty || bandBits.Length > CountMax)
        {
            return false;
        }

        ulong packed = 0;
        int depth = 0;
        for (int i = 0; i < bandBits.Length; i++)
        {
            if (bandBits[i] is 0 or > BitsMax)
            {
                return false;
            }

            packed |= (ulong)bandBits[i] << (8 * i);
            depth += bandBits[i];
        }

        bands = new TreeBands(packed);
        return depth <= DepthBitsMax;
    }

    /// <summary>Parses <c>8</c>, <c>8+8</c> and the like.</summary>
    public static bool TryParse(string? text, out TreeBands bands)
    {
        bands = default;
        string[] parts = text?.Split('+') ?? [];
        byte[] bits = new byte[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!byte.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out bits[i]))
            {
                return false;
            }
        }

        return TryCreate(bits, out bands);
    }

    /// <summary>Writes 8 bytes: the bits of each band, and zeros behind.</summary>
    public void CopyTo(Span<byte> destination) => Unsafe.WriteUnaligned(ref destination[..CountMax][0], _bits);

    /// <summary>The bands joined by plus signs.</summary>
    public override string ToString()
    {
        Span<byte> bits = stackalloc byte[CountMax];
        CopyTo(bits);
        return string.Join('+', bits[..Count].ToArray());
    }
}
