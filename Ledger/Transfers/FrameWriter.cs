using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>Puts the parts of a frame where <see cref="FrameLayout"/> says.</summary>
internal static class FrameWriter
{
    /// <summary>
    /// Writes all but the items, which lie behind already, and returns the length of the frame with them.
    /// </summary>
    /// <exception cref="ArgumentException">The frame is too short.</exception>
    public static int Write(
        Span<byte> frame, in TransferBody body, ReadOnlySpan<byte> extension, in PublicKey signerKey, in Signature signature, in Acceptance acceptance, int itemsBytes)
    {
        int signerOffset = FrameLayout.ExtensionOffset + extension.Length;
        int acceptanceOffset = signerOffset + FrameLayout.KeyBytes + FrameLayout.SignatureBytes;
        int length = acceptanceOffset + acceptance.SizeBytes + itemsBytes;
        if (frame.Length < length)
        {
            throw new ArgumentException($"The frame takes {length} bytes; {frame.Length} are too few.", nameof(frame));
        }

        MemoryMarshal.Write(frame, (uint)length | (ulong)acceptance.Form << (8 * FrameLayout.FormOffset));
        MemoryMarshal.Write(frame[FrameLayout.BodyOffset..], body);
        extension.CopyTo(frame[FrameLayout.ExtensionOffset..]);
        signerKey.CopyTo(frame[signerOffset..]);
        signature.CopyTo(frame[(signerOffset + FrameLayout.KeyBytes)..]);
        acceptance.CopyTo(frame[acceptanceOffset..]);
        return length;
    }

    /// <summary>Writes an item and returns its length; 0, and nothing is written, when there is no room.</summary>
    public static int WriteItem(Span<byte> item, in AccountId receiver, Amount amount, Reference reference, in Acceptance acceptance)
    {
        int length = FrameLayout.ItemBytes + acceptance.SizeBytes;
        if (item.Length < length)
        {
            return 0;
        }

        MemoryMarshal.Write(item, (uint)length | (uint)acceptance.Form << (8 * BundleItem.FormOffset));
        receiver.CopyTo(item[BundleItem.ReceiverOffset..]);
        MemoryMarshal.Write(item[BundleItem.AmountOffset..], amount);
        reference.CopyTo(item[BundleItem.ReferenceOffset..]);
        acceptance.CopyTo(item[FrameLayout.ItemBytes..]);
        return length;
    }

    /// <summary>The extension of a reserve (<see cref="HoldTerms"/>) or of a post (the amount held before), with zeros behind.</summary>
    public static void WriteExtension<T>(Span<byte> extension, in T content)
        where T : unmanaged
    {
        extension.Clear();
        MemoryMarshal.Write(extension, content);
    }
}
