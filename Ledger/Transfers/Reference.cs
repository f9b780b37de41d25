using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// The parties' own 16 bytes on a transfer: an invoice number, a random value. The ledger binds and never reads them. Two transfers
/// that are the same in everything else need different references to be two.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = SizeBytes)]
public readonly record struct Reference
{
    /// <summary>Bytes of a reference, everywhere.</summary>
    public const int SizeBytes = 16;

    private readonly ulong _bytes0To7;
    private readonly ulong _bytes8To15;

    /// <summary>Reads a reference from exactly 16 bytes.</summary>
    /// <exception cref="ArgumentException">The span is not 16 bytes long.</exception>
    public Reference(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != SizeBytes)
        {
            ThrowWrongLength(bytes);
        }

        this = MemoryMarshal.Read<Reference>(bytes);
    }

    /// <summary>Parses 32 hexadecimal digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Reference reference)
    {
        reference = default;
        Span<byte> bytes = stackalloc byte[SizeBytes];
        if (text is null || text.Length != 2 * SizeBytes
            || Convert.FromHexString(text, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        reference = new Reference(bytes);
        return true;
    }

    /// <summary>Writes the 16 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CopyTo(Span<byte> destination) => MemoryMarshal.Write(destination, in this);

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[SizeBytes];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    [DoesNotReturn]
    private static void ThrowWrongLength(ReadOnlySpan<byte> bytes) =>
        throw new ArgumentException($"A reference has {SizeBytes} bytes, not {bytes.Length}.", nameof(bytes));
}
