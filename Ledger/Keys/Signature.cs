using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Ledger.Keys;

/// <summary>An Ed25519 signature: R(32) | s(32), as RFC 8032 encodes it. Its memory is exactly its 64 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Size = ByteLength)]
public readonly struct Signature : IEquatable<Signature>
{
    public const int ByteLength = 64;

    private readonly Hash256 _r;
    private readonly Hash256 _s;

    /// <summary>Takes the 64 bytes of <paramref name="bytes"/>.</summary>
    /// <exception cref="ArgumentException">It has another length.</exception>
    public Signature(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != ByteLength)
        {
            ThrowLength(bytes);
        }

        this = MemoryMarshal.Read<Signature>(bytes);
    }

    public static bool operator ==(Signature left, Signature right) => left.Equals(right);

    public static bool operator !=(Signature left, Signature right) => !left.Equals(right);

    /// <summary>Reads 128 hexadecimal digits of either case.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static Signature Parse(ReadOnlySpan<char> hex)
        => TryParse(hex, out Signature signature) ? signature : throw new FormatException("A signature is 128 hexadecimal digits.");

    /// <summary>Reads 128 hexadecimal digits of either case; false, and zeros, if the text is anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> hex, out Signature signature)
    {
        signature = default;
        if (hex.Length != 2 * ByteLength)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[ByteLength];
        if (Convert.FromHexString(hex, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        signature = new Signature(bytes);
        return true;
    }

    /// <summary>The 64 bytes, in place: valid as long as the variable that holds this value.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> AsSpan()
        => MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<Signature, byte>(ref Unsafe.AsRef(in this)), ByteLength);

    /// <summary>Writes the 64 bytes to the start of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentException">It is shorter.</exception>
    public void CopyTo(Span<byte> destination) => AsSpan().CopyTo(destination);

    public bool Equals(Signature other) => _r.Equals(other._r) && _s.Equals(other._s);

    public override bool Equals(object? obj) => obj is Signature other && Equals(other);

    public override int GetHashCode() => _r.GetHashCode();

    public override string ToString() => Convert.ToHexStringLower(AsSpan());

    private static void ThrowLength(ReadOnlySpan<byte> bytes)
        => throw new ArgumentException($"A signature has {ByteLength} bytes, not {bytes.Length}.", nameof(bytes));
}
