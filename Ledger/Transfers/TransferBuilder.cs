using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// Builds and signs frames, for whoever sends transfers. A body says everything that the parties agree on; the receiver signs it by
/// <see cref="Sign(in TransferBody, PrivateKey)"/>, the sender puts it into a frame. What is built is of the right shape; whether a ledger takes it is
/// for the ledger to say. Every method writes to the start of <c>frame</c>, <see cref="FrameLayout.FrameBytesMax"/> bytes always being enough,
/// and returns the length. An <see cref="ArgumentException"/> says that the body is of another kind, or the frame too short.
/// </summary>
public static class TransferBuilder
{
    /// <summary>One party's signature on a pay, an issue, a release, or an item of a bundle.</summary>
    public static Signature Sign(in TransferBody body, PrivateKey party)
    {
        ArgumentNullException.ThrowIfNull(party);
        Span<byte> message = stackalloc byte[SignedMessage.SizeBytesMax];
        return party.Sign(message[..SignedMessage.OfTransfer(body, message)]);
    }

    /// <summary>One party's signature on a reserve.</summary>
    public static Signature Sign(in TransferBody body, in HoldTerms terms, PrivateKey party)
    {
        ArgumentNullException.ThrowIfNull(party);
        Span<byte> signed = stackalloc byte[TransferBody.SizeBytes + FrameLayout.ExtensionBytes];
        MemoryMarshal.Write(signed, body);
        MemoryMarshal.Write(signed[TransferBody.SizeBytes..], terms);
        return SignBytes(signed, party);
    }

    /// <summary>A payment.</summary>
    public static int Pay(Span<byte> frame, in TransferBody body, PrivateKey sender, in Acceptance acceptance)
    {
        RequireKind(body, TransferKind.Pay);
        return Write(frame, body, [], sender, acceptance);
    }

    /// <summary>An issuance, signed by the organization.</summary>
    public static int Issue(Span<byte> frame, in TransferBody body, PrivateKey organization)
    {
        RequireKind(body, TransferKind.Issue);
        return Write(frame, body, [], organization, Acceptance.None);
    }

    /// <summary>A reservation.</summary>
    public static int Reserve(Span<byte> frame, in TransferBody body, in HoldTerms terms, PrivateKey sender, in Acceptance acceptance)
    {
        RequireKind(body, TransferKind.Reserve);
        return Write(frame, body, MemoryMarshal.AsBytes(new ReadOnlySpan<HoldTerms>(in terms)), sender, acceptance);
    }

    /// <summary>A payment out of a hold that holds <paramref name="heldBefore"/>, signed by its owner or its controller.</summary>
    public static int Post(Span<byte> frame, in TransferBody body, Amount heldBefore, PrivateKey signer)
    {
        RequireKind(body, TransferKind.Post);
        Span<byte> extension = stackalloc byte[FrameLayout.ExtensionBytes];
        extension.Clear();
        MemoryMarshal.Write(extension, heldBefore);
        return Write(frame, body, extension, signer, Acceptance.None);
    }

    /// <summary>Giving a hold back, signed by its receiver or its controller.</summary>
    public static int Release(Span<byte> frame, in TransferBody body, PrivateKey signer)
    {
        RequireKind(body, TransferKind.Release);
        return Write(frame, body, [], signer, Acceptance.None);
    }

    // Everything but the items: header, body, extension, signer, acceptance.
    internal static int Write(
        Span<byte> frame, in TransferBody body, ReadOnlySpan<byte> extension, PrivateKey signer, in Acceptance acceptance)
    {
        ArgumentNullException.ThrowIfNull(signer);
        int signerOffset = FrameLayout.ExtensionOffset + extension.Length;
        int acceptanceOffset = signerOffset + FrameLayout.KeyBytes + FrameLayout.SignatureBytes;
        int length = acceptanceOffset + acceptance.SizeBytes;
        if (frame.Length < length)
        {
            throw new ArgumentException($"The frame takes {length} bytes; {frame.Length} are too few.", nameof(frame));
        }

        MemoryMarshal.Write(frame, (uint)length | (ulong)acceptance.Form << (8 * FrameLayout.FormOffset));
        MemoryMarshal.Write(frame[FrameLayout.BodyOffset..], body);
        extension.CopyTo(frame[FrameLayout.ExtensionOffset..]);
        signer.PublicKey.CopyTo(frame[signerOffset..]);
        Signature signature = SignBytes(frame[FrameLayout.BodyOffset..signerOffset], signer);
        signature.CopyTo(frame[(signerOffset + FrameLayout.KeyBytes)..]);
        acceptance.CopyTo(frame[acceptanceOffset..]);
        return length;
    }

    private static Signature SignBytes(ReadOnlySpan<byte> signed, PrivateKey party)
    {
        Span<byte> message = stackalloc byte[SignedMessage.SizeBytesMax];
        return party.Sign(message[..SignedMessage.OfTransfer(signed, message)]);
    }

    private static void RequireKind(in TransferBody body, TransferKind kind)
    {
        if (body.Kind != kind)
        {
            ThrowOtherKind(body, kind);
        }
    }

    [DoesNotReturn]
    private static void ThrowOtherKind(in TransferBody body, TransferKind kind) =>
        throw new ArgumentException($"The body is of kind {body.Kind}, not {kind}.", nameof(body));
}
