using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LeitherCluster.Ledger.Values;

/// <summary>
/// A 160-bit account number: the first 20 bytes of BLAKE3 of the owner's public key. Bit 0 is the highest bit of byte 0;
/// ids are ordered as big-endian numbers, which is the order of the leaves of the synopsis tree.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = SizeBytes)]
public readonly struct AccountId : IEquatable<AccountId>, IComparable<AccountId>
{
    /// <summary>Bytes of an id, everywhere.</summary>
    public const int SizeBytes = 20;

    /// <summary>Bits of an id.</summary>
    public const int SizeBits = 160;

    private readonly ulong _bytes0To7;
    private readonly ulong _bytes8To15;
    private readonly uint _bytes16To19;

    /// <summary>Reads an id from exactly 20 bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span is not 20 bytes long.</exception>
    public AccountId(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != SizeBytes)
        {
            ThrowWrongLength(bytes.Length);
        }

        this = MemoryMarshal.Read<AccountId>(bytes);
    }

    /// <summary>Bytes 0 to 7 as a big-endian number: the id's highest 64 bits, in tree order.</summary>
    public ulong High => BinaryPrimitives.ReverseEndianness(_bytes0To7);

    /// <summary>Bytes 8 to 15 as a big-endian number.</summary>
    public ulong Middle => BinaryPrimitives.ReverseEndianness(_bytes8To15);

    /// <summary>Bytes 16 to 19 as a big-endian number.</summary>
    public uint Low => BinaryPrimitives.ReverseEndianness(_bytes16To19);

    public bool IsZero => (_bytes0To7 | _bytes8To15 | _bytes16To19) == 0;

    public static bool operator ==(in AccountId left, in AccountId right) => left.Equals(right);

    public static bool operator !=(in AccountId left, in AccountId right) => !left.Equals(right);

    public static bool operator <(in AccountId left, in AccountId right) => left.CompareTo(right) < 0;

    public static bool operator >(in AccountId left, in AccountId right) => left.CompareTo(right) > 0;

    public static bool operator <=(in AccountId left, in AccountId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(in AccountId left, in AccountId right) => left.CompareTo(right) >= 0;

    /// <summary>Parses 40 hexadecimal digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out AccountId id)
    {
        id = default;
        Span<byte> bytes = stackalloc byte[SizeBytes];
        if (text is null || text.Length != 2 * SizeBytes
            || Convert.FromHexString(text, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        id = new AccountId(bytes);
        return true;
    }

    /// <summary>Parses 40 hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static AccountId Parse(string text) =>
        TryParse(text, out AccountId id) ? id : throw new FormatException("An account id is 40 hexadecimal digits.");

    /// <summary>The bit at <paramref name="index"/>, 0 being the highest bit of byte 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Bit(int index) => index < 64
        ? (int)(High >> (63 - index)) & 1
        : index < 128 ? (int)(Middle >> (127 - index)) & 1 : (int)(Low >> (159 - index)) & 1;

    /// <summary>The index of the first bit in which the two ids differ; 160 when they are the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int FirstDifferingBit(in AccountId other)
    {
        ulong high = _bytes0To7 ^ other._bytes0To7;
        if (high != 0)
        {
            return BitOperations.LeadingZeroCount(BinaryPrimitives.ReverseEndianness(high));
        }

        ulong middle = _bytes8To15 ^ other._bytes8To15;
        return middle != 0
            ? 64 + BitOperations.LeadingZeroCount(BinaryPrimitives.ReverseEndianness(middle))
            : 128 + BitOperations.LeadingZeroCount(BinaryPrimitives.ReverseEndianness(_bytes16To19 ^ other._bytes16To19));
    }

    /// <summary>The number made of the first <paramref name="depthBits"/> bits (0 to 32): the index of the branch that owns the id.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Prefix(int depthBits) => depthBits == 0 ? 0 : (uint)(High >> (64 - depthBits));

    /// <summary>Writes the 20 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CopyTo(Span<byte> destination) => MemoryMarshal.Write(destination, in this);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Equals(AccountId other) =>
        ((_bytes0To7 ^ other._bytes0To7) | (_bytes8To15 ^ other._bytes8To15) | (_bytes16To19 ^ other._bytes16To19)) == 0;

    public override bool Equals(object? obj) => obj is AccountId other && Equals(other);

    // Ids are hashes already; ground prefixes are met by taking the middle bytes too.
    public override int GetHashCode() => (int)_bytes0To7 ^ (int)(_bytes8To15 >> 32) ^ (int)_bytes16To19;

    public int CompareTo(AccountId other)
    {
        int byHigh = High.CompareTo(other.High);
        if (byHigh != 0)
        {
            return byHigh;
        }

        int byMiddle = Middle.CompareTo(other.Middle);
        return byMiddle != 0 ? byMiddle : Low.CompareTo(other.Low);
    }

    /// <summary>40 lower-case hexadecimal digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[SizeBytes];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    [DoesNotReturn]
    private static void ThrowWrongLength(int length) =>
        throw new ArgumentOutOfRangeException(nameof(length), length, $"An account id has {SizeBytes} bytes.");
}
