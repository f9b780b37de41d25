using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Keys;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>A receiver's yes, as it is put into a frame: none, a signature over the transfer, or a standing acceptance.</summary>
public readonly struct Acceptance
{
    private readonly StandingAcceptance _standing;

    private Acceptance(AcceptanceForm form, in PublicKey receiverKey, in StandingAcceptance standing)
    {
        Form = form;
        ReceiverKey = receiverKey;
        _standing = standing;
    }

    /// <summary>No acceptance: issuance, post and release need none.</summary>
    public static Acceptance None => default;

    public AcceptanceForm Form { get; }

    public PublicKey ReceiverKey { get; }

    /// <summary>The receiver's signature: over the transfer, or over the terms of its standing acceptance.</summary>
    public Signature Signature => _standing.Signature;

    /// <summary>The standing acceptance; only where the form is standing.</summary>
    public StandingAcceptance Standing => _standing;

    /// <summary>The length in a frame: 0, 96 or 176.</summary>
    public int SizeBytes => FrameLayout.AcceptanceBytesOf(Form);

    /// <summary>The receiver's signature over what the sender signs, or over the body of a bundle's item.</summary>
    public static Acceptance BySignature(in PublicKey receiverKey, in Signature signature) =>
        new(AcceptanceForm.Signature, receiverKey, new StandingAcceptance(default, signature));

    /// <summary>A standing acceptance.</summary>
    public static Acceptance ByStanding(in PublicKey receiverKey, in StandingAcceptance standing) =>
        new(AcceptanceForm.Standing, receiverKey, standing);

    /// <summary>The acceptance of a well-formed frame.</summary>
    public static Acceptance Of(in TransferFrame frame) => frame.AcceptanceForm switch
    {
        AcceptanceForm.Signature => BySignature(frame.ReceiverKey, frame.ReceiverSignature),
        AcceptanceForm.Standing => ByStanding(frame.ReceiverKey, frame.Standing),
        _ => None,
    };

    /// <summary>The acceptance of a well-formed item.</summary>
    public static Acceptance Of(in BundleItem item) => item.AcceptanceForm switch
    {
        AcceptanceForm.Signature => BySignature(item.ReceiverKey, item.ReceiverSignature),
        AcceptanceForm.Standing => ByStanding(item.ReceiverKey, item.Standing),
        _ => None,
    };

    /// <summary>Writes it as it lies in a frame, <see cref="SizeBytes"/> bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        if (Form == AcceptanceForm.None)
        {
            return;
        }

        ReceiverKey.CopyTo(destination);
        if (Form == AcceptanceForm.Signature)
        {
            _standing.Signature.CopyTo(destination[FrameLayout.KeyBytes..]);
        }
        else
        {
            MemoryMarshal.Write(destination[FrameLayout.KeyBytes..], _standing);
        }
    }
}
