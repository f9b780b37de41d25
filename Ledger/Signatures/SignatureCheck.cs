namespace LeitherCluster.Ledger.Signatures;

/// <summary>
/// One signature to be verified, by pointers into memory that stays put meanwhile: a 32-byte public key, a message,
/// a 64-byte signature. The pointers have any alignment and are trusted.
/// </summary>
public readonly unsafe struct SignatureCheck(byte* publicKey, byte* message, int messageLength, byte* signature)
{
    public readonly byte* PublicKey = publicKey;
    public readonly byte* Message = message;
    public readonly byte* Signature = signature;
    public readonly int MessageLength = messageLength;
}
