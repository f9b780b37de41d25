using System.Runtime.CompilerServices;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// Where the parts of a frame lie (docs/PROTOCOL.md, section 3):
/// <code>
/// 0    length(4) | acceptance form(1) | zeros(3)
/// 8    body(104)
/// 112  extension: 32 bytes for reserve, post and the bundle kinds
///      signer's public key(32) | signature(64)
///      acceptance: nothing, receiver's public key(32) | signature(64), or receiver's public key(32) | standing acceptance(144)
///      bundle kinds only: the items
/// </code>
/// </summary>
public static class FrameLayout
{
    /// <summary>Every part starts at a multiple of this, and every length is one.</summary>
    public const int AlignmentBytes = 8;

    public const int FormOffset = 4;
    public const int BodyOffset = 8;
    public const int SenderOffset = BodyOffset + 24;
    public const int ReceiverOffset = BodyOffset + 44;
    public const int ExtensionOffset = BodyOffset + TransferBody.SizeBytes;
    public const int ExtensionBytes = 32;

    public const int KeyBytes = 32;
    public const int SignatureBytes = 64;
    public const int SignedAcceptanceBytes = KeyBytes + SignatureBytes;
    public const int StandingAcceptanceBytes = KeyBytes + StandingAcceptance.SizeBytes;

    /// <summary>An item of a bundle without its acceptance.</summary>
    public const int ItemBytes = 48;

    /// <summary>The most items that one bundle has.</summary>
    public const int ItemCountMax = 1024;

    /// <summary>The shortest frame: issue or release.</summary>
    public const int FrameBytesMin = ExtensionOffset + KeyBytes + SignatureBytes;

    /// <summary>Where the items of a bundle start.</summary>
    public const int ItemsOffset = FrameBytesMin + ExtensionBytes;

    /// <summary>The longest frame: a bundle of the most items, each under a standing acceptance.</summary>
    public const int FrameBytesMax = ItemsOffset + (ItemCountMax * (ItemBytes + StandingAcceptanceBytes));

    private const uint KindsWithExtension = 1 << (int)TransferKind.Reserve | 1 << (int)TransferKind.Post
        | 1 << (int)TransferKind.Bundle | 1 << (int)TransferKind.IssueBundle;

    /// <summary>The length of the body's extension: 0 or 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ExtensionBytesOf(TransferKind kind) => (int)(KindsWithExtension >> (int)kind & 1) * ExtensionBytes;

    /// <summary>The length of an acceptance: 0, 96 or 176.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int AcceptanceBytesOf(AcceptanceForm form) => form switch
    {
        AcceptanceForm.Signature => SignedAcceptanceBytes,
        AcceptanceForm.Standing => StandingAcceptanceBytes,
        _ => 0,
    };

    /// <summary>Whether the frame ends with items.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsBundle(TransferKind kind) => kind is TransferKind.Bundle or TransferKind.IssueBundle;

    /// <summary>Whether tokens are created.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsIssuance(TransferKind kind) => kind is TransferKind.Issue or TransferKind.IssueBundle;

    /// <summary>Whether an open hold is acted upon, by whom its terms permit: the signer need not be the sender.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool ActsOnHold(TransferKind kind) => kind is TransferKind.Post or TransferKind.Release;
}
