using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Keys;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// A receiver's promise, signed ahead, to take what its terms cover: 144 bytes, laid out in memory as on the wire
/// (docs/PROTOCOL.md, section 3). It travels with the transfer that rests on it, behind the receiver's public key.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = SizeBytes)]
public readonly record struct StandingAcceptance(StandingTerms Terms, Signature Signature)
{
    /// <summary>Bytes of a standing acceptance, everywhere.</summary>
    public const int SizeBytes = 144;

    /// <summary>Signs the terms.</summary>
    public static StandingAcceptance Sign(in StandingTerms terms, PrivateKey receiver)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        Span<byte> message = stackalloc byte[SignedMessage.StandingBytes];
        SignedMessage.OfStanding(terms, message);
        return new StandingAcceptance(terms, receiver.Sign(message));
    }

    /// <summary>Whether the receiver's key signed these terms.</summary>
    public bool IsSignedBy(in PublicKey receiver)
    {
        Span<byte> message = stackalloc byte[SignedMessage.SizeBytesMax];
        int length = SignedMessage.OfStanding(Terms, message);
        return Ed25519.Verify(receiver, message[..length], Signature);
    }
}
