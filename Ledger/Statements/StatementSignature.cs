using LeitherCluster.Ledger.Keys;

namespace LeitherCluster.Ledger.Statements;

/// <summary>One member's signature over the 224 bytes of a statement.</summary>
/// <param name="SignerIndex">The member's place in the committee.</param>
/// <param name="Signature">The signature.</param>
public readonly record struct StatementSignature(uint SignerIndex, Signature Signature)
{
    /// <summary>Signs as the member at this place.</summary>
    public static StatementSignature Sign(in RootStatement statement, uint signerIndex, PrivateKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        Span<byte> bytes = stackalloc byte[RootStatement.SizeBytes];
        statement.CopyTo(bytes);
        return new StatementSignature(signerIndex, key.Sign(bytes));
    }
}
