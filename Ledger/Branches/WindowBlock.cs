using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <summary>
/// The header of a sealed window's block, docs/PROTOCOL.md section 11. The block is this header, the frames in recorded order, and the
/// certificate (bookkeeper's key and signature over the block hash). The block hash covers header and frames, not the certificate.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = SizeBytes)]
public struct WindowBlock : IEquatable<WindowBlock>
{
    /// <summary>Bytes of the header.</summary>
    public const int SizeBytes = 192;

    /// <summary>Bytes of the certificate of a committee of one: key 32, signature 64.</summary>
    public const int CertificateBytes = 96;

    /// <summary>"LC1block"</summary>
    public static readonly ulong TagValue = MemoryMarshal.Read<ulong>("LC1block"u8);

    public ulong Tag;
    public LedgerId Ledger;
    public uint Branch;
    public BeatNumber Beat;
    public Timestamp At;
    public Hash256 Previous;
    public Hash256 Secret;
    public uint Frames;
    public uint Leaves;
    public ulong FramesLength;
    public ulong Issued;
    public Hash256 WindowsRoot;
    public TimeSequence Sequence;

    /// <summary>The newest beat before this one that brought credits to the branch; zero if none did.</summary>
    public BeatNumber Credited;

    public static bool operator ==(in WindowBlock left, in WindowBlock right) => left.Equals(right);

    public static bool operator !=(in WindowBlock left, in WindowBlock right) => !left.Equals(right);

    /// <summary>Reads the header of a block.</summary>
    /// <returns>False when the bytes are no window block: too short, wrong tag, or lengths that do not add up.</returns>
    public static bool TryRead(ReadOnlySpan<byte> block, out WindowBlock header)
    {
        if (block.Length < SizeBytes + CertificateBytes)
        {
            header = default;
            return false;
        }

        header = Unsafe.ReadUnaligned<WindowBlock>(ref MemoryMarshal.GetReference(block));
        return header.Tag == TagValue && header.FramesLength == (ulong)(block.Length - SizeBytes - CertificateBytes);
    }

    /// <summary>The hash of a block whose certificate is its last part.</summary>
    public static Hash256 HashOf(ReadOnlySpan<byte> block) => Blake3.Hash(block[..^CertificateBytes]);

    /// <summary>Whether all 192 bytes are the same.</summary>
    public readonly bool Equals(WindowBlock other) => MemoryMarshal.AsBytes(new ReadOnlySpan<WindowBlock>(in this))
        .SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<WindowBlock>(in other)));

    public override readonly bool Equals(object? obj) => obj is WindowBlock other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(Branch, Beat, Previous);
}
