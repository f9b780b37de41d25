namespace LeitherCluster.Client.Contracts;

/// <summary>
/// Which ledger this is, and who signs for it: what an offline verifier trusts. <c>parameters</c> is the canonical form
/// (docs/PROTOCOL.md, section 6) in hexadecimal; the fields before it say the same.
/// </summary>
public sealed record LedgerResult(
    string Ledger,
    string OrganizationKey,
    string Token,
    int Decimals,
    string Bands,
    int Translucency,
    string MinimumAmount,
    ulong ExpiryAheadMs,
    ulong HoldAheadMs,
    string Parameters,
    CommitteeResult Committee,
    int PulseCycleMs);
