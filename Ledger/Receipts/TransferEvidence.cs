using System.Diagnostics.CodeAnalysis;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Receipts;

/// <summary>What a receipt holds of the transfer. The numbers are part of the protocol (docs/PROTOCOL.md, section 7).</summary>
public enum TransferEvidenceForm
{
    /// <summary>A whole frame of a kind that has one leaf in the windows tree.</summary>
    Frame = 1,

    /// <summary>One item of a bundle, without the others.</summary>
    BundleItem = 2,
}

/// <summary>
/// The transfer that a receipt is for, with the signatures of its parties: its frame, or one item of a bundle. Keeps true: the bytes are well-formed.
/// Whether signatures hold is for <see cref="ReceiptVerifier"/> to say.
/// </summary>
public sealed class TransferEvidence
{
    private readonly byte[] _bytes;

    private TransferEvidence(TransferEvidenceForm form, byte[] bytes)
    {
        Form = form;
        _bytes = bytes;
        if (form == TransferEvidenceForm.Frame)
        {
            TransferFrame frame = new(bytes);
            Kind = frame.Kind;
            Body = frame.Body;
            Id = TransferIds.Compute(frame);
        }
        else
        {
            BundleItemEvidence.TryRead(bytes, out BundleItemEvidence evidence);
            Kind = evidence.Bundle.Kind;
            Body = evidence.Item.BodyIn(evidence.Bundle);
            Span<byte> message = stackalloc byte[SignedMessage.SizeBytesMax];
            Id = TransferIds.ComputeItem(Blake3.Hash(message[..SignedMessage.OfTransfer(evidence.SignedBytes, message)]), evidence.Index);
        }
    }

    public TransferEvidenceForm Form { get; }

    /// <summary>The kind of the frame that took effect: for an item its bundle's.</summary>
    public TransferKind Kind { get; }

    /// <summary>The body of the transfer, or of the item.</summary>
    public TransferBody Body { get; }

    /// <summary>The id that stands in the windows tree.</summary>
    public Hash256 Id { get; }

    /// <summary>The bytes, as a receipt holds them.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>A whole frame; a bundle has no evidence of its own, only its items have.</summary>
    /// <exception cref="ArgumentException">The frame is a bundle.</exception>
    public static TransferEvidence OfFrame(in TransferFrame frame) =>
        FrameLayout.IsBundle(frame.Kind)
            ? throw new ArgumentException("A bundle takes effect item by item.", nameof(frame))
            : new TransferEvidence(TransferEvidenceForm.Frame, frame.Bytes.ToArray());

    /// <summary>One item of a bundle.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bundle has no such item.</exception>
    public static TransferEvidence OfBundleItem(in TransferFrame bundle, int index) =>
        new(TransferEvidenceForm.BundleItem, BundleItemEvidence.Create(bundle, index));

    /// <summary>Takes well-formed bytes of a form; false when they are not.</summary>
    public static bool TryRead(TransferEvidenceForm form, ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out TransferEvidence? evidence)
    {
        bool isWellFormed = form switch
        {
            TransferEvidenceForm.Frame => FrameCheck.Check(bytes).Outcome == Outcome.Pending && !FrameLayout.IsBundle(new TransferFrame(bytes).Kind),
            TransferEvidenceForm.BundleItem => BundleItemEvidence.TryRead(bytes, out _),
            _ => false,
        };
        evidence = isWellFormed ? new TransferEvidence(form, bytes.ToArray()) : null;
        return isWellFormed;
    }
}
