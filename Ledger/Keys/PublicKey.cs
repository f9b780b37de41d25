using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Ledger.Keys;

/// <summary>
/// An Ed25519 public key, as its 32-byte encoding (RFC 8032, section 5.1.5). Any 32 bytes can be held; whether
/// they are a key shows when a signature is verified. Its memory is exactly its 32 bytes.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = ByteLength)]
public readonly struct PublicKey : IEquatable<PublicKey>
{
    public const int ByteLength = 32;

    private readonly Hash256 _bytes;

    /// <summary>Takes the 32 bytes of <paramref name="bytes"/>.</summary>
    /// <exception cref="ArgumentException">It has another length.</exception>
    public PublicKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != ByteLength)
        {
            ThrowLength(bytes);
        }

        _bytes = new Hash256(bytes);
    }

    public static bool operator ==(PublicKey left, PublicKey right) => left.Equals(right);

    public static bool operator !=(PublicKey left, PublicKey right) => !left.Equals(right);

    /// <summary>Reads 64 hexadecimal digits of either case.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static PublicKey Parse(ReadOnlySpan<char> hex)
        => TryParse(hex, out PublicKey key) ? key : throw new FormatException("A public key is 64 hexadecimal digits.");

    /// <summary>Reads 64 hexadecimal digits of either case; false, and zeros, if the text is anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> hex, out PublicKey key)
    {
        bool parsed = Hash256.TryParse(hex, out Hash256 bytes);
        key = new PublicKey(bytes.AsSpan());
        return parsed;
    }

    /// <summary>The 32 bytes, in place: valid as long as the variable that holds this value.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> AsSpan() => _bytes.AsSpan();

    /// <summary>Writes the 32 bytes to the start of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentException">It is shorter.</exception>
    public void CopyTo(Span<byte> destination) => _bytes.CopyTo(destination);

    public bool Equals(PublicKey other) => _bytes.Equals(other._bytes);

    public override bool Equals(object? obj) => obj is PublicKey other && Equals(other);

    public override int GetHashCode() => _bytes.GetHashCode();

    public override string ToString() => _bytes.ToString();

    private static void ThrowLength(ReadOnlySpan<byte> bytes)
        => throw new ArgumentException($"A public key has {ByteLength} bytes, not {bytes.Length}.", nameof(bytes));
}
