using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Statements;

/// <summary>
/// The state of a whole ledger at one time sequence, in 224 bytes that the committee signs, laid out in memory as on the wire
/// (docs/PROTOCOL.md, section 5). Statements are chained by digest from n = 1 on.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = SizeBytes)]
public readonly record struct RootStatement
{
    /// <summary>Bytes of a statement, everywhere.</summary>
    public const int SizeBytes = 224;

    private static readonly ulong StateTag = BinaryPrimitives.ReadUInt64LittleEndian("LC1state"u8);

    public RootStatement() => Tag = StateTag;

    // Its place in the layout is the first.
    private ulong Tag { get; }

    public required LedgerId Ledger { get; init; }

    /// <summary>T, 0 to 160: down to which bit index the synopsis tree binds sums.</summary>
    public required uint Translucency { get; init; }

    /// <summary>n, 1 or more.</summary>
    public required TimeSequence TimeSequence { get; init; }

    public required BeatNumber Beat { get; init; }

    public required Timestamp Timestamp { get; init; }

    /// <summary>The digest of the statement of n - 1; zeros where n is 1.</summary>
    public required Hash256 Previous { get; init; }

    /// <summary>The root digest of the synopsis tree.</summary>
    public required Hash256 Root { get; init; }

    /// <summary>The root's sum: the supply.</summary>
    public required Amount Sum { get; init; }

    /// <summary>The root over what took effect in this beat.</summary>
    public required Hash256 Windows { get; init; }

    /// <summary>The digest of the committee that signs.</summary>
    public required Hash256 Committee { get; init; }

    /// <summary>The digest of the ledger's parameters.</summary>
    public required Hash256 Parameters { get; init; }

    internal bool IsFirstExactlyWithoutPrevious => TimeSequence.Value != 0 && (TimeSequence.Value == 1) == Previous.IsZero;

    /// <summary>
    /// Reads a statement from exactly 224 bytes; false when the length or the tag is another, T is above 160, or n and the previous digest do not
    /// belong together (n is 1 exactly where there is none).
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out RootStatement statement)
    {
        statement = default;
        if (bytes.Length != SizeBytes)
        {
            return false;
        }

        RootStatement read = MemoryMarshal.Read<RootStatement>(bytes);
        bool isWellFormed = read.Tag == StateTag && read.Translucency <= AccountId.SizeBits
            && read.IsFirstExactlyWithoutPrevious;
        statement = isWellFormed ? read : default;
        return isWellFormed;
    }

    /// <summary>Writes the 224 bytes that are signed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CopyTo(Span<byte> destination) => MemoryMarshal.Write(destination, in this);

    /// <summary>hash(statement): what the next statement names as its previous.</summary>
    public Hash256 Digest()
    {
        Span<byte> bytes = stackalloc byte[SizeBytes];
        CopyTo(bytes);
        return Blake3.Hash(bytes);
    }
}
