using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>The bytes that signatures are over: a tag, and what is signed behind it (docs/PROTOCOL.md, section 3).</summary>
public static class SignedMessage
{
    /// <summary>The longest message: tag, body and extension.</summary>
    public const int SizeBytesMax = sizeof(ulong) + TransferBody.SizeBytes + FrameLayout.ExtensionBytes;

    /// <summary>The message of a standing acceptance: tag and terms.</summary>
    public const int StandingBytes = sizeof(ulong) + StandingTerms.SizeBytes;

    /// <summary>
    /// Writes "LC1xfer_" | body | extension, which both parties of a transfer sign, and whose hash is its id: 112 or 144 bytes, whose number is
    /// returned. <paramref name="content"/> is body and extension, or the body of a bundle's item.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int OfTransfer(ReadOnlySpan<byte> content, Span<byte> message)
    {
        MemoryMarshal.Write(message, TransferTags.Body);
        content.CopyTo(message[sizeof(ulong)..]);
        return sizeof(ulong) + content.Length;
    }

    /// <summary>As above, for a body without extension.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int OfTransfer(in TransferBody body, Span<byte> message) =>
        OfTransfer(MemoryMarshal.AsBytes(new ReadOnlySpan<TransferBody>(in body)), message);

    /// <summary>Writes "LC1stand" | terms, which the receiver signs: 88 bytes, whose number is returned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int OfStanding(in StandingTerms terms, Span<byte> message)
    {
        MemoryMarshal.Write(message, TransferTags.Standing);
        MemoryMarshal.Write(message[sizeof(ulong)..], terms);
        return StandingBytes;
    }
}
