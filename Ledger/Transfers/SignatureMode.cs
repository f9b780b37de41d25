namespace LeitherCluster.Ledger.Transfers;

/// <summary>What <see cref="StatelessCheck"/> does about signatures.</summary>
public enum SignatureMode
{
    /// <summary>Every signature is verified.</summary>
    Verify = 0,

    /// <summary>Somebody trusted verified these very bytes: the Ed25519 work is skipped, and nothing else.</summary>
    VerifiedBefore = 1,
}
