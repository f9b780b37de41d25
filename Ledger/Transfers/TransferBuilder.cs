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
        return SignContent(body, [], party);
    }

    /// <summary>One party's signature on a reserve.</summary>
    public static Signature Sign(in TransferBody body, in HoldTerms terms, PrivateKey party)
    {
        ArgumentNullException.ThrowIfNull(party);
        Span<byte> extension = stackalloc byte[FrameLayout.ExtensionBytes];
        FrameWriter.WriteExtension(extension, terms);
        return SignContent(body, extension, party);
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
        Span<byte> extension = stackalloc byte[FrameLayout.ExtensionBytes];
        FrameWriter.WriteExtension(extension, terms);
        return Write(frame, body, extension, sender, acceptance);
    }

    /// <summary>A payment out of a hold that holds <paramref name="heldBefore"/>, signed by its owner or its controller.</summary>
    public static int Post(Span<byte> frame, in TransferBody body, Amount heldBefore, PrivateKey signer)
    {
        RequireKind(body, TransferKind.Post);
        Span<byte> extension = stackalloc byte[FrameLayout.ExtensionBytes];
        FrameWriter.WriteExtension(extension, heldBefore);
        return Write(frame, body, extension, signer, Acceptance.None);
    }

    /// <summary>Giving a hold back, signed by its receiver or its controller.</summary>
    public static int Release(Span<byte> frame, in TransferBody body, PrivateKey signer)
    {
        RequireKind(body, TransferKind.Release);
        return Write(frame, body, [], signer, Acceptance.None);
    }

    internal static Signature SignContent(in TransferBody body, ReadOnlySpan<byte> extension, PrivateKey party)
    {
        Span<byte> content = stackalloc byte[TransferBody.SizeBytes + FrameLayout.ExtensionBytes];
        Span<byte> message = stackalloc byte[SignedMessage.SizeBytesMax];
        MemoryMarshal.Write(content, body);
        extension.CopyTo(content[TransferBody.SizeBytes..]);
        return party.Sign(message[..SignedMessage.OfTransfer(content[..(TransferBody.SizeBytes + extension.Length)], message)]);
    }

    private static int Write(
        Span<byte> frame, in TransferBody body, ReadOnlySpan<byte> extension, PrivateKey signer, in Acceptance acceptance)
    {
        ArgumentNullException.ThrowIfNull(signer);
        Signature signature = SignContent(body, extension, signer);
        return FrameWriter.Write(frame, body, extension, signer.PublicKey, signature, acceptance, itemsBytes: 0);
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
