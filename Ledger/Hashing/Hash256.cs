using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LeitherCluster.Ledger.Hashing;

/// <summary>
/// A 32-byte digest or key. Its memory is exactly its 32 bytes, so it may be laid over native memory; it is compared
/// byte by byte, the first byte being the most significant, and written as 64 lower-case hexadecimal digits.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = ByteLength)]
public readonly struct Hash256 : IEquatable<Hash256>, IComparable<Hash256>
{
    public const int ByteLength = 32;

    private readonly ulong _bytes0;
    private readonly ulong _bytes8;
    private readonly ulong _bytes16;
    private readonly ulong _bytes24;

    /// <summary>Takes the 32 bytes of <paramref name="bytes"/>.</summary>
    /// <exception cref="ArgumentException">It has another length.</exception>
    public Hash256(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != ByteLength)
        {
            ThrowLength(bytes);
        }

        this = MemoryMarshal.Read<Hash256>(bytes);
    }

    /// <summary>32 zero bytes: the digest of nothing, as the empty tree's.</summary>
    public static Hash256 Zero => default;

    /// <summary>Whether all bytes are zero.</summary>
    public bool IsZero => (_bytes0 | _bytes8 | _bytes16 | _bytes24) == 0;

    public static bool operator ==(Hash256 left, Hash256 right) => left.Equals(right);

    public static bool operator !=(Hash256 left, Hash256 right) => !left.Equals(right);

    public static bool operator <(Hash256 left, Hash256 right) => left.CompareTo(right) < 0;

    public static bool operator >(Hash256 left, Hash256 right) => left.CompareTo(right) > 0;

    public static bool operator <=(Hash256 left, Hash256 right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Hash256 left, Hash256 right) => left.CompareTo(right) >= 0;

    /// <summary>Reads 64 hexadecimal digits of either case.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static Hash256 Parse(ReadOnlySpan<char> hex)
        => TryParse(hex, out Hash256 hash) ? hash : throw new FormatException("A hash is 64 hexadecimal digits.");

    /// <summary>Reads 64 hexadecimal digits of either case; false, and zero, if the text is anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> hex, out Hash256 hash)
    {
        hash = default;
        if (hex.Length != 2 * ByteLength)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[ByteLength];
        if (Convert.FromHexString(hex, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        hash = new Hash256(bytes);
        return true;
    }

    /// <summary>The 32 bytes, in place: valid as long as the variable that holds this value.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> AsSpan()
        => MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<Hash256, byte>(ref Unsafe.AsRef(in this)), ByteLength);

    /// <summary>Writes the 32 bytes to the start of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentException">It is shorter.</exception>
    public void CopyTo(Span<byte> destination) => AsSpan().CopyTo(destination);

    public bool Equals(Hash256 other)
        => ((_bytes0 ^ other._bytes0) | (_bytes8 ^ other._bytes8) | (_bytes16 ^ other._bytes16) | (_bytes24 ^ other._bytes24)) == 0;

    public override bool Equals(object? obj) => obj is Hash256 other && Equals(other);

    /// <summary>Part of the digest itself: uniform already, and the same in every process.</summary>
    public override int GetHashCode() => (int)_bytes0 ^ (int)(_bytes24 >> 32);

    public int CompareTo(Hash256 other) => AsSpan().SequenceCompareTo(other.AsSpan());

    public override string ToString() => Convert.ToHexStringLower(AsSpan());

    private static void ThrowLength(ReadOnlySpan<byte> bytes)
        => throw new ArgumentException($"A hash has {ByteLength} bytes, not {bytes.Length}.", nameof(bytes));
}
